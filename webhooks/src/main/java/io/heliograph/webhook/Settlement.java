package io.heliograph.webhook;

import io.heliograph.LossReason;
import io.heliograph.store.Statements;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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

        /** Its time to live has ended before an attempt was made. */
        record Expired() implements Next {
        }

        /** It has failed as often as is allowed. */
        record GivenUp() implements Next {
        }
    }

    /**
     * What waited for deliveries that have ended.
     *
     * @param claimed to be sent without another claim
     * @param ready   endpoints in whose queues something more is ready
     */
    record Freed(List<DueDelivery> claimed, Set<String> ready) {
        static final Freed NOTHING = new Freed(List.of(), Set.of());
    }

    /** Writes several of them with few statements. */
    static Freed writeAll(Statements sql, List<Settlement> all, Endpoints endpoints, Handover handover, long leaseMs)
            throws SQLException {
        AttemptRows.insert(sql, all.stream().filter(one -> !(one.next instanceof Next.Expired)).toList());
        var balances = new Balances(sql);
        Map<String, List<String>> keys = DeliveryRows.delivered(sql, balances,
                all.stream().filter(one -> one.next instanceof Next.Done).map(Settlement::delivery).toList());
        for (Settlement one : all) {
            one.parkBehind(sql);
            one.write(sql, balances, endpoints);
        }
        balances.flush();
        for (String endpoint : all.stream().filter(Settlement::comesBackInABatch).map(one -> one.delivery.endpoint()).distinct().toList()) {
            BatchRows.park(sql, endpoint);
        }
        var freed = new Freed(new ArrayList<>(), new HashSet<>());
        for (Map.Entry<String, List<String>> entry : keys.entrySet()) {
            String endpoint = entry.getKey();
            List<String> waiting = handover.withoutNext(endpoint, entry.getValue());
            boolean isDue = endpoints.find(endpoint).filter(one -> one.spec().retry().first().isZero()).isPresent();
            if (isDue && handover.takes(endpoint, waiting.size(), 0)) {
                freed.claimed.addAll(DeliveryRows.unparkClaimed(sql, endpoint, waiting, leaseMs));
            } else if (DeliveryRows.unpark(sql, endpoint, waiting)) {
                freed.ready.add(endpoint);
            }
        }
        return freed;
    }

    /** What was claimed behind it in its order waits in the tables from here on. */
    private void parkBehind(Statements sql) throws SQLException {
        if (delivery.isInOrder() && !(next instanceof Next.Done)) {
            DeliveryRows.parkBehind(sql, delivery.endpoint(), delivery.orderKey().orElseThrow(), delivery.id());
        }
    }

    private boolean comesBackInABatch() {
        return delivery.batch().isPresent() && (next instanceof Next.Again || next instanceof Next.Parked);
    }

    /** Whether an attempt was made, and its receiver did not take it. */
    private boolean hasFailed() {
        return switch (result) {
            case AttemptResult.Delivered delivered -> false;
            case AttemptResult.Gone gone -> true;
            case AttemptResult.Failed failed -> failed.reason().isEndpoints();
        };
    }

    private void write(Statements sql, Balances balances, Endpoints endpoints) throws SQLException {
        if (hasFailed() && !(next instanceof Next.Expired)) {
            balances.failed(delivery.endpoint());
        }
        switch (next) {
            case Next.Done done -> { }
            case Next.Again(long dueMs) -> DeliveryRows.failed(sql, delivery.id(), dueMs);
            case Next.HandedOn(String to, long dueMs) -> DeliveryRows.handOn(sql, balances, delivery.id(), to, dueMs);
            case Next.Parked(long dueMs) -> DeliveryRows.park(sql, delivery.id(), dueMs);
            case Next.Expired expired -> DeliveryRows.lose(sql, balances, delivery.id(), LossReason.EXPIRED);
            case Next.GivenUp givenUp -> DeliveryRows.deadLettered(sql, balances, delivery.id());
        }
        if (health.isPresent()) {
            endpoints.writeHealth(sql, balances, delivery.endpoint(), health.get());
        }
    }
}
