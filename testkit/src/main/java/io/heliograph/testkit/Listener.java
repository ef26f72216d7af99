package io.heliograph.testkit;

import io.heliograph.Delivery;
import io.heliograph.EventHandler;
import io.heliograph.Gap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A subscription in a scene, whose handler can be made to stall. Thread-safe. */
final class Listener implements EventHandler {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final EventHandler then;
    private Optional<RecordedSubscription> subscription = Optional.empty();
    private boolean isStalled;
    private boolean isHolding;

    Listener(EventHandler then) {
        this.then = then;
    }

    void serve(RecordedSubscription recorded) {
        subscription = Optional.of(recorded);
    }

    RecordedSubscription subscription() {
        return subscription.orElseThrow();
    }

    /** From now on, the handler does not return. */
    void stall() {
        lock.lock();
        try {
            isStalled = true;
        } finally {
            lock.unlock();
        }
    }

    void resume() {
        lock.lock();
        try {
            isStalled = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Lets the event in hand go, and no other. */
    void handleOne() {
        lock.lock();
        try {
            isHolding = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether an event is in the stalled handler's hands. */
    boolean isStuck() {
        lock.lock();
        try {
            return isStalled && isHolding;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onEvent(Delivery delivery) throws Exception {
        lock.lock();
        try {
            isHolding = true;
            while (isStalled && isHolding) {
                changed.await();
            }
            isHolding = false;
        } finally {
            lock.unlock();
        }
        then.onEvent(delivery);
    }

    @Override
    public void onGap(Gap gap) {
        then.onGap(gap);
    }

    /** The numbers that the deliveries carry as their data. */
    List<Integer> numbers() {
        return subscription().texts().stream().map(Integer::valueOf).toList();
    }
}
