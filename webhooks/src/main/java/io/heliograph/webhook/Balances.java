package io.heliograph.webhook;

import io.heliograph.LossReason;
import io.heliograph.flow.Admission;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.flow.Occupancy;
import io.heliograph.store.Statements;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The sums of endpoints while a write runs: each row is read once, if at all, and written once by {@link #flush}, however many
 * deliveries the write moves. Confined to its write.
 */
final class Balances {

    private static final String UPDATE = "UPDATE webhooks_endpoint SET waiting = waiting + ?, waiting_bytes = waiting_bytes + ?,"
            + " evictable = evictable + ?, evictable_bytes = evictable_bytes + ?, known = known + ?, handed_on = handed_on + ?,"
            + " delivered = delivered + ?, filtered = filtered + ?, lost_overflow = lost_overflow + ?, lost_conflated = lost_conflated + ?,"
            + " lost_expired = lost_expired + ?, lost_dead_letter = lost_dead_letter + ?, lost_left = lost_left + ?, failed = failed + ?,"
            + " duplicates = duplicates + ? WHERE id = ?";

    private final Statements sql;
    private final Map<String, Change> changes = new LinkedHashMap<>();
    /** As the rows say, without the changes. */
    private final Map<String, Optional<Held>> read = new HashMap<>();

    /** What is new. */
    private static final class Change {
        private long waiting;
        private long waitingBytes;
        private long evictable;
        private long evictableBytes;
        private long known;
        private long handedOn;
        private long delivered;
        private long filtered;
        private long failed;
        private long duplicates;
        /** In the order of {@link DeliveryRows#LOSSES}. */
        private final long[] lost = new long[DeliveryRows.LOSSES.size()];
    }

    Balances(Statements sql) {
        this.sql = sql;
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

    /** What waits at an endpoint now; empty if there is none, or it is leaving. */
    Optional<Held> held(String endpoint) throws SQLException {
        Optional<Held> row = read.get(endpoint);
        if (row == null) {
            row = sql.row("SELECT waiting, waiting_bytes, evictable, evictable_bytes FROM webhooks_endpoint WHERE id = ?"
                    + " AND state <> '" + Departures.LEAVING + "'",
                    r -> new Held(r.getLong(1), r.getLong(2), r.getLong(3), r.getLong(4)), endpoint);
            read.put(endpoint, row);
        }
        Change change = changes.get(endpoint);
        return change == null ? row : row.map(held -> new Held(held.events + change.waiting, held.bytes + change.waitingBytes,
                held.evictable + change.evictable, held.evictableBytes + change.evictableBytes));
    }

    /** A delivery entered an endpoint's queue. */
    void entered(String endpoint, int size, int evictable) {
        Change change = move(endpoint, 1, size, evictable);
        change.known++;
    }

    /** An event was not for an endpoint, by its query. */
    void filtered(String endpoint) {
        Change change = change(endpoint);
        change.known++;
        change.filtered++;
    }

    /** An endpoint's policy turned a delivery away that others got. */
    void turnedAway(String endpoint) {
        Change change = change(endpoint);
        change.known++;
        change.lost[DeliveryRows.LOSSES.indexOf(LossReason.OVERFLOW)]++;
    }

    /** A delivery left the queue: it was answered with 2xx. */
    void delivered(String endpoint, int size, int evictable) {
        move(endpoint, -1, size, evictable).delivered++;
    }

    /** A delivery left the queue for good, undelivered. */
    void lost(String endpoint, int size, int evictable, LossReason reason) {
        move(endpoint, -1, size, evictable).lost[DeliveryRows.LOSSES.indexOf(reason)]++;
    }

    /** A delivery left one queue for another. */
    void handedOn(String from, String to, int size, int evictable) {
        move(from, -1, size, evictable).handedOn++;
        entered(to, size, evictable);
    }

    /** An attempt failed at an endpoint's receiver, whatever becomes of the delivery. */
    void failed(String endpoint) {
        change(endpoint).failed++;
    }

    /** A receiver took again what it had taken. */
    void takenAgain(String endpoint) {
        change(endpoint).duplicates++;
    }

    private Change move(String endpoint, int by, int size, int evictable) {
        Change change = change(endpoint);
        change.waiting += by;
        change.waitingBytes += (long) by * size;
        change.evictable += (long) by * evictable;
        change.evictableBytes += (long) by * evictable * size;
        return change;
    }

    private Change change(String endpoint) {
        return changes.computeIfAbsent(endpoint, id -> new Change());
    }

    /** Writes what is new; endpoints that are gone have nothing to count. */
    void flush() throws SQLException {
        for (Map.Entry<String, Change> entry : changes.entrySet()) {
            Change change = entry.getValue();
            sql.update(UPDATE, change.waiting, change.waitingBytes, change.evictable, change.evictableBytes, change.known,
                    change.handedOn, change.delivered, change.filtered, change.lost[0], change.lost[1], change.lost[2], change.lost[3],
                    change.lost[4], change.failed, change.duplicates, entry.getKey());
        }
        changes.clear();
        read.clear();
    }
}
