package io.heliograph.testkit;

import io.heliograph.time.Clock;
import io.heliograph.time.WallClock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Both clocks, moved by hand: time stands still until {@link #advance}.
 *
 * <p>The monotonic clock starts ten seconds before its numbers overflow, so that code which compares two moments by
 * {@code <} in place of subtraction shows itself. Thread-safe; allocates a small object for each wait.
 */
public final class ManualClock implements Clock, WallClock {

    private static final long START_NS = Long.MAX_VALUE - Duration.ofSeconds(10).toNanos();
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final long LOOK_AGAIN_NS = 50_000;

    /** Never held while a waiter's lock is taken. */
    private final ReentrantLock guard = new ReentrantLock();
    private final Set<Waiter> waiters = new LinkedHashSet<>();
    private long nowNs;
    private long epochNanos;
    private long waitsBegun;

    /** One thread in {@link #await}; equal only to itself. */
    private static final class Waiter {
        private final Thread thread = Thread.currentThread();
        private final Meeting meeting;
        private final long deadlineNs;

        Waiter(Meeting meeting, long deadlineNs) {
            this.meeting = meeting;
            this.deadlineNs = deadlineNs;
        }
    }

    /** Where threads wait; two of them are equal when both parts are the same object. */
    private record Meeting(Lock lock, Condition condition) {
    }

    /** Starts at 2026-01-01T00:00:00Z. */
    public ManualClock() {
        this(START_NS, START);
    }

    /**
     * Starts elsewhere.
     *
     * @param startNs   what {@link #nanoTime} returns at first
     * @param startWall the date at first
     */
    public ManualClock(long startNs, Instant startWall) {
        nowNs = startNs;
        epochNanos = startWall.getEpochSecond() * 1_000_000_000L + startWall.getNano();
    }

    @Override
    public long nanoTime() {
        guard.lock();
        try {
            return nowNs;
        } finally {
            guard.unlock();
        }
    }

    @Override
    public long epochNanos() {
        guard.lock();
        try {
            return epochNanos;
        } finally {
            guard.unlock();
        }
    }

    /**
     * Moves both clocks, and wakes every thread whose deadline has come.
     *
     * @throws IllegalArgumentException if {@code duration} is negative: only the wall clock steps back
     */
    public void advance(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("advance by " + duration + ": a monotonic clock goes forward; see stepWall");
        }
        List<Waiter> due;
        guard.lock();
        try {
            nowNs += duration.toNanos();
            epochNanos += duration.toNanos();
            due = waiters.stream().filter(waiter -> waiter.deadlineNs - nowNs <= 0).toList();
        } finally {
            guard.unlock();
        }
        for (Waiter waiter : due) {
            waiter.meeting.lock.lock();
            try {
                waiter.meeting.condition.signalAll();
            } finally {
                waiter.meeting.lock.unlock();
            }
        }
    }

    /** Moves the wall clock alone, in either direction. */
    public void stepWall(Duration step) {
        guard.lock();
        try {
            epochNanos += step.toNanos();
        } finally {
            guard.unlock();
        }
    }

    /**
     * Registers before the lock is let go, so an {@link #advance} that needs the lock to signal cannot come too early.
     */
    @Override
    public void await(Lock lock, Condition condition, long deadlineNs) throws InterruptedException {
        var waiter = new Waiter(new Meeting(lock, condition), deadlineNs);
        if (!begin(waiter)) {
            // As on a real clock, others get the lock for a moment.
            condition.await(0, TimeUnit.NANOSECONDS);
            return;
        }
        try {
            condition.await();
        } finally {
            guard.lock();
            try {
                waiters.remove(waiter);
            } finally {
                guard.unlock();
            }
        }
    }

    private boolean begin(Waiter waiter) {
        guard.lock();
        try {
            boolean isEarly = waiter.deadlineNs - nowNs > 0;
            if (isEarly) {
                waiters.add(waiter);
                waitsBegun++;
            }
            return isEarly;
        } finally {
            guard.unlock();
        }
    }

    /** What was seen at one moment: who is registered, and at each meeting how many of them nobody has signalled. */
    private record Look(List<Waiter> registered, Map<Meeting, Integer> unsignalled) {

        long registeredAt(Meeting meeting) {
            return registered.stream().filter(waiter -> waiter.meeting.equals(meeting)).count();
        }
    }

    /**
     * How many threads wait, all at one and the same moment. A thread that has been signalled waits no longer, even if
     * it has not run yet; with a lock other than {@link ReentrantLock} that cannot be seen, and it counts until it runs.
     */
    public int waiting() {
        return look().unsignalled.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** How many of {@code threads} wait; of those that meet, none while one of them has been signalled and has not run yet. */
    int waiting(Set<Thread> threads) {
        Look look = look();
        return (int) look.registered.stream().filter(waiter -> threads.contains(waiter.thread)
                && look.unsignalled.getOrDefault(waiter.meeting, 0) == look.registeredAt(waiter.meeting)).count();
    }

    private Look look() {
        while (true) {
            long begun;
            List<Waiter> registered;
            guard.lock();
            try {
                begun = waitsBegun;
                registered = List.copyOf(waiters);
            } finally {
                guard.unlock();
            }
            var counts = new HashMap<Meeting, Integer>();
            registered.forEach(waiter -> counts.merge(waiter.meeting, 1, Integer::sum));
            counts.replaceAll(ManualClock::stillThere);
            guard.lock();
            try {
                // Unless somebody began to wait meanwhile, whoever was seen waiting did so all along.
                if (begun == waitsBegun) {
                    return new Look(registered, counts);
                }
            } finally {
                guard.unlock();
            }
        }
    }

    private static int stillThere(Meeting meeting, int registered) {
        if (!(meeting.lock instanceof ReentrantLock lock)) {
            return registered;
        }
        lock.lock();
        try {
            return Math.min(registered, lock.getWaitQueueLength(meeting.condition));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits, in real time, until at least {@code count} threads wait on this clock.
     *
     * @return whether they did within {@code atMost}
     */
    public boolean awaitWaiting(int count, Duration atMost) throws InterruptedException {
        long startNs = System.nanoTime();
        while (waiting() < count) {
            if (System.nanoTime() - startNs > atMost.toNanos()) {
                return false;
            }
            LockSupport.parkNanos(LOOK_AGAIN_NS);
            if (Thread.interrupted()) {
                throw new InterruptedException("while waiting for " + count + " threads to wait");
            }
        }
        return true;
    }
}
