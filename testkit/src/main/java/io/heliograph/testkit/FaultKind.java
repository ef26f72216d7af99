package io.heliograph.testkit;

/** What a {@link SimLink} may do to a datagram. */
public enum FaultKind {
    /** It never arrives. */
    DROP,
    /** It arrives twice. */
    DUPLICATE,
    /** One that was sent later arrives before it. */
    REORDER,
    /** It arrives later than it was sent. */
    DELAY,
    /** It arrives shorter than it was sent. */
    TRUNCATE,
    /** One of its bits arrives inverted. */
    BIT_FLIP,
    /** It was sent while the link was cut, and never arrives. */
    PARTITION,
    /** Too many were on their way, and it never arrives. */
    QUEUE_FULL
}
