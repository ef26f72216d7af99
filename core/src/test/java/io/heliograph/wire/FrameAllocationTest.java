package io.heliograph.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.heliograph.Event;
import io.heliograph.EventBuilder;
import io.heliograph.RandomEvents;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** No announced length is believed: what decoding allocates is bounded by the bytes at hand. */
final class FrameAllocationTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** Exceptions with their stack traces, and what the first use of a class costs. */
    private static final int FIXED_BYTES = 32 << 10;
    private static final int BYTES_PER_BYTE = 12;

    private final FrameDecoder decoder = new FrameDecoder();

    private long allocatedBy(byte[] frame, int length) {
        ByteBuffer source = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).limit(length);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        decoder.decode(source, "prices.1");
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    private void warmUp() {
        var events = new RandomEvents(new Random(1));
        for (int i = 0; i < 500; i++) {
            byte[] frame = FrameRoundTripTest.encode(events.next("prices.1"), "prices.1");
            allocatedBy(frame, frame.length);
        }
    }

    @Test
    void hugeAnnouncedLengthsCostNothing() {
        warmUp();
        byte[][] hostile = {
            {-1, -1, -1, 0x1f}, {-1, -1, -1, 0x4f}, {-1, -1, -1, -1},
            frame(4, -1, 'a', -1, -1), frame(4, 1, 'a', -1, -1), frame(4, 1, 'a', 8, 0, 1, -1, -1, 'x'),
            frame(4, 1, 'a', 5, 0, 16, -1, -1, -1, 'x'), frame(4, 1, 'a', 6, 0, 16, 3, 0, -1, 'x', 4),
        };
        for (byte[] frame : hostile) {
            allocatedBy(frame, frame.length);
            assertThat(allocatedBy(frame, frame.length)).as("allocated for %s", Arrays.toString(frame)).isLessThan(1_024);
        }
    }

    private static byte[] frame(int kind, int... body) {
        byte[] frame = new byte[4 + body.length];
        ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).putInt(kind << 28 | body.length);
        for (int i = 0; i < body.length; i++) {
            frame[4 + i] = (byte) body[i];
        }
        return frame;
    }

    @Test
    void randomFramesWithHugeLengthsCostNoMoreThanTheirBytesJustify() {
        warmUp();
        long seed = System.nanoTime();
        var random = new Random(seed);
        var events = new RandomEvents(random);
        for (int i = 0; i < 5_000; i++) {
            byte[] frame = FrameRoundTripTest.encode(events.next("prices.1"), "prices.1");
            int at = random.nextInt(Math.min(frame.length, 200) - 1);
            // A length field somewhere says 64 KiB, or the header 256 MiB.
            frame[at] = -1;
            frame[at + 1] = -1;
            int length = 1 + random.nextInt(frame.length);
            assertThat(allocatedBy(frame, length)).as("frame %d of %d bytes, seed %d", i, length, seed)
                    .isLessThan(FIXED_BYTES + (long) BYTES_PER_BYTE * length);
        }
    }

    @Test
    void theLargestFieldsCostAFewTimesTheirSize() {
        warmUp();
        EventBuilder event = Event.builder("a");
        for (int i = 0; i < 7; i++) {
            event.attribute("n" + i, "\u20ac".repeat(2_730));
        }
        byte[] frame = FrameRoundTripTest.encode(event.build(), "");
        allocatedBy(frame, frame.length);
        assertThat(allocatedBy(frame, frame.length)).isLessThan(FIXED_BYTES + (long) BYTES_PER_BYTE * frame.length);
    }

    @Test
    void encodingTextAndNumbersAllocatesNothing() {
        Event event = Event.builder("prices.eurusd").subject("eurusd").id("id-1").time(java.time.Instant.now())
                .attribute("region", "eu").attribute("n", new io.heliograph.AttributeValue.Int(5)).data(new byte[100]).build();
        ByteBuffer target = ByteBuffer.allocate(1_000).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 50_000; i++) {
            FrameEncoder.encode(event, "", target.clear());
        }
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1_000; i++) {
            FrameEncoder.encode(event, "", target.clear());
        }
        assertThat((THREADS.getCurrentThreadAllocatedBytes() - before) / 1_000).as("bytes for each event").isLessThan(100);
    }
}
