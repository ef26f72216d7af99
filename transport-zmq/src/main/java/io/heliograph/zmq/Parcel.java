package io.heliograph.zmq;

import io.heliograph.Event;
import io.heliograph.wire.DecodedEvent;
import io.heliograph.wire.FrameDecoder;
import io.heliograph.wire.FrameEncoder;
import io.heliograph.wire.MalformedFrame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Optional;

/**
 * An event as its publisher keeps it, encoded once and shared by all groups. Immutable; its array is not to be changed.
 *
 * @param sequence its place in the session
 * @param frame    the event, as {@code docs/wire.md} draws it, with its topic
 * @param size     as {@link Event#size} counts
 * @param key      what it is about, if it says so
 * @param ttl      how long it may wait
 * @param sinceNs  when it was accepted
 */
record Parcel(long sequence, byte[] frame, int size, Optional<String> key, Optional<Duration> ttl, long sinceNs) {

    static Parcel of(long sequence, Event event, long nowNs) {
        ByteBuffer frame = buffer(FrameEncoder.encodedLength(event, FrameEncoder.NO_TOPIC));
        FrameEncoder.encode(event, FrameEncoder.NO_TOPIC, frame);
        return new Parcel(sequence, frame.array(), event.size(), event.key(), event.ttl(), nowNs);
    }

    static Parcel of(long sequence, String topic, byte[] bytes, int from, int length, int size, long nowNs) {
        ByteBuffer frame = buffer(FrameEncoder.encodedLength(topic, FrameEncoder.NO_TOPIC, length));
        FrameEncoder.encodeBytes(topic, FrameEncoder.NO_TOPIC, bytes, from, length, frame);
        return new Parcel(sequence, frame.array(), size, Optional.empty(), Optional.empty(), nowNs);
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    boolean isExpired(long nowNs) {
        return ttl.isPresent() && nowNs - sinceNs >= ttl.get().toNanos();
    }

    /** The event again. */
    Event event(FrameDecoder decoder) {
        return switch (decoder.decode(ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN), FrameEncoder.NO_TOPIC)) {
            case DecodedEvent(Event event) -> event;
            case MalformedFrame fault -> throw new IllegalStateException("encoded here, and now " + fault);
        };
    }
}
