package io.heliograph.store;

import io.heliograph.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes that wait for the writer, in the order of their coming, but those behind which nobody waits after all others; it has a
 * limit and nobody waits to get in. Thread-safe.
 */
final class WriteQueue {

    /** So long one that nobody waits for waits for company. */
    static final Duration PATIENCE = Duration.ofMillis(5);

    /** What became of an offer. */
    enum Offer {
        TAKEN, FULL, CLOSED
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<QueuedWrite<?>> writes = new ArrayDeque<>();
    private final ArrayDeque<QueuedWrite<?>> inCompany = new ArrayDeque<>();
    private final StoreLimits limits;
    private final Clock clock;

    private long bytes;
    /** When the first of those that wait for company has waited for long enough. */
    private long patientUntilNs;
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
            int count = writes.size() + inCompany.size();
            if (count >= limits.queuedWrites() || bytes + write.bytes() > limits.queuedBytes() && count > 0) {
                return Offer.FULL;
            }
            bytes += write.bytes();
            switch (write.haste()) {
                case NOW -> {
                    writes.add(write);
                    wake();
                }
                case IN_COMPANY -> {
                    inCompany.add(write);
                    if (inCompany.size() == 1) {
                        patientUntilNs = clock.nanoTime() + PATIENCE.toNanos();
                        wake();
                    }
                }
            }
            return Offer.TAKEN;
        } finally {
            lock.unlock();
        }
    }

    /** The first one, if there is any now; what has waited for company for long enough is before all others. */
    Optional<QueuedWrite<?>> poll() {
        lock.lock();
        try {
            Optional<QueuedWrite<?>> first = Optional.ofNullable(writes.isEmpty() || isPatienceOver() ? inCompany.poll() : writes.poll());
            first.ifPresent(write -> bytes -= write.bytes());
            return first;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until there is one that does not wait for company any more, or the queue is closed, nudged, or {@code deadlineNs} has
     * come. For the writer alone.
     *
     * @return whether the writer is to take what is there
     */
    boolean await(long deadlineNs) {
        lock.lock();
        try {
            isAwaited = true;
            while (!isReady() && !isNudged && deadlineNs - clock.nanoTime() > 0) {
                boolean isPatient = !inCompany.isEmpty() && patientUntilNs - deadlineNs < 0;
                awaitOnce(isPatient ? patientUntilNs : deadlineNs);
            }
            isNudged = false;
            return isReady();
        } finally {
            isAwaited = false;
            lock.unlock();
        }
    }

    private boolean isReady() {
        return isClosed || !writes.isEmpty() || isPatienceOver();
    }

    private boolean isPatienceOver() {
        return !inCompany.isEmpty() && patientUntilNs - clock.nanoTime() <= 0;
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
            left.addAll(inCompany);
            writes.clear();
            inCompany.clear();
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
            return isClosed && writes.isEmpty() && inCompany.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    int depth() {
        lock.lock();
        try {
            return writes.size() + inCompany.size();
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
