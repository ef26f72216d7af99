package io.heliograph.webhook;

import io.heliograph.store.SqlStore;
import io.heliograph.store.StoreBusyException;
import io.heliograph.store.StoreFullException;
import io.heliograph.store.Write;
import io.heliograph.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Writes what has happened, as often as it takes while the store is busy or full. A store that is closed or has failed ends it:
 * what was claimed is ready again in the next process. Thread-safe; its callers' threads wait.
 */
final class InsistentWriter {

    private static final long PAUSE_NS = Duration.ofMillis(100).toNanos();

    private final SqlStore store;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition never = lock.newCondition();

    InsistentWriter(SqlStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * Waits for the disk.
     *
     * @param onDisk runs then, on the store's thread
     */
    <T> void write(Write<T> write, Consumer<T> onDisk) {
        boolean isOver = false;
        while (!isOver) {
            try {
                store.writeFromReserve(write).thenAccept(onDisk).join();
                isOver = true;
            } catch (CompletionException e) {
                boolean mayPass = e.getCause() instanceof StoreBusyException || e.getCause() instanceof StoreFullException;
                isOver = !mayPass || !pause();
            }
        }
    }

    /** Waits a while; says {@code false} if the calling thread is to end. */
    boolean pause() {
        lock.lock();
        try {
            clock.await(lock, never, clock.nanoTime() + PAUSE_NS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
