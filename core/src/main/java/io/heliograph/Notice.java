package io.heliograph;

/** A fault at run time that its operator should hear of. Every one is also counted where it happened. */
public sealed interface Notice {

    /** A subscription's backlog began to give events up; told once until it has caught up. */
    record SlowConsumer(String subscription, LossReason reason) implements Notice {
    }

    /** Events were lost for good. */
    record GapTold(String subscription, Gap gap) implements Notice {
    }

    /** A session ended without its end of stream: whether events followed {@code sequence} cannot be known. */
    record TailUnknown(String subscription, long session, long sequence) implements Notice {
    }

    /** A handler threw; told once until it returns normally again. */
    record HandlerFailed(String subscription, Position position, String error) implements Notice {
    }

    /** A subscriber was cut off because it stayed silent too long. */
    record SubscriberEvicted(String publisher, String subscriber) implements Notice {
    }

    /**
     * A group was handed an event as often as is allowed, and nobody in it acknowledged it.
     *
     * @param deliveries how often it was handed out
     * @param why        what became of the last time
     */
    record DeadLettered(String publisher, String group, Position position, int deliveries, String why) implements Notice {
    }

    /** A thread or socket that a transport owns failed; the transport is closed. */
    record TransportFailed(String address, String error) implements Notice {
    }

    /** Something works, but not as its user may think: a capped buffer, a table that is full. */
    record Degraded(String address, String what) implements Notice {
    }
}
