package io.heliograph;

import java.time.Instant;

/**
 * What a handler gets. Returning from the handler acknowledges the delivery; throwing is a negative acknowledgement,
 * counted.
 *
 * @param event               the event
 * @param position            its place on the wire
 * @param sentEpochNanos      when its publisher sent it, nanoseconds since 1970 by the publisher's wall clock
 * @param receivedEpochNanos  when it arrived here, nanoseconds since 1970 by this side's wall clock
 * @param deliveryCount       1 for the first delivery, more for each redelivery
 */
public record Delivery(Event event, Position position, long sentEpochNanos, long receivedEpochNanos,
        int deliveryCount) implements Inbound {

    /** A first delivery. */
    public Delivery(Event event, Position position, long sentEpochNanos, long receivedEpochNanos) {
        this(event, position, sentEpochNanos, receivedEpochNanos, 1);
    }

    /** The event's explicit id, else its position. */
    public String id() {
        return event.id().orElseGet(position::toString);
    }

    /** When the event occurred: as its publisher says, else when it was sent. */
    public Instant occurredAt() {
        return event.time().orElseGet(this::sentAt);
    }

    /** When the event was sent. */
    public Instant sentAt() {
        return instant(sentEpochNanos);
    }

    /** When the event arrived. */
    public Instant receivedAt() {
        return instant(receivedEpochNanos);
    }

    private static Instant instant(long epochNanos) {
        return Instant.ofEpochSecond(Math.floorDiv(epochNanos, 1_000_000_000L), Math.floorMod(epochNanos, 1_000_000_000L));
    }
}
