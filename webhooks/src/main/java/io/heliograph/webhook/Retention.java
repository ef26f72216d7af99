package io.heliograph.webhook;

import io.heliograph.Notice;
import io.heliograph.spi.Environment;
import io.heliograph.store.SqlStore;
import io.heliograph.store.Statements;
import io.heliograph.store.StoreClosedException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Removes events that are older than the retention and for which nobody waits, with their deliveries and attempts: when it is asked to, and
 * out of turn where the store has turned an event away because it is full. Thread-safe; starts no thread.
 */
final class Retention {

    private static final long LEAST_REST_NS = Duration.ofSeconds(1).toNanos();
    /** Out of turn it takes no more of the store's time than one part in so many. */
    private static final int REST_FOR_WORK = 20;

    private final SqlStore store;
    private final OutboxObserver observer;
    private final Duration retention;
    private final Environment environment;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean isUnderWay;
    private boolean hasRested = true;
    private long restUntilNs;

    Retention(SqlStore store, OutboxObserver observer, Duration retention, Environment environment) {
        this.store = store;
        this.observer = observer;
        this.retention = retention;
        this.environment = environment;
    }

    /**
     * Looks at all events.
     *
     * @return how many were removed
     */
    CompletableFuture<Long> removeOld() {
        return remove(Long.MAX_VALUE);
    }

    /** The store is full: removes what may be, now, unless it has just done so. Never waits. */
    void makeRoom() {
        long fromNs = environment.clock().nanoTime();
        lock.lock();
        try {
            if (isUnderWay || !hasRested && fromNs - restUntilNs < 0) {
                return;
            }
            isUnderWay = true;
        } finally {
            lock.unlock();
        }
        var _ = store.writeFromReserve(sql -> lastBefore(sql, beforeMs())).thenCompose(this::remove).whenComplete((removed, failure) -> {
            rest(environment.clock().nanoTime() - fromNs);
            if (failure != null && !(Refusals.cause(failure) instanceof StoreClosedException)) {
                environment.tell(new Notice.Degraded("outbox", "the store is full, and old events were not removed, which is tried again: "
                        + Refusals.cause(failure)));
            }
        });
    }

    private void rest(long workedNs) {
        lock.lock();
        try {
            isUnderWay = false;
            hasRested = false;
            restUntilNs = environment.clock().nanoTime() + Math.max(LEAST_REST_NS, REST_FOR_WORK * workedNs);
        } finally {
            lock.unlock();
        }
    }

    private long beforeMs() {
        return environment.wallClock().epochNanos() / 1_000_000 - retention.toMillis();
    }

    /** The last event before a moment, as far as later ones have higher numbers: else all would have to be read to find none. */
    private static long lastBefore(Statements sql, long beforeMs) throws SQLException {
        long low = 0;
        long high = sql.row("SELECT coalesce(max(id), 0) FROM webhooks_event", row -> row.getLong(1)).orElse(0L);
        while (low < high) {
            long middle = low + (high - low) / 2;
            Optional<Long> next = sql.row("SELECT at_ms FROM webhooks_event WHERE id > ? ORDER BY id LIMIT 1", row -> row.getLong(1), middle);
            if (next.filter(atMs -> atMs < beforeMs).isPresent()) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private CompletableFuture<Long> remove(long lastId) {
        long beforeMs = beforeMs();
        return store.removeInBatches(sql -> {
            List<Long> old = sql.rows("SELECT id FROM webhooks_event e WHERE id <= ? AND at_ms < ? AND NOT EXISTS (SELECT 1 FROM"
                    + " webhooks_delivery d WHERE d.event = e.id AND d.state <= 2) ORDER BY id LIMIT 100", row -> row.getLong(1),
                    lastId, beforeMs);
            // Where all of these are needed, it goes on another time.
            old.removeAll(observer.needed(sql, old));
            for (long event : old) {
                sql.update("DELETE FROM webhooks_attempt WHERE event = ?", event);
                sql.update("DELETE FROM webhooks_delivery WHERE event = ?", event);
                KnownEvent.forget(sql, event);
                sql.update("DELETE FROM webhooks_event WHERE id = ?", event);
            }
            return old.size();
        });
    }
}
