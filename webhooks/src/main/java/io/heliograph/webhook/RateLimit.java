package io.heliograph.webhook;

import io.heliograph.ConfigException;
import java.time.Duration;

/**
 * How often an endpoint wants to be called: {@code max} times in each {@code per}, and that many at once after a rest.
 *
 * @param max 1 to 1,000,000
 * @param per 1 ms to 24 h
 */
public record RateLimit(int max, Duration per) {

    static final int MOST = 1_000_000;

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(1);

    /** @throws ConfigException if either is out of its bounds */
    public RateLimit {
        if (max < 1 || max > MOST) {
            throw new ConfigException("rate_limit max", max, "1 to " + MOST);
        }
        if (per.compareTo(SHORTEST) < 0 || per.compareTo(LONGEST) > 0) {
            throw new ConfigException("rate_limit per", per, "1 ms to 24 h");
        }
    }

    /** Whether it lets less through than another one, over time. */
    boolean isLowerThan(RateLimit other) {
        return max * (double) other.per.toNanos() < other.max * (double) per.toNanos();
    }
}
