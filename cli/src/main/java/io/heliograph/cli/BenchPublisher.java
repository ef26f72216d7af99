package io.heliograph.cli;

import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.time.Clock;
import io.heliograph.udp.UdpAppender;
import io.heliograph.udp.UdpPublisher;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/**
 * Publishes the events of a measurement: through an appender where there is one, else through the buffer form. The
 * first eight bytes of an event are when it was published, or 0 in those that are not timed. Confined to one thread.
 */
final class BenchPublisher {

    /** What an event must have room for: its time. */
    static final int LEAST_SIZE_BYTES = Long.BYTES;

    /** One event in so many is timed where a look at the clock would cost as much as the event; a prime, as packing is not. */
    static final int STRIDE = 61;

    private static final double MOST_TIMED_PER_SECOND = 1e6;
    private static final String TOPIC = "bench";
    private static final int EVENTS_PER_LOOK = 256;
    private static final long SPIN_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long FLUSH_RETRY_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** One way in. */
    private interface Entrance {
        PublishResult publish(byte[] bytes, int from, int length);

        PublishResult flush();
    }

    private final Entrance entrance;
    private final byte[] data;
    private final OptionalDouble perSecond;
    private final int stride;
    private final Clock clock;
    private final Stop stop;
    private volatile long published;
    private volatile String failure = "";

    BenchPublisher(Publisher publisher, BenchPlan plan, Clock clock, Stop stop) {
        this.entrance = entrance(publisher);
        this.data = filling(plan.sizeBytes());
        this.perSecond = plan.perSecond();
        this.stride = stride(publisher, plan.perSecond());
        this.clock = clock;
        this.stop = stop;
    }

    private static int stride(Publisher publisher, OptionalDouble perSecond) {
        boolean isSlow = perSecond.isPresent() && perSecond.getAsDouble() <= MOST_TIMED_PER_SECOND;
        return publisher instanceof UdpPublisher && !isSlow ? STRIDE : 1;
    }

    private static Entrance entrance(Publisher publisher) {
        if (publisher instanceof UdpPublisher udp) {
            UdpAppender appender = udp.appender(TOPIC);
            return new Entrance() {
                @Override
                public PublishResult publish(byte[] bytes, int from, int length) {
                    return appender.publish(bytes, from, length);
                }

                @Override
                public PublishResult flush() {
                    return appender.flush();
                }
            };
        }
        return new Entrance() {
            @Override
            public PublishResult publish(byte[] bytes, int from, int length) {
                return publisher.publish(TOPIC, bytes, from, length);
            }

            @Override
            public PublishResult flush() {
                return PublishResult.ACCEPTED;
            }
        };
    }

    private static byte[] filling(int length) {
        byte[] letters = new byte[length];
        for (int i = 0; i < length; i++) {
            letters[i] = (byte) ('a' + i % 26);
        }
        return letters;
    }

    /** Publishes until the amount is reached or the stop is asked for. Waits as the policy says. */
    void publish(BenchPlan.Amount amount) throws InterruptedException {
        long startNs = clock.nanoTime();
        long index = 0;
        while (index < amount.events() && !stop.isRequested() && failure.isEmpty()
                && clock.nanoTime() - startNs < amount.ns()) {
            long end = Math.min(amount.events(), due(startNs, index));
            if (end == index) {
                entrance.flush();
                pause(startNs, index);
            }
            while (index < end && offer(index, startNs)) {
                index++;
            }
            published = index;
        }
        flush();
    }

    /** Sequence behind the last event that may be published now. */
    private long due(long startNs, long index) {
        if (perSecond.isEmpty()) {
            return index + EVENTS_PER_LOOK;
        }
        long due = 1 + (long) ((clock.nanoTime() - startNs) * perSecond.getAsDouble() / 1e9);
        return Math.min(Math.max(due, index), index + EVENTS_PER_LOOK);
    }

    private long dueNs(long startNs, long index) {
        return startNs + (long) (index * 1e9 / perSecond.orElseThrow());
    }

    private void pause(long startNs, long index) throws InterruptedException {
        long leftNs = dueNs(startNs, index) - clock.nanoTime();
        if (leftNs > SPIN_NS) {
            stop.await(leftNs - SPIN_NS);
        } else {
            Thread.yield();
        }
    }

    /** Returns whether to go on. */
    private boolean offer(long index, long startNs) {
        long time = 0;
        if (index % stride == 0) {
            time = perSecond.isEmpty() ? clock.nanoTime() : dueNs(startNs, index);
        }
        LONG.set(data, 0, time);
        while (!stop.isRequested()) {
            PublishResult result = entrance.publish(data, 0, data.length);
            if (result == PublishResult.ACCEPTED || result == PublishResult.DROPPED) {
                return true;
            }
            if (result != PublishResult.BACK_PRESSURED) {
                failure = "an event of " + data.length + " bytes was refused: "
                        + (result == PublishResult.TOO_LARGE ? "too large for the address or the policy" : result);
                return false;
            }
        }
        return false;
    }

    private void flush() throws InterruptedException {
        while (entrance.flush() == PublishResult.BACK_PRESSURED && !stop.await(FLUSH_RETRY_NS)) {
            // The policy waits before it says so; what is here must not be left behind.
        }
    }

    /** How many events have been offered; for any thread. */
    long published() {
        return published;
    }

    /** Why it ended before its time; empty if it did not. For any thread. */
    String failure() {
        return failure;
    }
}
