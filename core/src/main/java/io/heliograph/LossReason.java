package io.heliograph;

import java.util.Locale;

/** Why a subscriber lost an event for good. Each reason is a term of its own in the subscriber's sum. */
public enum LossReason {
    /** It never arrived, or arrived after its gap was told, and cannot be repaired. */
    NETWORK,
    /** A bounded backlog was full and its {@code Drop} policy gave this event up. */
    OVERFLOW,
    /** A later event with the same topic and key took its place in a full backlog. */
    CONFLATED,
    /** Its time to live ended before a handler took it. */
    EXPIRED,
    /** The handler threw and the transport does not redeliver. */
    FAILED,
    /** The subscription was closed before a handler took it. */
    LEFT,
    /** The subscriber was cut off because it stayed silent too long. */
    EVICTED,
    /** The publisher closed before it was acknowledged. */
    CLOSED,
    /** It arrived whole but held something this subscriber cannot decode; the decoder's reason is counted too. */
    UNREADABLE,
    /** Its publisher gave it up before it was sent: the rate that the path carries, or that was asked for, was too low for it. */
    RATE,
    /** It was handed out as often as is allowed, and nobody acknowledged it. */
    DEAD_LETTER;

    /** The reason as it is written in a ledger line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
