package io.heliograph.udp;

import io.heliograph.spi.Environment;
import java.net.InetSocketAddress;

/** Answers requests for repair. Guarded by the publisher's lock. */
final class Repairs {

    private final SessionSender sender;
    private long repaired;

    Repairs(SessionSender sender, Feed feed, Environment environment) {
        this.sender = sender;
    }

    /** Whether the sender of a status or request is where it says it is. */
    boolean isProven(Datagram datagram, InetSocketAddress source, long nowNs) {
        return true;
    }

    void onNak(Datagram nak, InetSocketAddress source, SessionSender.Standing standing, long nowNs) {
        boolean isBeyondTrail = false;
        for (int i = 0; i < nak.ranges(); i++) {
            long from = nak.rangeStart(i);
            long end = Math.min(from + nak.rangeLength(i), sender.sent());
            isBeyondTrail |= from < sender.trail();
            from = Math.max(from, sender.trail());
            if (from >= 0 && from < end) {
                sender.repeat(from, end - from, source);
                repaired += end - from;
            }
        }
        if (isBeyondTrail) {
            sender.heartbeatTo(standing, source);
        }
    }

    long repaired() {
        return repaired;
    }
}
