package io.heliograph.alert;

import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.PublishResult;
import io.heliograph.spi.Environment;
import io.heliograph.store.SqlStore;
import io.heliograph.store.StoreClosedException;
import io.heliograph.store.Write;
import io.heliograph.webhook.Outbox;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * Puts on disk what was judged and digests that are due, again and again until it is there, and counts it then. Confined to the matcher's
 * thread, but for its sums.
 */
final class Commits {

    private final SqlStore store;
    private final Outbox outbox;
    private final Indexes indexes;
    private final AlertsConfig config;
    private final Environment environment;
    private final Pause pause;
    private final Consumer<AlertWrite> onWritten;
    private final MatchingSums sums = new MatchingSums();
    /** Rows of events that were read and are not done, and whose they are. */
    private final Map<Long, String> taken = new HashMap<>();
    private long nextDigestMs;

    /** What is between a write that failed and its next try. */
    @FunctionalInterface
    interface Pause {

        /** @throws InterruptedException if there is to be none, since all of it ends */
        void after(Throwable why) throws InterruptedException;
    }

    /** @param onWritten hears of alerts that are on disk, on this thread */
    Commits(SqlStore store, Outbox outbox, Indexes indexes, AlertsConfig config, Environment environment, Pause pause,
            Consumer<AlertWrite> onWritten) {
        this.store = store;
        this.outbox = outbox;
        this.indexes = indexes;
        this.config = config;
        this.environment = environment;
        this.pause = pause;
        this.onWritten = onWritten;
    }

    /** Finds out which digests wait. */
    void begin() {
        nextDigestMs = store.read(Digests::nextDueMs).orElse(Long.MAX_VALUE);
    }

    /** When the next digest is due; {@link Long#MAX_VALUE} if none waits. */
    long nextDigestMs() {
        return nextDigestMs;
    }

    MatchingSums sums() {
        return sums;
    }

    /** Events were read; one that is read again, since something went wrong, is known already. */
    void taken(PendingRows.Work work) {
        work.events().forEach(event -> take(event.row(), event.tenant()));
        work.unreadable().forEach(one -> take(one.row(), one.tenant()));
    }

    private void take(long row, String tenant) {
        if (taken.putIfAbsent(row, tenant) == null) {
            sums.taken(tenant);
        }
    }

    /** Writes a batch of what was judged. */
    void write(MatchWrite.Batch batch) throws InterruptedException {
        MatchWrite.Written written = insist(sql -> {
            long nowMs = nowMs();
            var alerts = new AlertWrite(sql, outbox.join(sql), indexes, nowMs);
            return new MatchWrite(sql, alerts, config, nowMs).write(batch);
        });
        for (long row : batch.done()) {
            String tenant = taken.remove(row);
            if (tenant != null && written.own().contains(row)) {
                sums.matched(tenant);
            } else if (tenant != null) {
                sums.elsewhere(tenant);
            }
        }
        countUngiven(batch.outcomes());
        written.nextDueMs().ifPresent(dueMs -> nextDigestMs = Math.min(nextDigestMs, dueMs));
        tell(written.alerts());
    }

    private void countUngiven(List<Outcome> outcomes) {
        for (Outcome one : outcomes) {
            if (one.kind() == Outcome.Kind.THROTTLED) {
                sums.offered(one.search().tenant(), PublishResult.DROPPED);
            } else if (one.kind() == Outcome.Kind.LOOPED) {
                sums.offered(one.search().tenant(), PublishResult.TOO_LARGE);
            }
        }
    }

    private void tell(AlertWrite written) {
        written.alerts().forEach(alert -> sums.offered(alert.tenant(), PublishResult.ACCEPTED));
        written.committed();
        onWritten.accept(written);
    }

    /** An event is not matched at all. */
    void giveUp(long row, LossReason reason, String why) throws InterruptedException {
        insist(sql -> sql.update("DELETE FROM alerts_pending WHERE event = ?", row));
        String tenant = taken.remove(row);
        if (tenant != null) {
            sums.lost(tenant, reason);
        }
        environment.tell(new Notice.Degraded("alerts", "event " + row + " is not matched: " + why));
    }

    private record Ended(AlertWrite alerts, OptionalLong nextDueMs) {
    }

    /** Ends digests if some are due, and says whether they were. */
    boolean endDigests() throws InterruptedException {
        if (nextDigestMs > nowMs()) {
            return false;
        }
        Ended ended = insist(sql -> {
            long nowMs = nowMs();
            var alerts = new AlertWrite(sql, outbox.join(sql), indexes, nowMs);
            Digests.end(sql, alerts, indexes, nowMs, config.digestEvents());
            return new Ended(alerts, Digests.nextDueMs(sql));
        });
        nextDigestMs = ended.nextDueMs().orElse(Long.MAX_VALUE);
        tell(ended.alerts());
        return true;
    }

    /** Until it is on disk: what was judged has been counted. */
    private <T> T insist(Write<T> write) throws InterruptedException {
        while (true) {
            try {
                return store.write(write).join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof StoreClosedException closed) {
                    throw closed;
                }
                pause.after(e);
            }
        }
    }

    private long nowMs() {
        return environment.wallClock().epochNanos() / 1_000_000;
    }
}
