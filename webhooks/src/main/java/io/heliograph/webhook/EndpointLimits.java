package io.heliograph.webhook;

import io.heliograph.ConfigException;
import java.util.Optional;

/**
 * How much an endpoint is given at a time.
 *
 * @param concurrency how many attempts run at once, 1 to {@value #MAX_CONCURRENCY}; one where all are ordered
 * @param ordering    which deliveries wait for each other
 * @param rate        how often it is called, if that is limited
 * @param breaker     when it is left alone
 */
public record EndpointLimits(int concurrency, Ordering ordering, Optional<RateLimit> rate, BreakerConfig breaker) {

    /** The most attempts at once. */
    public static final int MAX_CONCURRENCY = 1_000;

    private static final int DEFAULT_CONCURRENCY = 4;
    private static final EndpointLimits DEFAULT =
            new EndpointLimits(DEFAULT_CONCURRENCY, Ordering.NONE, Optional.empty(), BreakerConfig.defaults());

    /** @throws ConfigException if the concurrency is out of its bounds */
    public EndpointLimits {
        if (concurrency < 1 || concurrency > MAX_CONCURRENCY) {
            throw new ConfigException("concurrency", concurrency, "1 to " + MAX_CONCURRENCY);
        }
        concurrency = ordering == Ordering.ENDPOINT ? 1 : concurrency;
    }

    /** 4 at once, in no order, as often as there is something, and a breaker. */
    public static EndpointLimits defaults() {
        return DEFAULT;
    }

    /** The same with another order. */
    public EndpointLimits withOrdering(Ordering other) {
        return new EndpointLimits(concurrency, other, rate, breaker);
    }

    /** The same with another rate. */
    public EndpointLimits withRate(RateLimit limit) {
        return new EndpointLimits(concurrency, ordering, Optional.of(limit), breaker);
    }

    /** The same with another number of attempts at once. */
    public EndpointLimits withConcurrency(int attempts) {
        return new EndpointLimits(attempts, ordering, rate, breaker);
    }

    /** The same with another breaker. */
    public EndpointLimits withBreaker(BreakerConfig other) {
        return new EndpointLimits(concurrency, ordering, rate, other);
    }
}
