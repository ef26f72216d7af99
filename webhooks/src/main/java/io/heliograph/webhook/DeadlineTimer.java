package io.heliograph.webhook;

import io.heliograph.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs something at a moment, unless it is cancelled before, as nearly all of it is. A hashed timing wheel: to schedule and
 * to cancel cost the same however many wait. Source: Varghese and Lauck, Hashed and Hierarchical Timing Wheels, scheme 6.
 *
 * <p>Thread-safe. Owns one daemon thread, {@code heliograph-webhook-deadlines}, which sleeps while nothing waits; what it
 * runs must not block.
 */
final class DeadlineTimer implements AutoCloseable {

    /** So late may an action run. */
    static final Duration TICK = Duration.ofMillis(10);

    private static final long TICK_NS = TICK.toNanos();
    private static final int SLOTS = 1024;
    private static final long IDLE_NS = Duration.ofDays(1).toNanos();

    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final long startNs;
    /** Each slot is a ring that its head closes. */
    private final Entry[] slots = new Entry[SLOTS];
    /** Ticks up to this one have been looked at. */
    private long tick;
    private int waiting;
    private boolean isClosed;

    /** Something that waits for its moment. */
    final class Entry {
        private final long dueTick;
        private final Runnable action;
        private Entry previous = this;
        private Entry next = this;
        private boolean isWaiting;

        private Entry(long dueTick, Runnable action) {
            this.dueTick = dueTick;
            this.action = action;
        }

        /** Takes it back; does nothing if it has run. */
        void cancel() {
            lock.lock();
            try {
                if (isWaiting) {
                    unlink();
                }
            } finally {
                lock.unlock();
            }
        }

        private void unlink() {
            previous.next = next;
            next.previous = previous;
            isWaiting = false;
            waiting--;
        }

        private void linkBefore(Entry head) {
            previous = head.previous;
            next = head;
            head.previous.next = this;
            head.previous = this;
            isWaiting = true;
            waiting++;
        }
    }

    private DeadlineTimer(Clock clock) {
        this.clock = clock;
        this.startNs = clock.nanoTime();
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new Entry(0, () -> { });
        }
    }

    /** Starts its thread. */
    static DeadlineTimer start(Clock clock) {
        var timer = new DeadlineTimer(clock);
        Thread.ofPlatform().daemon().name("heliograph-webhook-deadlines").start(timer::run);
        return timer;
    }

    /** Runs {@code action} at {@code atNs}, or up to {@link #TICK} later; never if the timer is closed. */
    Entry schedule(long atNs, Runnable action) {
        lock.lock();
        try {
            long dueTick = Math.max(tick + 1, Math.ceilDiv(atNs - startNs, TICK_NS));
            var entry = new Entry(dueTick, action);
            if (!isClosed) {
                entry.linkBefore(slots[(int) (dueTick % SLOTS)]);
                if (waiting == 1) {
                    changed.signal();
                }
            }
            return entry;
        } finally {
            lock.unlock();
        }
    }

    /** How many wait. */
    int waiting() {
        lock.lock();
        try {
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        while (true) {
            List<Entry> due = awaitDue();
            if (due.isEmpty()) {
                return;
            }
            due.forEach(DeadlineTimer::run);
        }
    }

    private static void run(Entry entry) {
        try {
            entry.action.run();
        } catch (RuntimeException | Error e) {
            // One action's fault must not be the others'.
        }
    }

    /** Waits until something is due; nothing is if the timer was closed. */
    private List<Entry> awaitDue() {
        lock.lock();
        try {
            var due = new ArrayList<Entry>();
            while (!isClosed) {
                collect(due);
                if (!due.isEmpty()) {
                    return due;
                }
                long wakeNs = waiting == 0 ? clock.nanoTime() + IDLE_NS : startNs + (tick + 1) * TICK_NS;
                try {
                    clock.await(lock, changed, wakeNs);
                } catch (InterruptedException e) {
                    // Nobody has a reason to; the deadlines of others still hold.
                }
            }
            return List.of();
        } finally {
            lock.unlock();
        }
    }

    /** Takes out what is due by now, and moves on to now. */
    private void collect(List<Entry> due) {
        long now = Math.floorDiv(clock.nanoTime() - startNs, TICK_NS);
        if (waiting > 0) {
            // Over more ticks than there are slots, each slot once is enough.
            for (long t = Math.max(tick + 1, now - SLOTS + 1); t <= now; t++) {
                Entry head = slots[(int) (t % SLOTS)];
                for (Entry entry = head.next; entry != head; entry = entry.next) {
                    if (entry.dueTick <= now) {
                        entry.unlink();
                        due.add(entry);
                    }
                }
            }
        }
        tick = Math.max(tick, now);
    }

    @Override
    public void close() {
        lock.lock();
        try {
            isClosed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }
}
