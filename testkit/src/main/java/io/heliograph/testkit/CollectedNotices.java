package io.heliograph.testkit;

import io.heliograph.Notice;
import io.heliograph.NoticeListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Keeps every notice, in the order told. Thread-safe. */
public final class CollectedNotices implements NoticeListener {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final List<Notice> notices = new ArrayList<>();

    private boolean isFailing;

    @Override
    public void onNotice(Notice notice) {
        lock.lock();
        try {
            notices.add(notice);
            arrived.signalAll();
            if (isFailing) {
                throw new IllegalStateException("asked to throw on " + notice);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Everything told so far. */
    public List<Notice> all() {
        lock.lock();
        try {
            return List.copyOf(notices);
        } finally {
            lock.unlock();
        }
    }

    /** What was told so far of one kind. */
    public <N extends Notice> List<N> of(Class<N> kind) {
        return all().stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /**
     * Waits, in real time, until {@code count} notices of one kind were told.
     *
     * @return whether they were within {@code atMost}
     */
    public boolean await(Class<? extends Notice> kind, int count, Duration atMost) throws InterruptedException {
        long remainingNs = atMost.toNanos();
        lock.lock();
        try {
            while (notices.stream().filter(kind::isInstance).count() < count) {
                if (remainingNs <= 0) {
                    return false;
                }
                remainingNs = arrived.awaitNanos(remainingNs);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** From now on every notice is kept, and then an {@link IllegalStateException} is thrown: a listener with a fault. */
    public void throwOnNotice() {
        lock.lock();
        try {
            isFailing = true;
        } finally {
            lock.unlock();
        }
    }

    /** Forgets what was told so far. */
    public void clear() {
        lock.lock();
        try {
            notices.clear();
        } finally {
            lock.unlock();
        }
    }
}
