package io.heliograph.udp;

import io.heliograph.LossReason;

/**
 * Datagrams that were given up before they were sent.
 *
 * @param from        the first of them
 * @param end         the first one behind them
 * @param eventBehind the first event behind them
 * @param reason      why
 */
record Loss(long from, long end, long eventBehind, LossReason reason) {

    /** Whether {@code sequence} is one of them. */
    boolean holds(long sequence) {
        return from <= sequence && sequence < end;
    }

    /** What a LOST datagram says of the reason. */
    int code() {
        return switch (reason) {
            case RATE -> DatagramLayout.LOST_TO_RATE;
            case OVERFLOW -> DatagramLayout.LOST_TO_OVERFLOW;
            default -> 0;
        };
    }

    /** The reason that a LOST datagram says; one that is not known yet is the network. */
    static LossReason reason(int code) {
        return switch (code) {
            case DatagramLayout.LOST_TO_RATE -> LossReason.RATE;
            case DatagramLayout.LOST_TO_OVERFLOW -> LossReason.OVERFLOW;
            default -> LossReason.NETWORK;
        };
    }
}
