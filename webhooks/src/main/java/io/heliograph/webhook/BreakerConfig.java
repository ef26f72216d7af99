package io.heliograph.webhook;

import io.heliograph.ConfigException;
import java.time.Duration;

/**
 * When an endpoint is left alone for a while.
 *
 * @param failures so many in a row open the breaker, 1 to 1,000
 * @param open     how long it stays open the first time; each time that the trial fails, twice as long
 * @param maxOpen  the longest it stays open
 */
public record BreakerConfig(int failures, Duration open, Duration maxOpen) {

    private static final int MOST_FAILURES = 1_000;
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final BreakerConfig DEFAULT = new BreakerConfig(5, Duration.ofSeconds(30), Duration.ofMinutes(10));

    /** @throws ConfigException if a value is out of its bounds */
    public BreakerConfig {
        if (failures < 1 || failures > MOST_FAILURES) {
            throw new ConfigException("breaker failures", failures, "1 to " + MOST_FAILURES);
        }
        if (!open.isPositive() || open.compareTo(maxOpen) > 0 || maxOpen.compareTo(LONGEST) > 0) {
            throw new ConfigException("breaker open", open + " to " + maxOpen, "more than 0, and at most 24 h");
        }
    }

    /** 5 failures, 30 s to 10 minutes. */
    public static BreakerConfig defaults() {
        return DEFAULT;
    }
}
