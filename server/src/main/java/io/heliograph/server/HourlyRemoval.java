package io.heliograph.server;

import io.heliograph.Notice;
import io.heliograph.spi.Environment;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Removes what is old, once an hour. A removal that fails is told, and made again an hour later.
 *
 * <p>Thread-safe. Owns the daemon thread {@code heliograph-removal WHAT}, which ends with {@link #close}.
 */
final class HourlyRemoval implements AutoCloseable {

    private static final Duration PERIOD = Duration.ofHours(1);

    private final String what;
    private final Supplier<CompletableFuture<Long>> removal;
    private final Environment environment;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition closing = lock.newCondition();
    private boolean isClosed;

    private HourlyRemoval(String what, Supplier<CompletableFuture<Long>> removal, Environment environment) {
        this.what = what;
        this.removal = removal;
        this.environment = environment;
    }

    /**
     * Begins an hour from now.
     *
     * @param what    as notices name it
     * @param removal begins a removal, and does not wait for it
     */
    static HourlyRemoval start(String what, Supplier<CompletableFuture<Long>> removal, Environment environment) {
        var hourly = new HourlyRemoval(what, removal, environment);
        Thread.ofPlatform().daemon().name("heliograph-removal " + what).start(hourly::run);
        return hourly;
    }

    private void run() {
        lock.lock();
        try {
            while (awaitDue()) {
                remove();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether it is time; if not, it is closed. */
    private boolean awaitDue() throws InterruptedException {
        long dueNs = environment.clock().nanoTime() + PERIOD.toNanos();
        while (!isClosed && environment.clock().nanoTime() - dueNs < 0) {
            environment.clock().await(lock, closing, dueNs);
        }
        return !isClosed;
    }

    private void remove() {
        try {
            var _ = removal.get().whenComplete((removed, failure) -> {
                if (failure != null) {
                    failed(failure);
                }
            });
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private void failed(Throwable failure) {
        environment.tell(new Notice.Degraded(what, "what is old could not be removed, and is tried again in an hour: " + failure));
    }

    /** Begins no more. Idempotent. */
    @Override
    public void close() {
        lock.lock();
        try {
            isClosed = true;
            closing.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
