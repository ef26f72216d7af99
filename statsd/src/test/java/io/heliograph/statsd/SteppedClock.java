package io.heliograph.statsd;

import io.heliograph.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/** A clock that stands until a test moves it; who waits on it looks again each millisecond. */
final class SteppedClock implements Clock {

    private final AtomicLong nowNs = new AtomicLong();

    void advance(Duration step) {
        nowNs.addAndGet(step.toNanos());
    }

    @Override
    public long nanoTime() {
        return nowNs.get();
    }

    @Override
    public void await(Lock lock, Condition condition, long deadlineNs) throws InterruptedException {
        condition.await(1, TimeUnit.MILLISECONDS);
    }
}
