package io.heliograph.testkit;

/** The variants of a policy that a transport may or may not do. */
public enum PolicyKind {
    /** {@code drop-oldest}. */
    DROP_OLDEST,
    /** {@code drop-newest}. */
    DROP_NEWEST,
    /** {@code drop-same-key}. */
    DROP_SAME_KEY,
    /** {@code buffer} without a spill. */
    BUFFER,
    /** {@code buffer} with a spill. */
    SPILL,
    /** {@code backpressure}. */
    BACK_PRESSURE
}
