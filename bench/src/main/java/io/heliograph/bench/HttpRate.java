package io.heliograph.bench;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/**
 * Tells how fast a counter of answered requests grows, or, where they are paced, how late it is: after a while of warming up at full
 * speed, window by window. Late is an answer by the time since the moment when its request was due; answers count in the order of their coming.
 * Stateless.
 */
final class HttpRate {

    /** How many connections, or attempts at once, each side has. */
    static final int CONCURRENCY = 64;

    private static final Duration WARM_UP = WebhookChild.either(Duration.ofSeconds(10), Duration.ofSeconds(15));
    private static final long WINDOW_NS = Duration.ofSeconds(1).toNanos();
    private static final long LOOK_AGAIN_NS = 200_000;
    private static final long QUIET_NS = Duration.ofMillis(500).toNanos();

    private HttpRate() {
    }

    /** Blocks while it measures. */
    static void tell(LongSupplier counter, WebhookTask task, HttpPace pace, Tell tell) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(WARM_UP.toNanos());
        if (task.measure() == Task.Measure.LATENCY) {
            tellLateness(counter, task.windows(), pace, tell);
        } else {
            tellRate(counter, task.windows(), tell);
        }
    }

    private static void tellLateness(LongSupplier counter, int windows, HttpPace pace, Tell tell) throws InterruptedException {
        pace.hold();
        long seen = drained(counter);
        pace.begin(seen, System.nanoTime());
        TimeUnit.NANOSECONDS.sleep(WINDOW_NS);
        seen = counter.getAsLong();
        for (int i = 0; i < windows; i++) {
            var lateness = new Histogram(3);
            long endNs = System.nanoTime() + WINDOW_NS;
            for (long nowNs = System.nanoTime(); nowNs - endNs < 0; nowNs = System.nanoTime()) {
                long count = counter.getAsLong();
                pace.record(lateness, seen, count, nowNs);
                seen = count;
                TimeUnit.NANOSECONDS.sleep(LOOK_AGAIN_NS);
            }
            OneWay.tellPercentiles(tell, lateness);
        }
    }

    /** Waits until all are answered; says how many they were. */
    private static long drained(LongSupplier counter) throws InterruptedException {
        long count = -1;
        while (count != counter.getAsLong()) {
            count = counter.getAsLong();
            TimeUnit.NANOSECONDS.sleep(QUIET_NS);
        }
        return count;
    }

    private static void tellRate(LongSupplier counter, int windows, Tell tell) throws InterruptedException {
        for (int i = 0; i < windows; i++) {
            long before = counter.getAsLong();
            long startNs = System.nanoTime();
            TimeUnit.NANOSECONDS.sleep(WINDOW_NS);
            double count = counter.getAsLong() - before;
            tell.sample(WebhookRows.RATE, count * 1e9 / (System.nanoTime() - startNs));
        }
    }

    /** @throws MeasurementFailed if the receiver has not taken exactly what its sender counted */
    static void requireEqual(long received, long counted) throws MeasurementFailed {
        if (received != counted) {
            throw new MeasurementFailed("the receiver took " + received + " requests, its sender counted " + counted);
        }
    }
}
