package io.heliograph.alert;

import io.heliograph.store.Statements;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Alerts, read. Stateless. */
final class AlertRows {

    private static final String SELECT = "SELECT a.id, a.tenant, a.alert_id, a.search, a.hops, a.details, a.at_ms, a.event, e.content"
            + " FROM alerts_alert a LEFT JOIN webhooks_event e ON e.id = a.event";

    private AlertRows() {
    }

    /**
     * An alert that waits for a recipient.
     *
     * @param row of the waiting
     */
    record Outgoing(long row, Alert alert) {
    }

    /** The latest first. */
    static List<Alert> page(Statements sql, String tenant, Optional<String> search, long before, int most) throws SQLException {
        if (search.isPresent()) {
            return sql.rows(SELECT + " WHERE a.tenant = ? AND a.search = ? AND a.id < ? ORDER BY a.id DESC LIMIT ?", AlertRows::read, tenant,
                    search, before, most);
        }
        return sql.rows(SELECT + " WHERE a.tenant = ? AND a.id < ? ORDER BY a.id DESC LIMIT ?", AlertRows::read, tenant, before, most);
    }

    /** The first one first. */
    static List<Alert> after(Statements sql, String tenant, long after, int most) throws SQLException {
        return sql.rows(SELECT + " WHERE a.tenant = ? AND a.id > ? ORDER BY a.id LIMIT ?", AlertRows::read, tenant, after, most);
    }

    static Optional<Alert> find(Statements sql, String tenant, String id) throws SQLException {
        return sql.row(SELECT + " WHERE a.tenant = ? AND a.alert_id = ?", AlertRows::read, tenant, id);
    }

    /** Those of one event. */
    static List<Alert> ofEvent(Statements sql, long event, int most) throws SQLException {
        return sql.rows(SELECT + " WHERE a.event = ? ORDER BY a.id LIMIT ?", AlertRows::read, event, most);
    }

    /** Those that a recipient is to get, the first one first. */
    static List<Outgoing> outgoing(Statements sql, String recipient, int most) throws SQLException {
        return sql.rows("SELECT a.id, a.tenant, a.alert_id, a.search, a.hops, a.details, a.at_ms, a.event, e.content, o.id"
                + " FROM alerts_outgoing o JOIN alerts_alert a ON a.id = o.alert LEFT JOIN webhooks_event e ON e.id = a.event"
                + " WHERE o.recipient = ? ORDER BY o.id LIMIT ?", row -> new Outgoing(row.getLong(10), read(row)), recipient, most);
    }

    private static Alert read(ResultSet row) throws SQLException {
        long atMs = row.getLong(7);
        byte[] content = row.getBytes(9);
        // An event that has been removed meanwhile is not there any more, and its alert about to follow.
        Optional<String> json = content == null ? Optional.empty() : Optional.of(new String(content, StandardCharsets.UTF_8));
        return new Alert(row.getLong(1), row.getString(2), row.getString(4), Instant.ofEpochMilli(atMs),
                AlertEvents.event(row.getString(4), row.getString(3), atMs, row.getInt(5), json, row.getString(6)));
    }

    /** Removes some that are older, and for which nobody waits; returns how many. */
    static int removeOld(Statements sql, long beforeMs) throws SQLException {
        return sql.update("DELETE FROM alerts_alert WHERE id IN (SELECT id FROM alerts_alert a WHERE at_ms < ? AND NOT EXISTS"
                + " (SELECT 1 FROM alerts_outgoing o WHERE o.alert = a.id) ORDER BY at_ms LIMIT 200)", beforeMs);
    }
}
