package io.heliograph.webhook;

import io.heliograph.time.Clock;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;

/**
 * A clock whose waits also end for nothing now and then, as waits may: for what asks a disk again and again, which takes real time
 * whatever the clock says. Thread-safe; starts a virtual thread for each wait.
 */
record RestlessClock(Clock clock) implements Clock {

    private static final long WAKE_NS = Duration.ofMillis(5).toNanos();

    @Override
    public long nanoTime() {
        return clock.nanoTime();
    }

    @Override
    public void await(Lock lock, Condition condition, long deadlineNs) throws InterruptedException {
        Thread waker = Thread.startVirtualThread(() -> {
            LockSupport.parkNanos(WAKE_NS);
            lock.lock();
            try {
                condition.signalAll();
            } finally {
                lock.unlock();
            }
        });
        try {
            clock.await(lock, condition, deadlineNs);
        } finally {
            LockSupport.unpark(waker);
        }
    }
}
