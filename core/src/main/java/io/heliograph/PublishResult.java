package io.heliograph;

/**
 * What became of one {@code publish}: a value, never an exception and never silence. The three groups are the terms of
 * the publisher's sum, {@code offered = accepted + dropped + refused}.
 */
public enum PublishResult {
    /** The event has a position; from here on a loss is its subscribers' {@code lost(reason)}. */
    ACCEPTED,
    /** A {@code Drop} policy turned this event away; it entered no backlog and has no position. */
    DROPPED,
    /** Refused: the slowest subscriber had no room within the policy's wait; try again later. */
    BACK_PRESSURED,
    /** Refused: someone must take the event (load balance, request) and nobody is there. */
    NOT_CONNECTED,
    /** Refused: the event alone is above the limit; it can never be accepted. */
    TOO_LARGE,
    /** Refused: the publisher is closed. */
    CLOSED;

    /** Whether this result counts as {@code refused}. */
    public boolean isRefused() {
        return this != ACCEPTED && this != DROPPED;
    }
}
