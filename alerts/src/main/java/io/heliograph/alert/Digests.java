package io.heliograph.alert;

import io.heliograph.store.Statements;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Makes one alert of what a digest has gathered, when its period is over. What is gathered is on disk, so a period that ended while
 * no process ran is made up for at the start. Stateless.
 */
final class Digests {

    private static final String SOURCE = "digest";
    private static final int MOST_BYTES = 768 << 10;

    private Digests() {
    }

    private record Period(String tenant, String search, long beganMs, long matches) {
    }

    private record Gathered(long event, int hops, String details) {
    }

    /** When the next one is due, in milliseconds since 1970. */
    static OptionalLong nextDueMs(Statements sql) throws SQLException {
        return sql.row("SELECT due_ms FROM alerts_period ORDER BY due_ms LIMIT 1", row -> OptionalLong.of(row.getLong(1)))
                .orElse(OptionalLong.empty());
    }

    /**
     * Makes the alert of one that is due. Of a search that is not there any more, or was disabled, none is made.
     *
     * @return whether there was one
     */
    static boolean end(Statements sql, AlertWrite alerts, Indexes indexes, long nowMs, int mostEvents) throws SQLException {
        Optional<Period> due = sql.row("DELETE FROM alerts_period WHERE (tenant, search) IN (SELECT tenant, search FROM alerts_period"
                + " WHERE due_ms <= ? ORDER BY due_ms LIMIT 1" + sql.dialect().claimSuffix() + ") RETURNING tenant, search, began_ms, matches",
                row -> new Period(row.getString(1), row.getString(2), row.getLong(3), row.getLong(4)), nowMs);
        if (due.isEmpty()) {
            return false;
        }
        Period period = due.get();
        Optional<SavedSearch> search = indexes.find(period.tenant).flatMap(index -> index.search(period.search));
        if (search.isPresent()) {
            List<Gathered> gathered = sql.rows("SELECT event, hops, details FROM alerts_gathered WHERE tenant = ? AND search = ? ORDER BY id"
                    + " LIMIT ?", row -> new Gathered(row.getLong(1), row.getInt(2), row.getString(3)), period.tenant, period.search,
                    mostEvents);
            alerts.add(alert(sql, search.get(), period, gathered, nowMs));
        }
        sql.update("DELETE FROM alerts_gathered WHERE tenant = ? AND search = ?", period.tenant, period.search);
        alerts.finish();
        if (!alerts.alerts().isEmpty()) {
            sql.update("UPDATE alerts_statistics SET late = late + 1 WHERE tenant = ? AND search = ?", period.tenant, period.search);
        }
        return true;
    }

    private static AlertWrite.NewAlert alert(Statements sql, SavedSearch search, Period period, List<Gathered> gathered, long nowMs)
            throws SQLException {
        var events = new StringBuilder();
        int listed = 0;
        int hops = 1;
        for (Gathered one : gathered) {
            Optional<String> json = sql.row("SELECT content FROM webhooks_event WHERE id = ?",
                    row -> new String(row.getBytes(1), StandardCharsets.UTF_8), one.event);
            if (events.length() + json.map(String::length).orElse(0) > MOST_BYTES && listed > 0) {
                break;
            }
            events.append(listed == 0 ? "" : ",").append("{\"event\":").append(json.orElse("null")).append(',').append(one.details).append('}');
            listed++;
            hops = Math.max(hops, one.hops);
        }
        String details = "\"digest\":{\"from\":\"" + Instant.ofEpochMilli(period.beganMs) + "\",\"to\":\"" + Instant.ofEpochMilli(nowMs)
                + "\",\"matches\":" + period.matches + ",\"left_out\":" + (period.matches - listed) + "},\"events\":[" + events + "]";
        String id = AlertEvents.id(search.id(), SOURCE, Long.toString(period.beganMs));
        return new AlertWrite.NewAlert(search, id, Optional.empty(), Optional.empty(), hops, details);
    }
}
