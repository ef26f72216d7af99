package io.heliograph;

/** Takes a subscription's events, one at a time, on the subscription's own thread or on the thread that polls. */
@FunctionalInterface
public interface EventHandler {

    /**
     * Handles one event. Returning acknowledges it.
     *
     * @throws Exception whatever goes wrong: a negative acknowledgement, counted as a failure
     */
    void onEvent(Delivery delivery) throws Exception;

    /** Is told of events lost for good, before the first event that follows them. Does nothing by default. */
    default void onGap(Gap gap) {
    }
}
