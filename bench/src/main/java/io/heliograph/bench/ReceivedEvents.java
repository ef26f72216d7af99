package io.heliograph.bench;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.zip.CRC32C;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * The events that a subscriber handles: each is copied into a block, whose checksum is taken when it is full. Optionally
 * says how late events are. Confined to the subscribing thread, but for {@link #handled} and {@link #takeLatencies};
 * allocates nothing per event.
 */
final class ReceivedEvents {

    /** Takes the events of a block before they are overwritten. */
    @FunctionalInterface
    interface Reader {

        /** The events lie from 0 to {@code end}. */
        void onEvents(byte[] block, int end);
    }

    private static final long NEVER = Long.MAX_VALUE;
    private static final VarHandle HANDLED;

    static {
        try {
            HANDLED = MethodHandles.lookup().findVarHandle(ReceivedEvents.class, "handled", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final byte[] block;
    private final int length;
    private final Reader reader;
    private final CRC32C checksum = new CRC32C();
    private final SingleWriterRecorder latencies = new SingleWriterRecorder(3);
    private Schedule schedule = new Schedule(0, 0, 1);
    private long timedEvery;
    /** Set last by {@link #time}, read first. */
    private volatile long nextTimed = NEVER;
    private int end;
    private long count;
    private volatile long handled;

    ReceivedEvents(int length) {
        this(length, (block, end) -> { });
    }

    ReceivedEvents(int length, Reader reader) {
        this.length = length;
        this.reader = reader;
        this.block = new byte[Math.max(1, SentEvents.BLOCK_BYTES / length) * length];
    }

    /** Measures from the moments when events should be published; on another thread only while no event is on its way. */
    void time(Schedule due, long every) {
        schedule = due;
        timedEvery = every;
        nextTimed = due.first();
    }

    byte[] block() {
        return block;
    }

    /**
     * Counts the next event.
     *
     * @return where in the block its bytes belong
     * @throws IllegalStateException if events have another length
     */
    int place(int bytes) {
        if (bytes != length) {
            throw new IllegalStateException("event " + count + " has " + bytes + " bytes instead of " + length);
        }
        if (end == block.length) {
            read();
        }
        if (count == nextTimed) {
            latencies.recordValue(schedule.lateNs(count, System.nanoTime()));
            nextTimed = count + timedEvery;
        }
        count++;
        int at = end;
        end += length;
        return at;
    }

    /** Sums and hands on what is in the block. */
    void read() {
        checksum.update(block, 0, end);
        reader.onEvents(block, end);
        end = 0;
    }

    /** Tells other threads how many events have been handled; cheap enough for each event. */
    void tell() {
        HANDLED.setRelease(this, count);
    }

    /** How many events had been handled when this was last told. Thread-safe. */
    long handled() {
        return handled;
    }

    /** The latencies since this was last asked, in nanoseconds. Thread-safe. */
    Histogram takeLatencies() {
        return latencies.getIntervalHistogram();
    }

    /** The CRC-32C of all events, in the order in which they were handled. */
    long checksum() {
        read();
        return checksum.getValue();
    }
}
