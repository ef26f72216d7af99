package io.heliograph.server;

import io.heliograph.store.Schema;
import io.heliograph.store.SqlStore;
import io.heliograph.store.StoreBusyException;
import io.heliograph.store.StoreClosedException;
import io.heliograph.store.StoreFullException;
import io.heliograph.store.Write;
import io.heliograph.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whether a write comes to the disk: tried, at most once a second whoever asks how often. Thread-safe; all that ask meanwhile wait
 * for the one answer, 2 s at most.
 */
final class StoreHealth implements Health {

    private static final long HOLD_NS = Duration.ofSeconds(1).toNanos();
    private static final long PATIENCE_NS = Duration.ofSeconds(2).toNanos();
    private static final Write<Integer> PROBE = sql -> sql.update(
            "INSERT INTO serve_probe (id, written) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET written = serve_probe.written + 1");

    private final SqlStore store;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private Optional<Problem> last = Optional.empty();
    private boolean isAsked;
    private long askedNs;

    StoreHealth(SqlStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Its table, for whoever opens the store. */
    static Schema schema() {
        return Schema.of("serve", StoreHealth.class, "001-probe.sql");
    }

    @Override
    public Optional<Problem> fault() {
        lock.lock();
        try {
            if (!isAsked || clock.nanoTime() - askedNs >= HOLD_NS) {
                last = ask();
                isAsked = true;
                askedNs = clock.nanoTime();
            }
            return last;
        } finally {
            lock.unlock();
        }
    }

    private Optional<Problem> ask() {
        try {
            store.write(PROBE).get(PATIENCE_NS, TimeUnit.NANOSECONDS);
            return Optional.empty();
        } catch (ExecutionException e) {
            return Optional.of(switch (e.getCause()) {
                case StoreFullException _ -> unwell("store-full", "the store is full, so events are refused; endpoints are still sent to");
                case StoreBusyException _ -> unwell("store-busy", "more writes wait for the store than may");
                case StoreClosedException _ -> unwell("store-closed", "the store is closed: it has failed, or the server ends");
                case null, default -> unwell("store-failed", "a write to the store failed");
            });
        } catch (TimeoutException e) {
            return Optional.of(unwell("store-slow", "the store has not written for " + Duration.ofNanos(PATIENCE_NS).toSeconds() + " s"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(unwell("store-closed", "the server ends"));
        }
    }

    private static Problem unwell(String code, String detail) {
        return new Problem(503, code, detail);
    }
}
