package io.heliograph.bench;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Tells how fast a counter grows: after a while of warming up, window by window. Stateless. */
final class HttpRate {

    /** How many connections, or attempts at once, each side has. */
    static final int CONCURRENCY = 64;

    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final long WINDOW_NS = Duration.ofSeconds(1).toNanos();

    private HttpRate() {
    }

    /** Blocks while it measures. */
    static void tell(LongSupplier counter, int windows, Tell tell) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(WARM_UP.toNanos());
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
