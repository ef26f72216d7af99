package io.heliograph.bench;

import java.util.Optional;

/**
 * Aeron, and bare loops. A peer counts as far as it comes to its figure, in proportion to what the yardstick does.
 *
 * @param modes the peer's
 */
record UdpPeers(PeerModes modes) implements Peers {

    /** What {@link UdpRows#YARDSTICK} does on a quiet machine, in events per second. */
    private static final double YARDSTICK_FIGURE = 12.8e6;

    @Override
    public Optional<String> name(Case peer) {
        return switch (peer.side()) {
            case UdpChild.AERON -> Optional.of("Aeron 1.51.0 " + modes.byCase().getOrDefault(peer.name(), UdpTask.NO_MODE));
            case Case.BARE -> Optional.of("bare GSO/GRO loop");
            default -> Optional.empty();
        };
    }

    @Override
    public Optional<String> weakness(CaseRow row, double figure, Samples samples) {
        String key = UdpRows.YARDSTICK.key(OneWay.RATE);
        if (row.figure().isEmpty()) {
            return Optional.empty();
        }
        if (!samples.has(key)) {
            return Optional.of(Row.VOID + ": there is no yardstick");
        }
        double beside = row.strength(figure).getAsDouble() / (samples.median(key) / YARDSTICK_FIGURE);
        return beside < LEAST_STRENGTH
                ? Optional.of(Row.VOID + ": the peer is at " + Row.number(beside) + " of its figure, beside the yardstick")
                : Optional.empty();
    }
}
