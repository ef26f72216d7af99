package io.heliograph.webhook;

import io.heliograph.LossReason;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.store.Statements;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

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
            List.of(LossReason.OVERFLOW, LossReason.CONFLATED, LossReason.EXPIRED, LossReason.DEAD_LETTER, LossReason.LEFT);

    static final String RETURNING_DUE = " RETURNING id, event, endpoint, order_key, attempts, due_ms, expires_ms, batch, lease_ms,"
            + " size, evictable, (SELECT message FROM webhooks_event e WHERE e.id = webhooks_delivery.event),"
            + " (SELECT content FROM webhooks_event e WHERE e.id = webhooks_delivery.event)";
    private static final String SAME_KEY = "SELECT d.id FROM webhooks_delivery d JOIN webhooks_event e ON e.id = d.event"
            + " WHERE d.endpoint = ? AND d.evictable = 1 AND e.topic = ? AND e.event_key = ? AND ";
    private static final String SAME_KEY_END = " ORDER BY d.id LIMIT 1";
    // Without IS NOT NULL, for which SQLite would read all that waits at the endpoint; IN says it as well.
    private static final String NEXT_OF_KEYS = " WHERE state = 2 AND id IN (SELECT min(id) FROM webhooks_delivery"
            + " WHERE endpoint = ? AND state <= 2 AND order_key IN ";
    private static final String NEXT_OF_KEYS_END = " GROUP BY order_key)";
    /** What a row that is given back becomes: parked where another of its key is before it. */
    private static final String READY_OR_PARKED = " SET lease_ms = NULL, state = CASE WHEN order_key IS NOT NULL AND EXISTS (SELECT 1"
            + " FROM webhooks_delivery d WHERE d.endpoint = webhooks_delivery.endpoint AND d.order_key = webhooks_delivery.order_key"
            + " AND d.state <= 2 AND d.order_key IS NOT NULL AND d.id < webhooks_delivery.id) THEN 2 ELSE 0 END";
    /** Until when that is leased which was claimed behind another of its key: no clock ends it. */
    static final long BEHIND = Long.MAX_VALUE;
    private static final String DELIVERED = "UPDATE webhooks_delivery SET state = 3, lease_ms = NULL, attempts = attempts + 1"
            + " WHERE state = 1 AND ";
    private static final String RETURNING_ENDED = " RETURNING id, endpoint, order_key, size, evictable";

    private DeliveryRows() {
    }

    static String lossColumn(LossReason reason) {
        return "lost_" + reason.label();
    }

    /** Whether the policy gives up what it took in. */
    static boolean isEvictable(FlowPolicy policy) {
        return switch (policy) {
            case FlowPolicy.Drop drop -> drop.victim() != FlowPolicy.Victim.NEWEST;
            case FlowPolicy.Buffer buffer -> isEvictable(buffer.then());
            case FlowPolicy.BackPressure pressure -> false;
        };
    }

    /** Whether the policy gives up what has the same key as what comes. */
    static boolean isConflating(FlowPolicy policy) {
        return switch (policy) {
            case FlowPolicy.Drop drop -> drop.victim() == FlowPolicy.Victim.SAME_KEY;
            case FlowPolicy.Buffer buffer -> isConflating(buffer.then());
            case FlowPolicy.BackPressure pressure -> false;
        };
    }

    /**
     * Gives up the oldest that no attempt is made at, to make room.
     *
     * @return whether there was one
     */
    static boolean evictOldest(Statements sql, Balances balances, String endpoint, LossReason reason) throws SQLException {
        Optional<Long> ready = sql.row("SELECT id FROM webhooks_delivery WHERE endpoint = ? AND state = 0 AND evictable = 1"
                + " ORDER BY due_ms, id LIMIT 1", row -> row.getLong(1), endpoint);
        Optional<Long> parked = sql.row("SELECT id FROM webhooks_delivery WHERE endpoint = ? AND state = 2 AND evictable = 1"
                + " ORDER BY id LIMIT 1", row -> row.getLong(1), endpoint);
        boolean isParkedOlder = parked.isPresent() && ready.filter(id -> id < parked.get()).isEmpty();
        return evict(sql, balances, isParkedOlder ? parked : ready, reason);
    }

    /** Gives up the oldest of the same topic and key; see {@link #evictOldest}. */
    static boolean evictSameKey(Statements sql, Balances balances, String endpoint, String topic, Optional<String> key)
            throws SQLException {
        if (key.isPresent()) {
            // One text for each of the two, since each has an index of its own.
            Optional<Long> ready = sql.row(SAME_KEY + "d.state = 0" + SAME_KEY_END, row -> row.getLong(1), endpoint, topic, key);
            Optional<Long> parked = sql.row(SAME_KEY + "d.state = 2" + SAME_KEY_END, row -> row.getLong(1), endpoint, topic, key);
            boolean isParkedOlder = parked.isPresent() && ready.filter(id -> id < parked.get()).isEmpty();
            if (evict(sql, balances, isParkedOlder ? parked : ready, LossReason.CONFLATED)) {
                return true;
            }
        }
        return evictOldest(sql, balances, endpoint, LossReason.OVERFLOW);
    }

    private static boolean evict(Statements sql, Balances balances, Optional<Long> victim, LossReason reason) throws SQLException {
        if (victim.isPresent()) {
            lose(sql, balances, victim.get(), reason);
        }
        return victim.isPresent();
    }

    /**
     * Claims what is due at an endpoint, each by itself, also what was in a batch once.
     *
     * @param leaseMs until when no other process may claim it
     * @return in the order of what was due first
     */
    static List<DueDelivery> claim(Statements sql, String endpoint, long nowMs, long leaseMs, int most) throws SQLException {
        List<DueDelivery> due = sql.rows("UPDATE webhooks_delivery SET state = 1, lease_ms = ?, batch = NULL WHERE id IN (SELECT id FROM"
                + " webhooks_delivery WHERE endpoint = ? AND state = 0 AND due_ms <= ? ORDER BY due_ms, id LIMIT ?"
                + sql.dialect().claimSuffix() + ")" + RETURNING_DUE, DeliveryRows::due, leaseMs, endpoint, nowMs, most);
        due.sort(Comparator.comparingLong(DueDelivery::dueMs).thenComparingLong(DueDelivery::id));
        return due;
    }

    static DueDelivery due(ResultSet row) throws SQLException {
        return new DueDelivery(row.getLong(1), row.getLong(2), new MessageId(row.getString(12)), row.getString(3),
                Optional.ofNullable(row.getString(4)), row.getInt(5), row.getLong(6), optional(row, 7),
                Optional.ofNullable(row.getString(8)).map(MessageId::new), row.getLong(9),
                row.getInt(10), row.getInt(11), row.getBytes(13));
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

    /** Gives back what was claimed, to be due again when it was. */
    static void release(Statements sql, List<Long> deliveries) throws SQLException {
        sql.rowsOf("UPDATE webhooks_delivery" + READY_OR_PARKED + " WHERE state = 1 AND id IN ", deliveries, " RETURNING id",
                row -> row.getLong(1));
    }

    /** Parks what was claimed behind one that is not delivered now. */
    static void parkBehind(Statements sql, String endpoint, String key, long delivery) throws SQLException {
        sql.update("UPDATE webhooks_delivery SET state = 2, lease_ms = NULL WHERE endpoint = ? AND order_key = ? AND order_key IS NOT NULL"
                + " AND state <= 2 AND state = 1 AND lease_ms = ? AND id > ?", endpoint, key, BEHIND, delivery);
    }

    /** Gives back what was claimed, and no attempt counts. */
    static void park(Statements sql, long delivery, long dueMs) throws SQLException {
        sql.update("UPDATE webhooks_delivery SET state = 0, lease_ms = NULL, due_ms = ? WHERE id = ? AND state = 1", dueMs, delivery);
    }

    /**
     * Gives back what was leased until before a moment.
     *
     * @return to which endpoints
     */
    static Set<String> releaseLeasedUntil(Statements sql, long leaseMs) throws SQLException {
        return new HashSet<>(sql.rows("UPDATE webhooks_delivery" + READY_OR_PARKED + " WHERE state = 1 AND lease_ms <= ?"
                + " RETURNING endpoint", row -> row.getString(1), leaseMs));
    }

    /** It failed, and is due again. */
    static void failed(Statements sql, long delivery, long dueMs) throws SQLException {
        sql.update("UPDATE webhooks_delivery SET state = 0, lease_ms = NULL, attempts = attempts + 1, due_ms = ? WHERE id = ?"
                + " AND state = 1", dueMs, delivery);
    }

    /** It failed at one member of a group, and is due at another; at the same one, if that has left meanwhile. */
    static void handOn(Statements sql, Balances balances, long delivery, String to, long dueMs) throws SQLException {
        if (balances.held(to).isEmpty()) {
            failed(sql, delivery, dueMs);
            return;
        }
        Optional<Ended> moved = sql.row("UPDATE webhooks_delivery SET state = 0, lease_ms = NULL, attempts = attempts + 1, due_ms = ?"
                + " WHERE id = ? AND state = 1" + RETURNING_ENDED, Ended::read, dueMs, delivery);
        if (moved.isPresent()) {
            sql.update("UPDATE webhooks_delivery SET endpoint = ?, batch = NULL WHERE id = ?", to, delivery);
            balances.handedOn(moved.get().endpoint, to, moved.get().size, moved.get().evictable);
        }
    }

    /** Hands all that is ready on to another member of the group. */
    static void handOnAll(Statements sql, Balances balances, String from, String to) throws SQLException {
        List<Ended> moved = sql.rows("UPDATE webhooks_delivery SET endpoint = ?, batch = NULL WHERE endpoint = ?"
                + " AND state = 0" + RETURNING_ENDED, Ended::read, to, from);
        for (Ended one : moved) {
            balances.handedOn(from, to, one.size, one.evictable);
        }
    }

    /** Hands some of what waits at one that leaves its group on to another member, at which it may go at once. */
    static void bequeath(Statements sql, Balances balances, String from, String to, List<Long> deliveries, long nowMs) throws SQLException {
        List<Ended> moved = sql.rowsOf("UPDATE webhooks_delivery SET endpoint = ?, state = 0, lease_ms = NULL, order_key = NULL, batch = NULL,"
                + " due_ms = CASE WHEN due_ms > ? THEN ? ELSE due_ms END WHERE endpoint = ? AND state <= 2 AND id IN ", deliveries,
                RETURNING_ENDED, Ended::read, to, nowMs, nowMs, from);
        for (Ended one : moved) {
            balances.handedOn(from, to, one.size, one.evictable);
        }
    }

    /** Gives up some of what waits at an endpoint, and none of which another one waits for. */
    static void loseAll(Statements sql, Balances balances, String endpoint, List<Long> deliveries, LossReason reason) throws SQLException {
        List<Ended> ended = sql.rowsOf("UPDATE webhooks_delivery SET state = 4, reason = '" + reason.label() + "', lease_ms = NULL"
                + " WHERE endpoint = ? AND state <= 2 AND id IN ", deliveries, RETURNING_ENDED, Ended::read, endpoint);
        for (Ended one : ended) {
            balances.lost(endpoint, one.size, one.evictable, reason);
        }
    }

    /**
     * They were answered with 2xx. Of what stands in its row as it was claimed, and in no order, only the number is read back, which takes
     * less.
     *
     * @return by endpoint, the keys whose next one need not wait any more
     */
    static Map<String, List<String>> delivered(Statements sql, Balances balances, List<DueDelivery> deliveries) throws SQLException {
        var left = new LinkedHashMap<Long, DueDelivery>();
        var unordered = new LinkedHashMap<String, List<Long>>();
        for (DueDelivery one : deliveries) {
            left.put(one.id(), one);
            if (one.orderKey().isEmpty()) {
                unordered.computeIfAbsent(one.endpoint(), endpoint -> new ArrayList<>()).add(one.id());
            }
        }
        for (Map.Entry<String, List<Long>> entry : unordered.entrySet()) {
            for (Long id : sql.rowsOf(DELIVERED + "endpoint = ? AND order_key IS NULL AND id IN ", entry.getValue(), " RETURNING id",
                    row -> row.getLong(1), entry.getKey())) {
                DueDelivery one = left.remove(id);
                balances.delivered(one.endpoint(), one.size(), one.evictable());
            }
        }
        return left.isEmpty() ? Map.of() : deliveredAsRowsSay(sql, balances, List.copyOf(left.keySet()));
    }

    /** Their endpoints and their order are what the rows say now. */
    private static Map<String, List<String>> deliveredAsRowsSay(Statements sql, Balances balances, List<Long> deliveries)
            throws SQLException {
        List<Ended> ended = sql.rowsOf(DELIVERED + "id IN ", deliveries, RETURNING_ENDED, Ended::read);
        var keys = new LinkedHashMap<String, List<String>>();
        for (Ended one : ended) {
            balances.delivered(one.endpoint, one.size, one.evictable);
            one.orderKey.ifPresent(key -> keys.computeIfAbsent(one.endpoint, endpoint -> new ArrayList<>()).add(key));
        }
        if (ended.size() < deliveries.size()) {
            countTakenAgain(sql, balances, deliveries, ended);
        }
        return keys;
    }

    private static void countTakenAgain(Statements sql, Balances balances, List<Long> deliveries, List<Ended> ended) throws SQLException {
        var others = new ArrayList<>(deliveries);
        others.removeAll(ended.stream().map(Ended::id).collect(Collectors.toSet()));
        sql.rowsOf("SELECT endpoint FROM webhooks_delivery WHERE state = 3 AND id IN ", others, "", row -> row.getString(1))
                .forEach(balances::takenAgain);
    }

    /** The next ones of some keys need not wait any more; says whether there is one. */
    static boolean unpark(Statements sql, String endpoint, List<String> keys) throws SQLException {
        return !sql.rowsOf("UPDATE webhooks_delivery SET state = 0" + NEXT_OF_KEYS, keys, NEXT_OF_KEYS_END + " RETURNING id", row -> true,
                endpoint).isEmpty();
    }

    /** The same, and they are claimed. Their events are asked for afterwards: it takes less than to return them with the change. */
    static List<DueDelivery> unparkClaimed(Statements sql, String endpoint, List<String> keys, long leaseMs) throws SQLException {
        record Content(long event, MessageId message, byte[] json) {
        }
        List<Freed> freed = sql.rowsOf("UPDATE webhooks_delivery SET state = 1, lease_ms = ?, batch = NULL" + NEXT_OF_KEYS, keys,
                NEXT_OF_KEYS_END + " RETURNING id, event, order_key, attempts, due_ms, expires_ms, size, evictable", Freed::read, leaseMs,
                endpoint);
        var contents = new HashMap<Long, Content>();
        sql.rowsOf("SELECT id, message, content FROM webhooks_event WHERE id IN ", freed.stream().map(Freed::event).toList(), "",
                row -> new Content(row.getLong(1), new MessageId(row.getString(2)), row.getBytes(3)))
                .forEach(content -> contents.put(content.event, content));
        var due = new ArrayList<DueDelivery>(freed.size());
        for (Freed one : freed) {
            Content content = Objects.requireNonNull(contents.get(one.event), "a delivery keeps its event");
            due.add(new DueDelivery(one.id, one.event, content.message, endpoint, Optional.of(one.orderKey), one.attempts, one.dueMs,
                    one.expiresMs, Optional.empty(), leaseMs, one.size, one.evictable, content.json));
        }
        return due;
    }

    private record Freed(long id, long event, String orderKey, int attempts, long dueMs, Optional<Long> expiresMs, int size,
            int evictable) {

        static Freed read(ResultSet row) throws SQLException {
            return new Freed(row.getLong(1), row.getLong(2), row.getString(3), row.getInt(4), row.getLong(5), optional(row, 6),
                    row.getInt(7), row.getInt(8));
        }
    }

    /** It failed for the last time. */
    static void deadLettered(Statements sql, Balances balances, long delivery) throws SQLException {
        lost(sql, balances, LossReason.DEAD_LETTER, sql.row("UPDATE webhooks_delivery SET state = 4, reason = 'dead_letter',"
                + " lease_ms = NULL, attempts = attempts + 1 WHERE id = ? AND state = 1" + RETURNING_ENDED, Ended::read, delivery));
    }

    /** It is given up, without an attempt. */
    static void lose(Statements sql, Balances balances, long delivery, LossReason reason) throws SQLException {
        lost(sql, balances, reason, sql.row("UPDATE webhooks_delivery SET state = 4, reason = '" + reason.label() + "',"
                + " lease_ms = NULL WHERE id = ? AND state <= 2" + RETURNING_ENDED, Ended::read, delivery));
    }

    private static void lost(Statements sql, Balances balances, LossReason reason, Optional<Ended> ended) throws SQLException {
        if (ended.isPresent()) {
            balances.lost(ended.get().endpoint, ended.get().size, ended.get().evictable, reason);
            ended.get().unpark(sql);
        }
    }

    /** Parks and unparks what waits at an endpoint whose order has changed, in no batch; what is on its way ends in the old one. */
    static void reorder(Statements sql, Endpoint endpoint) throws SQLException {
        String key = switch (endpoint.spec().limits().ordering()) {
            case NONE -> "NULL";
            case KEY -> "(SELECT event_key FROM webhooks_event e WHERE e.id = webhooks_delivery.event)";
            case ENDPOINT -> "''";
        };
        sql.update("UPDATE webhooks_delivery SET order_key = " + key + " WHERE endpoint = ? AND state <= 2", endpoint.id());
        sql.update("UPDATE webhooks_delivery SET state = 0 WHERE endpoint = ? AND state = 2", endpoint.id());
        sql.update("UPDATE webhooks_delivery SET batch = NULL WHERE endpoint = ? AND state = 0", endpoint.id());
        sql.update("UPDATE webhooks_delivery SET state = 2 WHERE endpoint = ? AND state = 0 AND order_key IS NOT NULL AND EXISTS"
                + " (SELECT 1 FROM webhooks_delivery d WHERE d.endpoint = webhooks_delivery.endpoint"
                + " AND d.order_key = webhooks_delivery.order_key AND d.state <= 2 AND d.order_key IS NOT NULL"
                + " AND d.id < webhooks_delivery.id)", endpoint.id());
    }

    private record Ended(long id, String endpoint, Optional<String> orderKey, int size, int evictable) {

        static Ended read(ResultSet row) throws SQLException {
            return new Ended(row.getLong(1), row.getString(2), Optional.ofNullable(row.getString(3)), row.getInt(4), row.getInt(5));
        }

        void unpark(Statements sql) throws SQLException {
            if (orderKey.isPresent()) {
                DeliveryRows.unpark(sql, endpoint, List.of(orderKey.get()));
            }
        }
    }
}
