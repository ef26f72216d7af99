package io.heliograph.webhook;

import io.heliograph.store.Statements;
import java.sql.SQLException;
import java.util.Optional;

/**
 * What is written of an attempt: its record, what becomes of the delivery, and how the endpoint does now. All that chance or
 * a clock decides was decided before, since a write may run twice.
 *
 * @param delivery what was attempted
 * @param result   how the attempt ended
 * @param atMs     when it began, in milliseconds since 1970
 * @param next     what becomes of it
 * @param health   how the endpoint does now, if that has changed
 */
record Settlement(DueDelivery delivery, AttemptResult result, long atMs, Next next, Optional<EndpointHealth.Next> health) {

    /** What becomes of a delivery. */
    sealed interface Next {

        /** It is done. */
        record Done() implements Next {
        }

        /** It goes again to the same endpoint. */
        record Again(long dueMs) implements Next {
        }

        /** It goes to another member of the group. */
        record HandedOn(String to, long dueMs) implements Next {
        }

        /** It waits until its endpoint is resumed, and this attempt does not count. */
        record Parked(long dueMs) implements Next {
        }

        /** It has failed as often as is allowed. */
        record GivenUp() implements Next {
        }
    }

    void write(Statements sql, Endpoints endpoints) throws SQLException {
        AttemptRows.insert(sql, delivery, result, atMs);
        switch (next) {
            case Next.Done done -> DeliveryRows.delivered(sql, delivery.id());
            case Next.Again(long dueMs) -> DeliveryRows.failed(sql, delivery.id(), dueMs);
            case Next.HandedOn(String to, long dueMs) -> DeliveryRows.handOn(sql, delivery.id(), to, dueMs);
            case Next.Parked(long dueMs) -> DeliveryRows.release(sql, delivery.id(), dueMs);
            case Next.GivenUp givenUp -> DeliveryRows.deadLettered(sql, delivery.id());
        }
        if (health.isPresent()) {
            endpoints.writeHealth(sql, delivery.endpoint(), health.get());
        }
    }
}
