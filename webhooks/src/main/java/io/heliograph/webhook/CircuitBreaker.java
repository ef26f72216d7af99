package io.heliograph.webhook;

/**
 * Leaves an endpoint alone that fails again and again, and tries it with one attempt before it lets all through. Confined
 * to one thread or its owner's lock; allocates nothing.
 *
 * <pre>
 *            failures in a row              time is up, one begins
 *   CLOSED ---------------------> OPEN ---------------------------> TRIAL
 *     ^                            ^                                |   |
 *     |                            `--- it fails: twice as long ----'   |
 *     `------------------------------- it succeeds --------------------'
 * </pre>
 */
final class CircuitBreaker {

    /** Where it stands. */
    enum State { CLOSED, OPEN, TRIAL }

    private final BreakerConfig config;
    private State state = State.CLOSED;
    private int failuresInARow;
    private long openNs;
    private long openUntilNs;
    private long opened;

    CircuitBreaker(BreakerConfig config) {
        this.config = config;
    }

    /** How long until an attempt may begin; 0 if now, {@link Long#MAX_VALUE} if the trial's outcome decides. */
    long waitNs(long nowNs) {
        return switch (state) {
            case CLOSED -> 0;
            case OPEN -> Math.max(0, openUntilNs - nowNs);
            case TRIAL -> Long.MAX_VALUE;
        };
    }

    /** An attempt begins, as {@link #waitNs} allowed. */
    void onBegin() {
        if (state == State.OPEN) {
            state = State.TRIAL;
        }
    }

    void onSuccess() {
        state = State.CLOSED;
        failuresInARow = 0;
        openNs = 0;
    }

    void onFailure(long nowNs) {
        failuresInARow++;
        boolean opens = state == State.TRIAL || state == State.CLOSED && failuresInARow >= config.failures();
        // Attempts that began before it opened may end later: they change nothing.
        if (opens) {
            openNs = openNs == 0 ? config.open().toNanos() : Math.min(2 * openNs, config.maxOpen().toNanos());
            openUntilNs = nowNs + openNs;
            state = State.OPEN;
            opened++;
        }
    }

    /** An attempt ended without saying anything of the endpoint. */
    void onUnknown(long nowNs) {
        if (state == State.TRIAL) {
            state = State.OPEN;
            openUntilNs = nowNs;
        }
    }

    State state() {
        return state;
    }

    /** How often it opened. */
    long opened() {
        return opened;
    }
}
