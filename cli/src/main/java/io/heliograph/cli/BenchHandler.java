package io.heliograph.cli;

import io.heliograph.Delivery;
import io.heliograph.time.Clock;
import io.heliograph.udp.DataHandler;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Handles the events of a measurement: reads the time in each, and notes how long ago that was. Confined to the thread
 * that handles, except where said otherwise.
 */
final class BenchHandler implements DataHandler {

    private static final long LONGEST_LATENCY_NS = TimeUnit.HOURS.toNanos(1);
    private static final int DIGITS = 3;

    private final Clock clock;
    private final Histogram latencies = new Histogram(LONGEST_LATENCY_NS, DIGITS);
    private long handled;
    private long marked;
    private volatile long lastHandledNs;

    BenchHandler(Clock clock) {
        this.clock = clock;
        this.lastHandledNs = clock.nanoTime();
    }

    @Override
    public void onData(String topic, ByteBuffer data, long session, long sequence) {
        handled++;
        take(data.getLong(data.position()));
    }

    @Override
    public void onEvent(Delivery delivery) {
        handled++;
        take(delivery.event().data().order(ByteOrder.LITTLE_ENDIAN).getLong());
        mark();
    }

    private void take(long time) {
        if (time != 0) {
            latencies.recordValue(Math.clamp(clock.nanoTime() - time, 0, LONGEST_LATENCY_NS));
        }
    }

    /** Notes the time, if events have been handled since the last call. */
    void mark() {
        if (handled != marked) {
            marked = handled;
            lastHandledNs = clock.nanoTime();
        }
    }

    /** When an event was last handled, as far as it was marked. For any thread. */
    long lastHandledNs() {
        return lastHandledNs;
    }

    /** Publish to handler, in nanoseconds. For any thread once nothing is handled any more. */
    Histogram latencies() {
        return latencies;
    }
}
