package io.heliograph.webhook;

import io.heliograph.PublishResult;
import io.heliograph.store.SqlStore;
import io.heliograph.store.Statements;
import io.heliograph.store.Watch;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Where events lie that callers publish in transactions of their own, until the store's watch finds them. Thread-safe; runs on the store's
 * thread.
 */
final class Inlet implements AutoCloseable {

    private static final int BATCH = 100;

    private final SqlStore store;
    private final Step step;
    private final Consumer<List<FanOut.Stored>> onDisk;
    private final Watch watch;
    private final AtomicBoolean isDraining = new AtomicBoolean();

    /** Stores one of them. */
    @FunctionalInterface
    interface Step {
        FanOut.Stored store(Statements sql, Submission submission) throws SQLException;
    }

    private record Waiting(long id, Submission submission) {
    }

    /** @param onDisk hears of those that have been taken out */
    Inlet(SqlStore store, Step step, Consumer<List<FanOut.Stored>> onDisk) {
        this.store = store;
        this.step = step;
        this.onDisk = onDisk;
        this.watch = store.watch("SELECT 1 FROM webhooks_inlet LIMIT 1", this::drainSoon);
    }

    /** Puts one in, in whatever transaction that is. */
    static void put(Statements sql, Submission submission) throws SQLException {
        sql.update("INSERT INTO webhooks_inlet (tenant, message, event_id, content) VALUES (?, ?, ?, ?)", submission.tenant(),
                submission.message().text(), submission.explicitId(), submission.content());
    }

    private void drainSoon() {
        if (isDraining.compareAndSet(false, true)) {
            var _ = store.write(this::drain).whenComplete((drained, failure) -> {
                isDraining.set(false);
                // After a failure its rows are still there, and the watch tells again.
                if (failure == null) {
                    onDisk.accept(drained);
                }
            });
        }
    }

    /** In the order of their commit; behind one that finds no room all wait. */
    private List<FanOut.Stored> drain(Statements sql) throws SQLException {
        List<Waiting> waiting = sql.rows("SELECT id, tenant, message, event_id, content FROM webhooks_inlet ORDER BY id LIMIT ?",
                row -> new Waiting(row.getLong(1), Submission.read(row.getString(2), row.getString(3),
                        Optional.ofNullable(row.getString(4)), row.getBytes(5))), BATCH);
        var drained = new ArrayList<FanOut.Stored>();
        for (Waiting one : waiting) {
            FanOut.Stored stored = step.store(sql, one.submission());
            if (stored.publication().result() == PublishResult.BACK_PRESSURED) {
                break;
            }
            sql.update("DELETE FROM webhooks_inlet WHERE id = ?", one.id());
            drained.add(stored);
        }
        return drained;
    }

    /** Takes nothing out any more. */
    @Override
    public void close() {
        watch.close();
    }
}
