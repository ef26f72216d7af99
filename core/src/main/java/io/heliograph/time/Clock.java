package io.heliograph.time;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * Elapsed time, and waiting for it to pass. Never steps back and knows no date; {@link WallClock} does.
 *
 * <p>Thread-safe. Everything that waits in Heliograph waits here, so that a test's clock decides when the wait is over.
 */
public interface Clock {

    /** The machine's monotonic clock. */
    Clock SYSTEM = new Clock() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public void await(Lock lock, Condition condition, long deadlineNs) throws InterruptedException {
            condition.await(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS);
        }
    };

    /** Nanoseconds since an arbitrary moment; compare by subtraction. */
    long nanoTime();

    /**
     * Waits until {@code condition} is signalled, {@code deadlineNs} has come, or for no reason at all: the caller
     * looks again.
     *
     * @param lock       held by the caller; {@code condition} belongs to it
     * @param deadlineNs as {@link #nanoTime} counts
     */
    void await(Lock lock, Condition condition, long deadlineNs) throws InterruptedException;
}
