package io.heliograph.store;

import io.heliograph.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Writes that wait for the writer, in the order of their coming; it has a limit and nobody waits to get in. Thread-safe. */
final class WriteQueue {

    /** What became of an offer. */
    enum Offer {
        TAKEN, FULL, CLOSED
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<QueuedWrite<?>> writes = new ArrayDeque<>();
    private final StoreLimits limits;
    private final Clock clock;

    private long bytes;
    private boolean isClosed;
    private boolean isNudged;
    private boolean isAwaited;

    WriteQueue(StoreLimits limits, Clock clock) {
        this.limits = limits;
        this.clock = clock;
    }

    /** Puts one at the end. The first one gets in whatever it holds. */
    Offer offer(QueuedWrite<?> write) {
        lock.lock();
        try {
            if (isClosed) {
                return Offer.CLOSED;
            }
            if (writes.size() == limits.queuedWrites() || bytes + write.bytes() > limits.queuedBytes() && !writes.isEmpty()) {
                return Offer.FULL;
            }
            writes.add(write);
            bytes += write.bytes();
            wake();
            return Offer.TAKEN;
        } finally {
            lock.unlock();
        }
    }

    /** The first one, if there is any now. */
    Optional<QueuedWrite<?>> poll() {
        lock.lock();
        try {
            Optional<QueuedWrite<?>> first = Optional.ofNullable(writes.poll());
            first.ifPresent(write -> bytes -= write.bytes());
            return first;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there is one, or the queue is closed, nudged, or {@code deadlineNs} has come. For the writer alone. */
    void await(long deadlineNs) {
        lock.lock();
        try {
            isAwaited = true;
            while (writes.isEmpty() && !isClosed && !isNudged && deadlineNs - clock.nanoTime() > 0) {
                awaitOnce(deadlineNs);
            }
            isNudged = false;
        } finally {
            isAwaited = false;
            lock.unlock();
        }
    }

    /** Nobody has a reason to interrupt the writer, and its flag must not end it. */
    private void awaitOnce(long deadlineNs) {
        try {
            clock.await(lock, changed, deadlineNs);
        } catch (InterruptedException e) {
            // The flag is down now: the caller looks again.
        }
    }

    /** Ends the writer's wait: there is something else to do. */
    void nudge() {
        lock.lock();
        try {
            isNudged = true;
            wake();
        } finally {
            lock.unlock();
        }
    }

    /** Lets no more in. */
    void close() {
        lock.lock();
        try {
            isClosed = true;
            wake();
        } finally {
            lock.unlock();
        }
    }

    /** Lets no more in, and hands out those that wait. */
    List<QueuedWrite<?>> drain() {
        lock.lock();
        try {
            isClosed = true;
            var left = new ArrayList<QueuedWrite<?>>(writes);
            writes.clear();
            bytes = 0;
            wake();
            return left;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it is closed and empty. */
    boolean isDone() {
        lock.lock();
        try {
            return isClosed && writes.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    int depth() {
        lock.lock();
        try {
            return writes.size();
        } finally {
            lock.unlock();
        }
    }

    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        if (isAwaited) {
            changed.signal();
        }
    }
}
