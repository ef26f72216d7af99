package io.heliograph.bench;

import java.util.Optional;

/**
 * The clients that webhooks are measured against. A client that is far below its figure, in proportion to what wrk does in the same
 * run, proves nothing; the one over bare sockets must also come near to wrk itself.
 */
record WebhookPeers() implements Peers {

    /** What wrk does on the machine where the peers' figures were taken. */
    private static final double YARDSTICK_FIGURE = 107_000;
    private static final double LEAST_OF_WRK = 0.6;

    @Override
    public Optional<String> name(Case peer) {
        return switch (peer.side()) {
            case WebhookChild.RAW -> Optional.of("own client over sockets");
            case WebhookChild.JDK -> Optional.of("java.net.http");
            default -> Optional.empty();
        };
    }

    @Override
    public Optional<String> weakness(CaseRow row, double figure, Samples samples) {
        String yardstick = WebhookRows.YARDSTICK.key(WebhookRows.RATE);
        if (row.figure().isEmpty()) {
            return Optional.empty();
        }
        if (!samples.has(yardstick)) {
            return Optional.of(Row.VOID + ": wrk was not measured");
        }
        double wrk = samples.median(yardstick);
        double strength = row.strength(figure).orElse(1) * YARDSTICK_FIGURE / wrk;
        double ofWrk = figure * row.scale() / wrk;
        boolean isRaw = row.peer().filter(peer -> peer.side().equals(WebhookChild.RAW)).isPresent();
        if (isRaw && ofWrk < LEAST_OF_WRK) {
            return Optional.of(Row.VOID + ": the peer does " + Row.number(ofWrk) + " of what wrk does, " + Row.number(wrk) + "/s");
        }
        return !isRaw && strength < LEAST_STRENGTH
                ? Optional.of(Row.VOID + ": the peer is at " + Row.number(strength) + " of its figure")
                : Optional.empty();
    }
}
