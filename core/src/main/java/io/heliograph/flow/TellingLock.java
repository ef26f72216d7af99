package io.heliograph.flow;

import io.heliograph.Notice;
import io.heliograph.spi.Environment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock that tells notices once it is released, so that a listener may do as it likes: publish, subscribe, or throw. A
 * listener that throws is not asked why: the fault that it was told of has been counted where it happened.
 */
public final class TellingLock extends ReentrantLock {

    private static final long serialVersionUID = 1L;

    /** One notice and whose listener hears it. */
    private record Pending(Environment environment, Notice notice) {
        void tell() {
            environment.tell(notice);
        }
    }

    private transient List<Pending> pending = List.of();

    /** Has {@code notice} told to the listener when the calling thread, which holds the lock, has released it. */
    public void tellLater(Environment environment, Notice notice) {
        if (pending.isEmpty()) {
            pending = new ArrayList<>(1);
        }
        pending.add(new Pending(environment, notice));
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
