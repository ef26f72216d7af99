package io.heliograph.webhook;

import io.heliograph.ConfigException;
import io.heliograph.store.Statements;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Puts events that an endpoint should have had into its queue again, a batch in each write. Used once; thread-safe. */
final class Recovery {

    private static final int BATCH = 200;

    private final Outbox outbox;
    private final String endpoint;
    private final long sinceMs;

    Recovery(Outbox outbox, String endpoint, long sinceMs) {
        this.outbox = outbox;
        this.endpoint = endpoint;
        this.sinceMs = sinceMs;
    }

    private record Batch(long recovered, long lastRow, boolean isLast) {
    }

    private record Row(long id, String topic) {
    }

    record Resent(String endpoint, MessageId message) {
    }

    CompletableFuture<Long> run() {
        return run(0, 0);
    }

    private CompletableFuture<Long> run(long afterRow, long before) {
        return outbox.store().write(sql -> batch(sql, afterRow)).thenCompose(batch -> {
            outbox.tellReady(endpoint);
            long recovered = before + batch.recovered();
            return batch.isLast() ? CompletableFuture.completedFuture(recovered) : run(batch.lastRow(), recovered);
        });
    }

    private Batch batch(Statements sql, long afterRow) throws SQLException {
        Endpoint receiver = require(outbox.endpoints(), endpoint);
        List<Row> rows = sql.rows("SELECT id, topic FROM webhooks_event WHERE id > ? AND tenant = ? AND at_ms >= ? ORDER BY id LIMIT ?",
                row -> new Row(row.getLong(1), row.getString(2)), afterRow, receiver.tenant(), sinceMs, BATCH);
        long recovered = 0;
        for (Row row : rows) {
            if (receiver.spec().wants(row.topic) && isMissing(sql, receiver, row.id)) {
                Submission submission = submission(sql, row.id);
                if (outbox.endpoints().wants(receiver, submission)) {
                    if (!enter(sql, receiver, row.id, submission, outbox.nowMs())) {
                        return new Batch(recovered, row.id, true);
                    }
                    recovered++;
                }
            }
        }
        return new Batch(recovered, rows.isEmpty() ? afterRow : rows.getLast().id, rows.size() < BATCH);
    }

    private boolean isMissing(Statements sql, Endpoint receiver, long row) throws SQLException {
        List<String> have = sql.rows("SELECT endpoint FROM webhooks_delivery WHERE event = ? AND state <= 3",
                r -> r.getString(1), row);
        return have.stream().noneMatch(id -> id.equals(receiver.id())
                || outbox.endpoints().find(id).filter(other -> other.isOfOneGroupWith(receiver)).isPresent());
    }

    static Submission submission(Statements sql, long row) throws SQLException {
        return sql.row("SELECT tenant, message, event_id, content FROM webhooks_event WHERE id = ?",
                r -> Submission.read(r.getString(1), r.getString(2), Optional.ofNullable(r.getString(3)), r.getBytes(4)), row).orElseThrow();
    }

    /** What is sent again makes no room for itself: nothing else is given up for it. */
    private static boolean enter(Statements sql, Endpoint receiver, long row, Submission submission, long nowMs) throws SQLException {
        int size = submission.event().size();
        boolean hasRoom = new Balances(sql).held(receiver.id()).map(held -> switch (held.judge(receiver.spec().policy(), size,
                Long.MAX_VALUE)) {
            case ADMIT, SPILL -> true;
            default -> false;
        }).orElse(false);
        return hasRoom && FanOut.enterAgain(sql, submission, receiver, row, nowMs);
    }

    static Resent resend(Statements sql, Endpoints endpoints, long attempt, long nowMs) throws SQLException {
        record About(long event, String endpoint, String message) {
        }
        About about = sql.row("SELECT a.event, a.endpoint, e.message FROM webhooks_attempt a JOIN webhooks_event e ON e.id = a.event"
                + " WHERE a.id = ?", row -> new About(row.getLong(1), row.getString(2), row.getString(3)), attempt)
                .orElseThrow(() -> new ConfigException("attempt", attempt, "one that was made"));
        Endpoint receiver = require(endpoints, about.endpoint);
        if (!enter(sql, receiver, about.event, submission(sql, about.event), nowMs)) {
            throw new ConfigException("attempt", attempt, "one at an endpoint whose queue has room; it is full (policy "
                    + receiver.spec().policy().text() + ")");
        }
        return new Resent(receiver.id(), new MessageId(about.message));
    }

    private static Endpoint require(Endpoints endpoints, String id) {
        Optional<Endpoint> found = endpoints.find(id);
        return found.orElseThrow(() -> new ConfigException("endpoint", id, "one that is there"));
    }
}
