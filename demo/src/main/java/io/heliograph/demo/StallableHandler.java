package io.heliograph.demo;

import io.heliograph.Delivery;
import io.heliograph.EventHandler;
import io.heliograph.Gap;
import io.heliograph.time.Clock;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A handler that can be made to hang, as a real one does when its disk or its database does. While it hangs, the event
 * in its hand is in flight, and the subscription's policy decides about those that come after. Thread-safe.
 */
final class StallableHandler implements EventHandler {

    private final EventHandler next;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition released = lock.newCondition();
    // Guarded by lock.
    private long stallEndNs;
    private boolean isReleased;

    StallableHandler(EventHandler next, Clock clock) {
        this.next = next;
        this.clock = clock;
        this.stallEndNs = clock.nanoTime();
    }

    /** Hangs from the next event on, for {@code length}. */
    void stall(Duration length) {
        lock.lock();
        try {
            stallEndNs = clock.nanoTime() + length.toNanos();
        } finally {
            lock.unlock();
        }
    }

    /** How long it still hangs. */
    Duration stallLeft() {
        lock.lock();
        try {
            return Duration.ofNanos(isReleased ? 0 : Math.max(0, stallEndNs - clock.nanoTime()));
        } finally {
            lock.unlock();
        }
    }

    /** Goes on at once, and never hangs again. */
    void release() {
        lock.lock();
        try {
            isReleased = true;
            released.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onEvent(Delivery delivery) throws Exception {
        awaitRelease();
        next.onEvent(delivery);
    }

    @Override
    public void onGap(Gap gap) {
        next.onGap(gap);
    }

    private void awaitRelease() throws InterruptedException {
        lock.lock();
        try {
            while (!isReleased && clock.nanoTime() - stallEndNs < 0) {
                clock.await(lock, released, stallEndNs);
            }
        } finally {
            lock.unlock();
        }
    }
}
