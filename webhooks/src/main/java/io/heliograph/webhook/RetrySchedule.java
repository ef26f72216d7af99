package io.heliograph.webhook;

import io.heliograph.ConfigException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * When a failed delivery is tried again. Immutable data; the default is the example of Standard Webhooks 1.0.0.
 *
 * <pre>
 * attempt   1    2    3    4    5    6     7     8     9     10
 * after     0   5s   5m  30m   2h   5h   10h   14h   20h    24h    of the one before, and up to a fifth more
 * </pre>
 *
 * @param delays        before each attempt, counted from the one before; the first is mostly 0
 * @param jitter        how much longer than that it may be, as a fraction of it; chance decides, so that what failed
 *                      together does not come back together
 * @param maxRetryAfter the most that a receiver's {@code Retry-After} may ask for
 */
public record RetrySchedule(List<Duration> delays, double jitter, Duration maxRetryAfter) {

    /** The most attempts. */
    public static final int MAX_ATTEMPTS = 64;

    /** The longest delay. */
    public static final Duration MAX_DELAY = Duration.ofDays(30);

    private static final RetrySchedule DEFAULT = new RetrySchedule(
            List.of(Duration.ZERO, Duration.ofSeconds(5), Duration.ofMinutes(5), Duration.ofMinutes(30), Duration.ofHours(2),
                    Duration.ofHours(5), Duration.ofHours(10), Duration.ofHours(14), Duration.ofHours(20), Duration.ofHours(24)),
            0.2, Duration.ofHours(24));

    /** @throws ConfigException if there is no attempt or too many, or a value is out of its bounds */
    public RetrySchedule {
        delays = List.copyOf(delays);
        if (delays.isEmpty() || delays.size() > MAX_ATTEMPTS) {
            throw new ConfigException("retry", delays.size() + " delays", "1 to " + MAX_ATTEMPTS);
        }
        delays.forEach(delay -> requireDelay("retry", delay));
        requireDelay("the longest Retry-After", maxRetryAfter);
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new ConfigException("jitter", jitter, "0 to 1");
        }
    }

    private static void requireDelay(String setting, Duration delay) {
        if (delay.isNegative() || delay.compareTo(MAX_DELAY) > 0) {
            throw new ConfigException(setting, delay, "0 to " + MAX_DELAY.toDays() + " days");
        }
    }

    /** Ten attempts over about three days. */
    public static RetrySchedule defaults() {
        return DEFAULT;
    }

    /** One like it with other delays. */
    public RetrySchedule withDelays(List<Duration> others) {
        return new RetrySchedule(others, jitter, maxRetryAfter);
    }

    /** How long the first attempt waits. */
    public Duration first() {
        return delays.getFirst();
    }

    /**
     * How long to wait for the next attempt: never less than the schedule says, and as long as the receiver asks for,
     * up to {@link #maxRetryAfter}.
     *
     * @param made       how many attempts were made, at least 1
     * @param retryAfter what the receiver asked for, if it did
     * @param random     adds the jitter
     * @return empty if that was the last one
     */
    public Optional<Duration> next(int made, Optional<Duration> retryAfter, RandomGenerator random) {
        if (made >= delays.size()) {
            return Optional.empty();
        }
        Duration planned = longer(delays.get(made), random);
        Duration asked = retryAfter.map(this::clamp).orElse(Duration.ZERO);
        return Optional.of(asked.compareTo(planned) > 0 ? asked : planned);
    }

    /** What a receiver asked for, as far as it is obeyed. */
    public Duration clamp(Duration retryAfter) {
        return retryAfter.compareTo(maxRetryAfter) > 0 ? maxRetryAfter : retryAfter;
    }

    private Duration longer(Duration delay, RandomGenerator random) {
        return delay.plusNanos((long) (delay.toNanos() * jitter * random.nextDouble()));
    }
}
