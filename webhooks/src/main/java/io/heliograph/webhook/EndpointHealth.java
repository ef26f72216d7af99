package io.heliograph.webhook;

import io.heliograph.ConfigException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How an endpoint has done lately, over days and restarts: data to be stored with it. Immutable.
 *
 * @param failuresInARow how many attempts failed since the last that succeeded
 * @param failingSince   when the first of these failed
 */
public record EndpointHealth(int failuresInARow, Optional<Instant> failingSince) {

    /** Nothing has failed. */
    public static final EndpointHealth GOOD = new EndpointHealth(0, Optional.empty());

    /**
     * When its owner hears of failures.
     *
     * @param noticeAfter  so many in a row are told
     * @param disableAfter failing for so long, without one success, disables the endpoint
     * @param leastFailures and not before so many in a row, so that a clock that is set does not disable it
     */
    public record Patience(int noticeAfter, Duration disableAfter, int leastFailures) {

        private static final Patience DEFAULT = new Patience(4, Duration.ofDays(3), 10);

        /** @throws ConfigException if a value is not above 0 */
        public Patience {
            if (noticeAfter < 1 || leastFailures < 1) {
                throw new ConfigException("failures", Math.min(noticeAfter, leastFailures), "at least 1");
            }
            if (!disableAfter.isPositive()) {
                throw new ConfigException("disable after", disableAfter, "more than 0");
            }
        }

        /** Told after 4 failures, disabled after 3 days. */
        public static Patience defaults() {
            return DEFAULT;
        }
    }

    /** What is new. */
    public enum Change {
        /** Nothing that its owner need hear. */
        NONE,
        /** It has begun to fail. */
        FAILING,
        /** It has failed for too long, or is gone: no attempt is made any more, and its queue is kept. */
        DISABLED,
        /** It works again, after its owner heard that it failed. */
        RECOVERED
    }

    /**
     * How it does after one more attempt.
     *
     * @param change what is new
     * @param why    why it is disabled, if that is new; else nothing
     */
    public record Next(EndpointHealth health, Change change, String why) {

        Next(EndpointHealth health, Change change) {
            this(health, change, "");
        }
    }

    /** After one more attempt, at {@code now}. */
    public Next after(AttemptResult result, Patience patience, Instant now) {
        return switch (result) {
            case AttemptResult.Delivered delivered ->
                new Next(GOOD, failuresInARow >= patience.noticeAfter() ? Change.RECOVERED : Change.NONE);
            case AttemptResult.Gone gone -> new Next(failed(now), Change.DISABLED, "it answered 410");
            case AttemptResult.Failed failed when !failed.reason().isEndpoints() -> new Next(this, Change.NONE);
            case AttemptResult.Failed failed -> failed(now).judged(patience, now);
        };
    }

    private EndpointHealth failed(Instant now) {
        int failures = failuresInARow == Integer.MAX_VALUE ? failuresInARow : failuresInARow + 1;
        return new EndpointHealth(failures, Optional.of(failingSince.orElse(now)));
    }

    private Next judged(Patience patience, Instant now) {
        Duration failing = Duration.between(failingSince.orElse(now), now);
        if (failing.compareTo(patience.disableAfter()) >= 0 && failuresInARow >= patience.leastFailures()) {
            return new Next(this, Change.DISABLED, failuresInARow + " failures in a row since " + failingSince.orElse(now));
        }
        return new Next(this, failuresInARow == patience.noticeAfter() ? Change.FAILING : Change.NONE);
    }
}
