package io.heliograph;

/**
 * Listens at an address and serves any number of subscriptions from it.
 *
 * <p>Thread-safe.
 */
public interface Subscriber extends AutoCloseable {

    /**
     * Hands the events that {@code interest} asks for to {@code handler}, on a daemon thread of the subscription's own.
     *
     * @throws ConfigException if the interest asks for a stronger policy than this transport can give
     */
    Subscription subscribe(Interest interest, EventHandler handler);

    /** Hands the events of matching topics to {@code handler}. */
    default Subscription subscribe(TopicFilter filter, EventHandler handler) {
        return subscribe(Interest.in(filter), handler);
    }

    /** Hands the events of matching topics, written as in {@link TopicFilter#of}, to {@code handler}. */
    default Subscription subscribe(String filter, EventHandler handler) {
        return subscribe(TopicFilter.of(filter), handler);
    }

    /** Opens a subscription without a thread: its owner calls {@link Subscription#poll}. */
    Subscription subscribePolled(Interest interest);

    /** Closes every subscription and stops listening. Idempotent. */
    @Override
    void close();
}
