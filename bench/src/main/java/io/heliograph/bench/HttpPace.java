package io.heliograph.bench;

import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * When each request is due: at once; or, where they are paced, at once until the side has warmed up, then none until all are answered,
 * then at a rate. For any thread.
 */
final class HttpPace {

    private static final long LOOK_AGAIN_NS = 200_000;

    /** @param number of the first request that is paced */
    private record Beginning(long number, long ns) {
    }

    private final double intervalNs;
    private volatile boolean isHeld;
    private volatile Optional<Beginning> beginning = Optional.empty();

    /** @param intervalNs from one request to the next; 0 for as fast as they go */
    HttpPace(double intervalNs) {
        this.intervalNs = intervalNs;
    }

    /** As a task asks for it. */
    static HttpPace of(WebhookTask task) {
        return new HttpPace(task.rate() > 0 ? task.intervalNs() : 0);
    }

    boolean isPaced() {
        return intervalNs > 0;
    }

    /** Lets no more requests leave until {@link #begin}. */
    void hold() {
        isHeld = true;
    }

    /** Lets requests leave at the rate: this one then, the others behind it. */
    void begin(long number, long atNs) {
        beginning = Optional.of(new Beginning(number, atNs));
        isHeld = false;
    }

    /** Blocks until a request is due; one that is late leaves at once. */
    void await(long number) {
        while (isHeld) {
            LockSupport.parkNanos(LOOK_AGAIN_NS);
        }
        if (beginning.isPresent()) {
            Beginning from = beginning.get();
            for (long leftNs = lateNs(from, number, System.nanoTime()); leftNs < 0; leftNs = lateNs(from, number, System.nanoTime())) {
                LockSupport.parkNanos(-leftNs);
            }
        }
    }

    private long lateNs(Beginning from, long number, long nowNs) {
        return nowNs - from.ns - (long) ((number - from.number) * intervalNs);
    }

    /** Notes how late those are of which a look finds that they were answered, from one number up to another. */
    void record(Histogram lateness, long from, long to, long nowNs) {
        Beginning first = beginning.orElseThrow();
        for (long number = Math.max(from, first.number); number < to; number++) {
            lateness.recordValue(Math.max(0, lateNs(first, number, nowNs)));
        }
    }
}
