package io.heliograph.webhook;

import io.heliograph.Notice;
import io.heliograph.spi.Environment;
import io.heliograph.store.Dialect;
import io.heliograph.store.StoreClosedException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * What is to be done now and then while an outbox is open: old events are removed each hour; each minute, removals of endpoints go on that
 * the store was too busy for, and on a database that several processes share, what another one claimed and did not settle within its lease
 * is ready again. Confined to its caller's lock; what it begins ends on the store's thread.
 */
final class Housekeeping {

    private static final Duration RETENTION_EVERY = Duration.ofHours(1);
    private static final Duration LEFT_OVER_EVERY = Duration.ofMinutes(1);

    private final Outbox outbox;
    private final Environment environment;
    private final Consumer<String> ready;
    private final boolean isShared;
    private long retentionNs;
    private long leftOverNs;

    /** @param ready hears of endpoints for which something is ready again, on the store's thread */
    Housekeeping(Outbox outbox, Environment environment, Consumer<String> ready) {
        this.outbox = outbox;
        this.environment = environment;
        this.ready = ready;
        this.isShared = outbox.store().dialect() != Dialect.SQLITE;
        this.retentionNs = environment.clock().nanoTime() + RETENTION_EVERY.toNanos();
        this.leftOverNs = environment.clock().nanoTime() + LEFT_OVER_EVERY.toNanos();
    }

    /** Releases what processes before this one had claimed; waits for the disk. */
    void begin() {
        // A process has its SQLite file alone; others may hold leases of a PostgreSQL database, and those end by themselves.
        long untilMs = isShared ? outbox.nowMs() : Long.MAX_VALUE;
        release(untilMs).join();
    }

    private CompletableFuture<Set<String>> release(long untilMs) {
        return outbox.store().writeFromReserve(sql -> DeliveryRows.releaseLeasedUntil(sql, untilMs));
    }

    /**
     * Does what is due.
     *
     * @return when something is due next, as {@link io.heliograph.time.Clock#nanoTime} counts
     */
    long tidy(long nowNs) {
        if (retentionNs - nowNs <= 0) {
            var _ = outbox.removeOld().whenComplete((removed, failure) -> tell("old events were not removed", failure));
            retentionNs = nowNs + RETENTION_EVERY.toNanos();
        }
        if (leftOverNs - nowNs <= 0) {
            outbox.endpoints().goOnRemoving();
            leftOverNs = nowNs + LEFT_OVER_EVERY.toNanos();
            releaseEndedLeases();
        }
        return leftOverNs - retentionNs < 0 ? leftOverNs : retentionNs;
    }

    private void releaseEndedLeases() {
        if (isShared) {
            var _ = release(outbox.nowMs()).whenComplete((endpoints, failure) -> {
                if (failure == null) {
                    endpoints.forEach(ready);
                } else {
                    tell("leases that have ended were not released", failure);
                }
            });
        }
    }

    private void tell(String what, Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause != null && !(cause instanceof StoreClosedException)) {
            environment.tell(new Notice.Degraded("outbox", what + ", which is tried again: " + cause));
        }
    }
}
