package io.heliograph;

/**
 * Events that a subscriber lost for good. A handler is told before the first event that follows the gap.
 *
 * @param session the publisher's life they belong to
 * @param from    the first lost sequence
 * @param to      the last lost sequence, {@code >= from}
 * @param count   how many were lost: all of the range, or fewer where others between were filtered or delivered
 * @param reason  why
 */
public record Gap(long session, long from, long to, long count, LossReason reason) implements Inbound {

    public Gap {
        if (from < 0 || from > to || count < 1 || count > to - from + 1) {
            throw new IllegalArgumentException("gap from " + from + " to " + to + " of " + count + " events");
        }
    }

    /** Whether {@code other} tells of the same session and reason, so that one gap may stand for both. */
    public boolean isAlike(Gap other) {
        return session == other.session && reason == other.reason;
    }

    /** One gap that tells of this one's and {@code other}'s events together. */
    public Gap merge(Gap other) {
        return new Gap(session, Math.min(from, other.from), Math.max(to, other.to), count + other.count, reason);
    }
}
