package io.heliograph.webhook;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What goes out in one request: a delivery, or a batch of them. One attempt is made at all of it, and all of it settles together.
 *
 * @param deliveries in the order in which they stand in the request, at least one, all of one endpoint
 */
record Parcel(List<DueDelivery> deliveries) {

    Parcel {
        deliveries = List.copyOf(deliveries);
    }

    static Parcel of(DueDelivery delivery) {
        return new Parcel(List.of(delivery));
    }

    DueDelivery first() {
        return deliveries.getFirst();
    }

    int size() {
        return deliveries.size();
    }

    /** How much of events it holds. */
    long bytes() {
        long bytes = 0;
        for (DueDelivery delivery : deliveries) {
            bytes += delivery.content().length;
        }
        return bytes;
    }

    /** Whether it goes out as a batch, be it of one. */
    boolean isBatch() {
        return first().batch().isPresent();
    }

    /** Its {@code webhook-id}, the same in all attempts. */
    MessageId message() {
        return first().batch().orElse(first().message());
    }

    /** What waits for it at the gate; what waits for a batch waits in the queue. */
    Optional<String> orderKey() {
        return isBatch() ? Optional.empty() : first().orderKey();
    }

    /** Those whose time to live has not ended. */
    List<DueDelivery> aliveAt(Instant now) {
        boolean isAnyExpired = false;
        for (DueDelivery delivery : deliveries) {
            isAnyExpired |= delivery.isExpiredAt(now);
        }
        return isAnyExpired ? deliveries.stream().filter(delivery -> !delivery.isExpiredAt(now)).toList() : deliveries;
    }
}
