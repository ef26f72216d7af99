package io.heliograph.webhook;

import io.heliograph.store.Statements;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * An event that is there already, by its source and id or by an idempotency key.
 *
 * @param row     its row
 * @param message its {@code webhook-id}
 * @param eventId the id that its publisher gave it
 */
record KnownEvent(long row, String message, Optional<String> eventId) {

    private static final String SELECT = "SELECT id, message, event_id FROM webhooks_event WHERE ";

    static Optional<KnownEvent> byId(Statements sql, Submission submission) throws SQLException {
        return sql.row(SELECT + "tenant = ? AND source = ? AND event_id = ?", KnownEvent::read, submission.tenant(),
                submission.event().source(), submission.explicitId());
    }

    static Optional<KnownEvent> byKey(Statements sql, Submission submission) throws SQLException {
        Optional<KnownEvent> first = sql.row(SELECT + "tenant = ? AND idempotency_key = ?", KnownEvent::read, submission.tenant(),
                submission.idempotencyKey());
        return first.isPresent() ? first : sql.row(SELECT + "id = (SELECT event FROM webhooks_repeated_key WHERE tenant = ?"
                + " AND idempotency_key = ?)", KnownEvent::read, submission.tenant(), submission.idempotencyKey());
    }

    private static KnownEvent read(ResultSet row) throws SQLException {
        return new KnownEvent(row.getLong(1), row.getString(2), Optional.ofNullable(row.getString(3)));
    }

    /** What comes with the submission's key from now on is this event, unless that is another one's. */
    void keep(Statements sql, Submission submission) throws SQLException {
        if (byKey(sql, submission).isEmpty()) {
            sql.update("INSERT INTO webhooks_repeated_key (tenant, idempotency_key, event) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                    submission.tenant(), submission.idempotencyKey(), row);
        }
    }

    /** Forgets the keys of an event that is removed. */
    static void forget(Statements sql, long row) throws SQLException {
        sql.update("DELETE FROM webhooks_repeated_key WHERE event = ?", row);
    }

    /** What its publisher is told when it comes again. */
    Publication again() {
        return Publication.accepted(message, eventId, Publication.Novelty.REPEATED);
    }
}
