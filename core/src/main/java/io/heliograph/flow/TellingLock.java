package io.heliograph.flow;

import io.heliograph.Notice;
import io.heliograph.NoticeListener;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock that tells notices once it is released, so that a listener may do as it likes: publish, subscribe, or throw. A
 * listener that throws is not asked why: the fault that it was told of has been counted where it happened.
 */
public final class TellingLock extends ReentrantLock {

    private static final long serialVersionUID = 1L;

    /** One notice and who hears it. */
    private record Pending(NoticeListener listener, Notice notice) {
        void tell() {
            try {
                listener.onNotice(notice);
            } catch (RuntimeException | Error ignored) {
                // See the class comment.
            }
        }
    }

    private transient List<Pending> pending = List.of();

    /** Has {@code notice} told to {@code listener} when the calling thread, which holds the lock, has released it. */
    public void tellLater(NoticeListener listener, Notice notice) {
        if (pending.isEmpty()) {
            pending = new ArrayList<>(1);
        }
        pending.add(new Pending(listener, notice));
    }

    @Override
    public void unlock() {
        if (pending.isEmpty() || getHoldCount() > 1) {
            super.unlock();
            return;
        }
        List<Pending> due = pending;
        pending = List.of();
        super.unlock();
        due.forEach(Pending::tell);
    }
}
