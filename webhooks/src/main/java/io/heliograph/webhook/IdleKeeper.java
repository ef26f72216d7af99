package io.heliograph.webhook;

import io.heliograph.time.Clock;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Runs one thing each second, on its daemon thread {@code heliograph-webhook-idle}. Thread-safe. */
final class IdleKeeper implements AutoCloseable {

    private static final long PERIOD_NS = Duration.ofSeconds(1).toNanos();

    private final Clock clock;
    private final Runnable duty;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition closed = lock.newCondition();
    private boolean isClosed;
    private long turnNs;

    private IdleKeeper(Clock clock, Runnable duty) {
        this.clock = clock;
        this.duty = duty;
        this.turnNs = clock.nanoTime() + PERIOD_NS;
    }

    static IdleKeeper start(Clock clock, Runnable duty) {
        var keeper = new IdleKeeper(clock, duty);
        Thread.ofPlatform().daemon().name("heliograph-webhook-idle").start(keeper::run);
        return keeper;
    }

    private void run() {
        while (awaitTurn()) {
            try {
                duty.run();
            } catch (RuntimeException | Error e) {
                // The next turn may go better; what is left open meanwhile is counted as idle.
            }
        }
    }

    private boolean awaitTurn() {
        lock.lock();
        try {
            while (!isClosed && turnNs - clock.nanoTime() > 0) {
                try {
                    clock.await(lock, closed, turnNs);
                } catch (InterruptedException e) {
                    // Nobody has a reason to; the turn comes all the same.
                }
            }
            turnNs = clock.nanoTime() + PERIOD_NS;
            return !isClosed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            isClosed = true;
            closed.signal();
        } finally {
            lock.unlock();
        }
    }
}
