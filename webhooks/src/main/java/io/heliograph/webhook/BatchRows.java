package io.heliograph.webhook;

import io.heliograph.store.Statements;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Batches, as they are claimed. One is formed of what is due, and noted at its rows: it is the same in each further attempt, after a
 * restart too. It gets no more events; it has fewer once some are given up or handed on. Stateless.
 *
 * <pre>
 * in no order          what is due, the oldest first
 * in an order          what is due of each key, and behind it the next ones of that key, which are parked:
 *
 *   ready   a1  b1             one batch:  a1 a2 a3 b1 b2
 *   parked  a2  b2             a4 stays parked until all of it has settled
 *           a3
 *           a4
 * </pre>
 */
final class BatchRows {

    /** The most bytes of events, as {@link io.heliograph.Event#size} counts; one event may be larger. */
    static final int MAX_BYTES = 1 << 20;

    private static final String SELECT = "SELECT id, size, attempts, order_key, batch,"
            + " (SELECT message FROM webhooks_event e WHERE e.id = webhooks_delivery.event) FROM webhooks_delivery WHERE endpoint = ?";

    private static final String BEHIND_ANOTHER = " AND order_key IS NOT NULL AND EXISTS (SELECT 1 FROM webhooks_delivery d"
            + " WHERE d.endpoint = webhooks_delivery.endpoint AND d.order_key = webhooks_delivery.order_key AND d.state <= 2"
            + " AND d.order_key IS NOT NULL AND d.id < webhooks_delivery.id)";

    private BatchRows() {
    }

    private record Candidate(long id, int size, int attempts, Optional<String> orderKey, Optional<String> batch, String message) {

        static Candidate read(ResultSet row) throws SQLException {
            return new Candidate(row.getLong(1), row.getInt(2), row.getInt(3), Optional.ofNullable(row.getString(4)),
                    Optional.ofNullable(row.getString(5)), row.getString(6));
        }
    }

    /**
     * Claims what is due at an endpoint that wants batches.
     *
     * @param leaseMs until when no other process may claim it
     * @param most    how many batches
     */
    static List<Parcel> claim(Statements sql, Endpoint endpoint, long nowMs, long leaseMs, int most) throws SQLException {
        int size = endpoint.spec().batch().orElseThrow();
        var claimed = new ArrayList<Parcel>();
        while (claimed.size() < most) {
            List<Candidate> due = sql.rows(SELECT + " AND state = 0 AND due_ms <= ? ORDER BY due_ms, id LIMIT ?"
                    + sql.dialect().claimSuffix(), Candidate::read, endpoint.id(), nowMs, size);
            if (due.isEmpty()) {
                return claimed;
            }
            Optional<String> known = due.getFirst().batch;
            claimed.add(known.isPresent() ? again(sql, endpoint.id(), known.get(), leaseMs) : form(sql, endpoint.id(), due, size, leaseMs));
        }
        return claimed;
    }

    private static Parcel again(Statements sql, String endpoint, String batch, long leaseMs) throws SQLException {
        return parcel(sql.rows("UPDATE webhooks_delivery SET state = 1, lease_ms = ? WHERE endpoint = ? AND batch = ? AND state <= 2"
                + " AND state <> 1 AND batch IS NOT NULL" + DeliveryRows.RETURNING_DUE, DeliveryRows::due, leaseMs, endpoint, batch));
    }

    private static Parcel form(Statements sql, String endpoint, List<Candidate> due, int size, long leaseMs) throws SQLException {
        // Those of a batch have failed equally often, since they share what becomes of them.
        int attempts = due.getFirst().attempts;
        var chosen = new ArrayList<>(due.stream().filter(one -> one.batch.isEmpty() && one.attempts == attempts).toList());
        Set<String> keys = chosen.stream().flatMap(one -> one.orderKey.stream()).collect(Collectors.toSet());
        int behind = keys.isEmpty() ? 0 : (size - chosen.size()) / keys.size();
        if (behind > 0) {
            for (String key : keys) {
                sql.rows(SELECT + " AND order_key = ? AND order_key IS NOT NULL AND state <= 2 AND state = 2 ORDER BY id LIMIT ?",
                        Candidate::read, endpoint, key, behind).stream()
                        .takeWhile(one -> one.batch.isEmpty() && one.attempts == attempts).forEach(chosen::add);
            }
        }
        if (!keys.isEmpty()) {
            chosen.sort(Comparator.comparingLong(Candidate::id));
        }
        List<Candidate> fitting = chosen.subList(0, fitting(chosen));
        MessageId message = MessageId.ofAll(fitting.stream().map(Candidate::message).toList());
        return parcel(sql.rowsOf("UPDATE webhooks_delivery SET state = 1, lease_ms = ?, batch = ? WHERE id IN ",
                fitting.stream().map(Candidate::id).toList(), DeliveryRows.RETURNING_DUE, DeliveryRows::due, leaseMs, message.text()));
    }

    private static int fitting(List<Candidate> chosen) {
        long bytes = 0;
        int count = 0;
        while (count < chosen.size() && (count == 0 || bytes + chosen.get(count).size <= MAX_BYTES)) {
            bytes += chosen.get(count).size;
            count++;
        }
        return count;
    }

    /** In the same order in each attempt, and of each key in that of their publication. */
    private static Parcel parcel(List<DueDelivery> claimed) {
        return new Parcel(claimed.stream().sorted(Comparator.comparingLong(DueDelivery::id)).toList());
    }

    /** Of what came back of batches of an endpoint, only the first of each key is ready. */
    static void park(Statements sql, String endpoint) throws SQLException {
        sql.update("UPDATE webhooks_delivery SET state = 2 WHERE endpoint = ? AND batch IS NOT NULL AND state <= 2 AND state = 0"
                + BEHIND_ANOTHER, endpoint);
    }
}
