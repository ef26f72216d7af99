package io.heliograph.bench;

import java.util.Optional;

/** JeroMQ and libzmq. One that is far below its figure is told of; with no yardstick beside it, that proves nothing. */
record ZmqPeers() implements Peers {

    @Override
    public Optional<String> name(Case peer) {
        return switch (peer.side()) {
            case ZmqChild.JEROMQ -> Optional.of("JeroMQ 0.6.0");
            case ZmqChild.LIBZMQ -> Optional.of("libzmq 4");
            default -> Optional.empty();
        };
    }

    @Override
    public Optional<String> weakness(CaseRow row, double figure, Samples samples) {
        double strength = row.strength(figure).orElse(1);
        return strength < LEAST_STRENGTH
                ? Optional.of("beware: the peer is at " + Row.number(strength) + " of its figure")
                : Optional.empty();
    }
}
