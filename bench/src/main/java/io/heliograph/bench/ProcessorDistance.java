package io.heliograph.bench;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * How far this machine's processors are apart: how long it takes a cache line to go from one to another and back. Where the
 * processors are another machine's, lent for a while, that may change by the second, and with it whatever goes from thread to thread.
 */
final class ProcessorDistance {

    private static final int BATCHES = 7;
    private static final int TRIPS = 10_000;
    /** A partner that has no processor does not answer; then it is not known. */
    private static final int MOST_LOOKS = 20_000_000;
    private static final VarHandle BALL = MethodHandles.arrayElementVarHandle(long[].class);
    /** In the middle of more than one cache line. */
    private static final int PLACE = 16;

    private final long[] line = new long[2 * PLACE];

    private ProcessorDistance() {
    }

    /** In nanoseconds, the median of some milliseconds; empty where there is but one processor, or the others are busy. */
    static OptionalDouble roundTripNs() throws InterruptedException {
        return Runtime.getRuntime().availableProcessors() < 2 ? OptionalDouble.empty() : new ProcessorDistance().measure();
    }

    private OptionalDouble measure() throws InterruptedException {
        Thread partner = Thread.ofPlatform().daemon().name("bench-processor-distance").start(() -> {
            for (long i = 0; i < (long) BATCHES * TRIPS && await(2 * i + 1); i++) {
                BALL.setRelease(line, PLACE, 2 * i + 2);
            }
        });
        var tripNs = new double[BATCHES];
        long i = 0;
        for (int batch = 0; batch < BATCHES; batch++) {
            long beginNs = System.nanoTime();
            for (int trip = 0; trip < TRIPS; trip++, i++) {
                BALL.setRelease(line, PLACE, 2 * i + 1);
                if (!await(2 * i + 2)) {
                    return OptionalDouble.empty();
                }
            }
            tripNs[batch] = (System.nanoTime() - beginNs) / (double) TRIPS;
        }
        partner.join();
        Arrays.sort(tripNs);
        return OptionalDouble.of(tripNs[BATCHES / 2]);
    }

    private boolean await(long value) {
        for (int look = 0; look < MOST_LOOKS; look++) {
            if ((long) BALL.getAcquire(line, PLACE) == value) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }
}
