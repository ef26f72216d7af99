package io.heliograph.webhook;

import io.heliograph.store.Statements;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Attempts as rows. Stateless. */
final class AttemptRows {

    private static final String SELECT = "SELECT a.id, a.endpoint, e.message, a.at_ms, a.latency_us, a.status, a.outcome, a.detail,"
            + " a.snippet, a.batch FROM webhooks_attempt a JOIN webhooks_event e ON e.id = a.event ";

    private static final String INSERT = "INSERT INTO webhooks_attempt (delivery, event, endpoint, at_ms, latency_us, status, outcome, detail,"
            + " snippet, batch) VALUES ";
    /** What most are: taken, and nothing said. */
    private static final String SILENT = "(?, ?, ?, ?, ?, ?, '" + Attempt.DELIVERED + "', '', '', NULL)";

    private AttemptRows() {
    }

    static void insert(Statements sql, List<Settlement> attempts) throws SQLException {
        var silent = new ArrayList<Object[]>(attempts.size());
        var others = new ArrayList<Object[]>();
        for (Settlement attempt : attempts) {
            DueDelivery delivery = attempt.delivery();
            if (delivery.batch().isEmpty() && attempt.result() instanceof AttemptResult.Delivered(Answer answer, Duration latency)
                    && answer.snippet().isEmpty()) {
                silent.add(new Object[] {delivery.id(), delivery.event(), delivery.endpoint(), attempt.atMs(), latency.toNanos() / 1_000,
                    answer.status()});
            } else {
                others.add(columns(attempt));
            }
        }
        sql.insert(INSERT, SILENT, silent);
        sql.insert(INSERT, others);
    }

    private static Object[] columns(Settlement attempt) {
        return switch (attempt.result()) {
            case AttemptResult.Delivered(Answer answer, Duration latency) ->
                columns(attempt, latency, Optional.of(answer), Attempt.DELIVERED, "");
            case AttemptResult.Gone(Answer answer, Duration latency) ->
                columns(attempt, latency, Optional.of(answer), Attempt.GONE, "");
            case AttemptResult.Failed(FailureReason reason, String detail, Optional<Answer> answer, Duration latency) ->
                columns(attempt, latency, answer, reason.label(), detail);
        };
    }

    private static Object[] columns(Settlement attempt, Duration latency, Optional<Answer> answer, String outcome, String detail) {
        DueDelivery delivery = attempt.delivery();
        return new Object[] {delivery.id(), delivery.event(), delivery.endpoint(), attempt.atMs(), latency.toNanos() / 1_000,
            answer.map(Answer::status), outcome, detail, answer.map(Answer::snippet).orElse(""),
            delivery.batch().map(MessageId::text)};
    }

    static List<Attempt> ofEndpoint(Statements sql, String endpoint, long before, int most) throws SQLException {
        return sql.rows(SELECT + "WHERE a.endpoint = ? AND a.id < ? ORDER BY a.id DESC LIMIT ?", AttemptRows::read, endpoint, before, most);
    }

    static Optional<Attempt> find(Statements sql, long id) throws SQLException {
        return sql.row(SELECT + "WHERE a.id = ?", AttemptRows::read, id);
    }

    static List<Attempt> ofMessage(Statements sql, String message, int most) throws SQLException {
        return sql.rows(SELECT + "WHERE e.message = ? ORDER BY a.id LIMIT ?", AttemptRows::read, message, most);
    }

    private static Attempt read(ResultSet row) throws SQLException {
        int status = row.getInt(6);
        return new Attempt(row.getLong(1), row.getString(2), new MessageId(row.getString(3)), Instant.ofEpochMilli(row.getLong(4)),
                Duration.ofNanos(row.getLong(5) * 1_000), status == 0 ? Optional.empty() : Optional.of(status), row.getString(7),
                row.getString(8), row.getString(9), Optional.ofNullable(row.getString(10)).map(MessageId::new));
    }
}
