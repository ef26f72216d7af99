package io.heliograph.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.IntConsumer;
import org.HdrHistogram.Histogram;

/**
 * Runs an operation over and over for a while, in batches. The window's time is that of its middle batch: a batch takes
 * some 0.1 ms, so one in which the system gave the processor to somebody else is an outlier. Confined to one thread.
 */
final class Window {

    static final int COUNT = 3;
    static final Duration LENGTH = Duration.ofSeconds(1);

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int BATCH = 1_000;

    private final Histogram batches = new Histogram(3);
    private long allocatedBytes;

    /** One batch more of {@code operation}, which is given a number that counts up. */
    void runBatch(IntConsumer operation) {
        long allocatedBefore = THREADS.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        for (int i = 0; i < BATCH; i++) {
            operation.accept(i);
        }
        long elapsedNs = System.nanoTime() - start;
        allocatedBytes += THREADS.getCurrentThreadAllocatedBytes() - allocatedBefore;
        batches.recordValue(elapsedNs);
    }

    double nanosPerOperation() {
        return batches.getValueAtPercentile(50) / (double) BATCH;
    }

    /** Without the few bytes that reading the counter itself costs in each batch, rounded. */
    double bytesPerOperation() {
        return Math.rint((double) allocatedBytes / batches.getTotalCount() / BATCH);
    }
}
