package io.heliograph.webhook;

/** Whether an attempt at an endpoint may begin. */
public sealed interface Turn {

    /** Now. */
    record Now() implements Turn {
    }

    /**
     * Not before a moment.
     *
     * @param atNs as {@link io.heliograph.time.Clock#nanoTime} counts
     * @param why  what it waits for
     */
    record At(long atNs, Wait why) implements Turn {
    }

    /** Not before one of those that run has ended. */
    record AfterAnother(Wait why) implements Turn {
    }

    /** What an attempt waits for. */
    enum Wait {
        /** As many run as may. */
        CONCURRENCY,
        /** One with the same key runs. */
        KEY,
        /** The endpoint's rate is used up. */
        RATE,
        /** The receiver asked to be left alone. */
        RETRY_AFTER,
        /** The breaker is open. */
        BREAKER
    }
}
