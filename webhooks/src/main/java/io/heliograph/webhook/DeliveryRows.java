package io.heliograph.webhook;

import io.heliograph.LossReason;
import io.heliograph.flow.Admission;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.flow.Occupancy;
import io.heliograph.store.Statements;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The queue of each endpoint, as rows, and its sums beside it: whatever moves a row counts it in the same transaction.
 * Stateless.
 *
 * <pre>
 *            claimed              2xx
 *   READY ------------> LEASED ------------> DELIVERED
 *     ^ ^                 | |
 *     | `-- failed, due --' `--------------> LOST (why)       READY, too, when it is given up to make room
 *     |      the one before it of its key has ended
 *   PARKED
 * </pre>
 */
final class DeliveryRows {

    /** Why an endpoint loses a delivery. */
    static final List<LossReason> LOSSES =
            List.of(LossReason.OVERFLOW, LossReason.CONFLATED, LossReason.EXPIRED, LossReason.DEAD_LETTER);

    private static final String MOVE_WAITING = "UPDATE webhooks_endpoint SET waiting = waiting + ?, waiting_bytes = waiting_bytes + ?,"
            + " evictable = evictable + ?, evictable_bytes = evictable_bytes + ?";

    private DeliveryRows() {
    }

    static String lossColumn(LossReason reason) {
        return "lost_" + reason.label();
    }

    /** What waits at an endpoint. */
    record Held(long events, long bytes, long evictable, long evictableBytes) {

        /** What {@code policy} does with one more. What waits beyond its limit in memory counts as spilled: all of it is on disk. */
        Admission.Verdict judge(FlowPolicy policy, int sizeBytes, long waitedNs) {
            Limit limit = policy.limit();
            long memory = Math.min(events, limit.events());
            long memoryBytes = Math.min(bytes, limit.bytes());
            return Admission.judge(policy, occupancy(memory, memoryBytes), occupancy(evictable, evictableBytes),
                    occupancy(events - memory, bytes - memoryBytes), sizeBytes, waitedNs);
        }

        private static Occupancy occupancy(long events, long bytes) {
            var occupancy = new Occupancy();
            occupancy.remove((int) -events, -bytes);
            return occupancy;
        }
    }

