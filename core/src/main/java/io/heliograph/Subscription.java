package io.heliograph;

import io.heliograph.flow.FlowPolicy;
import io.heliograph.ledger.SubscriberSums;

/**
 * One interest being served.
 *
 * <p>Thread-safe, but {@link #poll} belongs to one thread at a time.
 */
public interface Subscription extends AutoCloseable {

    /**
     * Hands what has arrived to {@code handler} on the calling thread, without waiting.
     *
     * @param limit at most so many events and gaps
     * @return how many events and gaps were handed out
     * @throws IllegalStateException if the subscription has a handler of its own
     */
    int poll(EventHandler handler, int limit);

    /**
     * Puts another policy in force for the events that arrive from now on. No event accepted before is lost by it.
     *
     * @throws ConfigException if this transport cannot do that variant
     */
    void replacePolicy(FlowPolicy policy);

    /** This subscription's sums over all sessions, taken at one moment. */
    SubscriberSums sums();

    /** Leaves: what waits becomes {@code lost(left)}; a handler that is running finishes first. Idempotent. */
    @Override
    void close();
}
