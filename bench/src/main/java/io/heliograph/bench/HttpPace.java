package io.heliograph.bench;

import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * When each request is due: at once, or at a rate from a moment on. Immutable; for any thread.
 *
 * @param firstNs    when the first is, as {@link System#nanoTime} counts
 * @param intervalNs from one to the next; 0 for as fast as they go
 */
record HttpPace(long firstNs, double intervalNs) {

    /** As a task asks for it, from now on. */
    static HttpPace of(WebhookTask task) {
        return new HttpPace(System.nanoTime(), task.rate() > 0 ? task.intervalNs() : 0);
    }

    long dueNs(long number) {
        return firstNs + (long) (number * intervalNs);
    }

    /** Blocks until a request is due; one that is late leaves at once. */
    void await(long number) {
        if (intervalNs > 0) {
            for (long leftNs = dueNs(number) - System.nanoTime(); leftNs > 0; leftNs = dueNs(number) - System.nanoTime()) {
                LockSupport.parkNanos(leftNs);
            }
        }
    }

    /** Notes how late those are of which a look finds that they were answered, from one number up to another. */
    void record(Histogram lateness, long from, long to, long nowNs) {
        for (long number = from; number < to; number++) {
            lateness.recordValue(Math.max(0, nowNs - dueNs(number)));
        }
    }
}