    /** What waits at an endpoint; empty if there is none. */
    static Optional<Held> held(Statements sql, String endpoint) throws SQLException {
        return sql.row("SELECT waiting, waiting_bytes, evictable, evictable_bytes FROM webhooks_endpoint WHERE id = ?",
                row -> new Held(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4)), endpoint);
    }

    /** Whether the policy gives up what it took in. */
    static boolean isEvictable(FlowPolicy policy) {
        return switch (policy) {
            case FlowPolicy.Drop drop -> drop.victim() != FlowPolicy.Victim.NEWEST;
            case FlowPolicy.Buffer buffer -> isEvictable(buffer.then());
            case FlowPolicy.BackPressure pressure -> false;
        };
    }

    /** Puts a delivery into an endpoint's queue; behind others of its key it is parked. */
    static void insert(Statements sql, long event, Endpoint endpoint, Optional<String> eventKey, int size, long dueMs,
            Optional<Long> expiresMs) throws SQLException {
        Optional<String> orderKey = endpoint.spec().orderKey(eventKey);
        boolean isBehind = orderKey.isPresent() && sql.row("SELECT 1 FROM webhooks_delivery WHERE endpoint = ? AND order_key = ?"
                + " AND state <= 2 AND order_key IS NOT NULL LIMIT 1", row -> true, endpoint.id(), orderKey).isPresent();
        int evictable = isEvictable(endpoint.spec().policy()) ? 1 : 0;
        sql.update("INSERT INTO webhooks_delivery (event, endpoint, order_key, size, evictable, state, attempts, due_ms, expires_ms)"
                + " VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)", event, endpoint.id(), orderKey, size, evictable, isBehind ? 2 : 0, dueMs,
                expiresMs);
        sql.update(MOVE_WAITING + ", known = known + 1 WHERE id = ?", 1, size, evictable, evictable * size, endpoint.id());
    }

    /** An endpoint's policy turned a delivery away that others got. */
    static void turnedAway(Statements sql, String endpoint) throws SQLException {
        sql.update("UPDATE webhooks_endpoint SET known = known + 1, lost_overflow = lost_overflow + 1 WHERE id = ?", endpoint);
    }

    /**
     * Gives up the oldest that no attempt is made at, to make room.
     *
     * @return whether there was one
     */
    static boolean evictOldest(Statements sql, String endpoint, LossReason reason) throws SQLException {
        Optional<Long> victim = sql.row("SELECT id FROM webhooks_delivery WHERE endpoint = ? AND state = 0 AND evictable = 1"
                + " ORDER BY due_ms, id LIMIT 1", row -> row.getLong(1), endpoint);
        return evict(sql, victim, reason);
    }

    /** Gives up the oldest of the same topic and key; see {@link #evictOldest}. */
    static boolean evictSameKey(Statements sql, String endpoint, String topic, Optional<String> key) throws SQLException {
        Optional<Long> victim = key.isEmpty() ? Optional.empty() : sql.row("SELECT d.id FROM webhooks_delivery d"
                + " JOIN webhooks_event e ON e.id = d.event WHERE d.endpoint = ? AND d.state = 0 AND d.evictable = 1"
                + " AND e.topic = ? AND e.event_key = ? ORDER BY d.due_ms, d.id LIMIT 1", row -> row.getLong(1), endpoint, topic, key);
        return evict(sql, victim, LossReason.CONFLATED) || evictOldest(sql, endpoint, LossReason.OVERFLOW);
    }

    private static boolean evict(Statements sql, Optional<Long> victim, LossReason reason) throws SQLException {
        if (victim.isPresent()) {
            lose(sql, victim.get(), reason);
        }
        return victim.isPresent();
    }

    /**
     * Claims what is due at an endpoint.
     *
     * @param leaseMs until when no other process may claim it
     * @return in the order of what was due first
     */
    static List<DueDelivery> claim(Statements sql, String endpoint, long nowMs, long leaseMs, int most) throws SQLException {
        record Claimed(long id, long event, Optional<String> orderKey, int attempts, long dueMs, Optional<Long> expiresMs) {
        }
        List<Claimed> claimed = sql.rows("UPDATE webhooks_delivery SET state = 1, lease_ms = ? WHERE id IN (SELECT id FROM"
                + " webhooks_delivery WHERE endpoint = ? AND state = 0 AND due_ms <= ? ORDER BY due_ms, id LIMIT ?"
                + sql.dialect().claimSuffix() + ") RETURNING id, event, order_key, attempts, due_ms, expires_ms",
                row -> new Claimed(row.getLong(1), row.getLong(2), Optional.ofNullable(row.getString(3)), row.getInt(4), row.getLong(5),
                        optional(row, 6)), leaseMs, endpoint, nowMs, most);
        var due = new ArrayList<DueDelivery>();
        for (Claimed one : claimed) {
            sql.row("SELECT message, content FROM webhooks_event WHERE id = ?", row -> new DueDelivery(one.id, one.event,
                    new MessageId(row.getString(1)), endpoint, one.orderKey, one.attempts, one.dueMs, one.expiresMs, row.getBytes(2)),
                    one.event).ifPresent(due::add);
        }
        due.sort(Comparator.comparingLong(DueDelivery::dueMs).thenComparingLong(DueDelivery::id));
        return due;
    }

    private static Optional<Long> optional(ResultSet row, int column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(value);
    }

    /** When the next one of an endpoint is due, in milliseconds since 1970. */
    static OptionalLong nextDueMs(Statements sql, String endpoint) throws SQLException {
        return sql.row("SELECT due_ms FROM webhooks_delivery WHERE endpoint = ? AND state = 0 ORDER BY due_ms, id LIMIT 1",
                row -> OptionalLong.of(row.getLong(1)), endpoint).orElse(OptionalLong.empty());
    }

    /** Gives back what was claimed: at due time, or when a process ended without saying what became of it. */
    static void release(Statements sql, long delivery, long dueMs) throws SQLException {
        sql.update("UPDATE webhooks_delivery SET state = 0, lease_ms = NULL, due_ms = ? WHERE id = ? AND state = 1", dueMs, delivery);
    }

    /** Gives back what was leased until before a moment. */
    static void releaseLeasedUntil(Statements sql, long leaseMs) throws SQLException {
        sql.update("UPDATE webhooks_delivery SET state = 0, lease_ms = NULL WHERE state = 1 AND lease_ms <= ?", leaseMs);
    }

    /** It failed, and is due again. */
    static void failed(Statements sql, long delivery, long dueMs) throws SQLException {
        sql.update("UPDATE webhooks_delivery SET state = 0, lease_ms = NULL, attempts = attempts + 1, due_ms = ? WHERE id = ?"
                + " AND state = 1", dueMs, delivery);
    }

    /** It failed at one member of a group, and is due at another. */
    static void handOn(Statements sql, long delivery, String to, long dueMs) throws SQLException {
        Optional<Ended> moved = sql.row("UPDATE webhooks_delivery SET state = 0, lease_ms = NULL, attempts = attempts + 1, due_ms = ?"
                + " WHERE id = ? AND state = 1 RETURNING endpoint, order_key, size, evictable", Ended::read, dueMs, delivery);
        if (moved.isPresent()) {
            sql.update("UPDATE webhooks_delivery SET endpoint = ? WHERE id = ?", to, delivery);
            moved.get().move(sql, moved.get().endpoint, -1, ", handed_on = handed_on + 1");
            moved.get().move(sql, to, 1, ", known = known + 1");
        }
    }

    /** Hands all that is ready on to another member of the group. */
    static void handOnAll(Statements sql, String from, String to) throws SQLException {
        List<Ended> moved = sql.rows("UPDATE webhooks_delivery SET endpoint = ? WHERE endpoint = ? AND state = 0"
                + " RETURNING endpoint, order_key, size, evictable", Ended::read, to, from);
        for (Ended one : moved) {
            one.move(sql, from, -1, ", handed_on = handed_on + 1");
            one.move(sql, to, 1, ", known = known + 1");
        }
    }

    /** It was answered with 2xx. */
    static void delivered(Statements sql, long delivery) throws SQLException {
        end(sql, "UPDATE webhooks_delivery SET state = 3, lease_ms = NULL, attempts = attempts + 1 WHERE id = ? AND state = 1", delivery,
                ", delivered = delivered + 1");
    }

    /** It failed for the last time. */
    static void deadLettered(Statements sql, long delivery) throws SQLException {
        end(sql, "UPDATE webhooks_delivery SET state = 4, reason = 'dead_letter', lease_ms = NULL, attempts = attempts + 1 WHERE id = ?"
                + " AND state = 1", delivery, ", lost_dead_letter = lost_dead_letter + 1");
    }

    /** It is given up, without an attempt. */
    static void lose(Statements sql, long delivery, LossReason reason) throws SQLException {
        String column = lossColumn(reason);
        end(sql, "UPDATE webhooks_delivery SET state = 4, reason = '" + reason.label() + "', lease_ms = NULL WHERE id = ?"
                + " AND state <= 2", delivery, ", " + column + " = " + column + " + 1");
    }

    private static void end(Statements sql, String update, long delivery, String term) throws SQLException {
        Optional<Ended> ended = sql.row(update + " RETURNING endpoint, order_key, size, evictable", Ended::read, delivery);
        if (ended.isPresent()) {
            ended.get().move(sql, ended.get().endpoint, -1, term);
            ended.get().unpark(sql);
        }
    }

    /** Parks and unparks what waits at an endpoint whose order has changed; what is on its way ends in the old one. */
    static void reorder(Statements sql, Endpoint endpoint) throws SQLException {
        String key = switch (endpoint.spec().limits().ordering()) {
            case NONE -> "NULL";
            case KEY -> "(SELECT event_key FROM webhooks_event e WHERE e.id = webhooks_delivery.event)";
            case ENDPOINT -> "''";
        };
        sql.update("UPDATE webhooks_delivery SET order_key = " + key + " WHERE endpoint = ? AND state <= 2", endpoint.id());
        sql.update("UPDATE webhooks_delivery SET state = 0 WHERE endpoint = ? AND state = 2", endpoint.id());
        sql.update("UPDATE webhooks_delivery SET state = 2 WHERE endpoint = ? AND state = 0 AND order_key IS NOT NULL AND EXISTS"
                + " (SELECT 1 FROM webhooks_delivery d WHERE d.endpoint = webhooks_delivery.endpoint"
                + " AND d.order_key = webhooks_delivery.order_key AND d.state <= 2 AND d.order_key IS NOT NULL"
                + " AND d.id < webhooks_delivery.id)", endpoint.id());
    }

    private record Ended(String endpoint, Optional<String> orderKey, int size, int evictable) {

        static Ended read(ResultSet row) throws SQLException {
            return new Ended(row.getString(1), Optional.ofNullable(row.getString(2)), row.getInt(3), row.getInt(4));
        }

        /** The endpoint may be gone; then there is nothing to count. */
        void move(Statements sql, String endpoint, int by, String term) throws SQLException {
            sql.update(MOVE_WAITING + term + " WHERE id = ?", by, by * size, by * evictable, by * evictable * size, endpoint);
        }

        /** The next one of its key need not wait any more. */
        void unpark(Statements sql) throws SQLException {
            if (orderKey.isPresent()) {
                sql.update("UPDATE webhooks_delivery SET state = 0 WHERE state = 2 AND id = (SELECT id FROM webhooks_delivery"
                        + " WHERE endpoint = ? AND order_key = ? AND state <= 2 AND order_key IS NOT NULL ORDER BY id LIMIT 1)",
                        endpoint, orderKey);
            }
        }
    }
}
