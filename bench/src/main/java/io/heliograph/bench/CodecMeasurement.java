package io.heliograph.bench;

import io.heliograph.Event;
import io.heliograph.wire.Decoded;
import io.heliograph.wire.DecodedEvent;
import io.heliograph.wire.FrameDecoder;
import io.heliograph.wire.FrameEncoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.IntConsumer;

/**
 * Frames of events with 100 B of data, written to and read from one direct buffer. The full ones have a topic, a
 * subject, the content type {@code application/json} and a time; the compact ones are the same data on the context's
 * topic. Full and compact take turns, each in half of a window.
 */
final class CodecMeasurement {

    private static final int EVENTS = 64;
    private static final int DATA_BYTES = 100;
    private static final int SLOT_BYTES = 512;
    private static final String CONTEXT = "prices.compact";

    private final Event[] full = new Event[EVENTS];
    private final Event[] compact = new Event[EVENTS];
    private final ByteBuffer fullFrames = frames();
    private final ByteBuffer compactFrames = frames();
    private final FrameDecoder decoder = new FrameDecoder();
    /** What all decoded events measure, so that the compiler cannot leave them out; a number, whose store costs nothing. */
    private long decodedSize;

    CodecMeasurement() {
        for (int i = 0; i < EVENTS; i++) {
            full[i] = Event.builder("prices.symbol-" + i % 8).subject("eurusd-" + i % 8).contentType("application/json")
                    .time(Instant.ofEpochSecond(1_795_000_000L + i, 123_456_789 + i)).dataFrom(data(i)).build();
            compact[i] = Event.builder(CONTEXT).contentType("application/json").dataFrom(data(i)).build();
            encodeTo(fullFrames, i, full[i]);
            encodeTo(compactFrames, i, compact[i]);
        }
    }

    private static ByteBuffer frames() {
        return ByteBuffer.allocateDirect(EVENTS * SLOT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer data(int i) {
        String start = "{\"bid\":1.08" + (10 + i) + ",\"ask\":1.08" + (30 + i) + ",\"venue\":\"";
        return ByteBuffer.wrap((start + "x".repeat(DATA_BYTES - start.length() - 2) + "\"}").getBytes(StandardCharsets.US_ASCII));
    }

    private static void encodeTo(ByteBuffer frames, int i, Event event) {
        frames.position(i * SLOT_BYTES);
        FrameEncoder.encode(event, CONTEXT, frames);
    }

    private Decoded decodeFrom(ByteBuffer frames, int i) {
        frames.position(i * SLOT_BYTES);
        return decoder.decode(frames, CONTEXT);
    }

    /** Measures encoding; what was written is decoded in the end, and must be what went in. */
    void encode() {
        fill(fullFrames);
        fill(compactFrames);
        measure(CoreMeasurements.ENCODE,
                n -> encodeTo(fullFrames, n % EVENTS, full[n % EVENTS]),
                n -> encodeTo(compactFrames, n % EVENTS, compact[n % EVENTS]));
        check();
    }

    /** Measures decoding; what comes out before and after must be what went in. */
    void decode() {
        check();
        measure(CoreMeasurements.DECODE,
                n -> decodedSize += sizeOf(decodeFrom(fullFrames, n % EVENTS)),
                n -> decodedSize += sizeOf(decodeFrom(compactFrames, n % EVENTS)));
        if (decodedSize == 0) {
            throw new IllegalStateException("nothing was decoded");
        }
        check();
    }

    private static int sizeOf(Decoded decoded) {
        return decoded instanceof DecodedEvent(Event event) ? event.size() : 0;
    }

    private static void fill(ByteBuffer frames) {
        for (int i = 0; i < frames.capacity(); i++) {
            frames.put(i, (byte) -1);
        }
    }

    private void check() {
        for (int i = 0; i < EVENTS; i++) {
            require(decodeFrom(fullFrames, i), full[i]);
            require(decodeFrom(compactFrames, i), compact[i]);
        }
    }

    private static void require(Object decoded, Event expected) {
        if (!new DecodedEvent(expected).equals(decoded) || expected.dataLength() != DATA_BYTES) {
            throw new IllegalStateException("decoded " + decoded + ", expected " + expected);
        }
    }

    private static void measure(String name, IntConsumer onFull, IntConsumer onCompact) {
        run(onFull, onCompact);
        for (int i = 0; i < Window.COUNT; i++) {
            Window[] windows = run(onFull, onCompact);
            CoreMeasurements.tell(name, windows[0].nanosPerOperation());
            CoreMeasurements.tell(name + CoreMeasurements.ALLOCATED, windows[0].bytesPerOperation());
            CoreMeasurements.tell(name + CoreMeasurements.COMPACT, windows[1].nanosPerOperation());
            CoreMeasurements.tell(name + CoreMeasurements.COMPACT + CoreMeasurements.ALLOCATED, windows[1].bytesPerOperation());
        }
    }

    private static Window[] run(IntConsumer onFull, IntConsumer onCompact) {
        var windows = new Window[] {new Window(), new Window()};
        long end = System.nanoTime() + Window.LENGTH.toNanos();
        while (System.nanoTime() < end) {
            windows[0].runBatch(onFull);
            windows[1].runBatch(onCompact);
        }
        return windows;
    }
}
