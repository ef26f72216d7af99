package io.heliograph.wire;

import io.heliograph.AttributeValue;
import io.heliograph.AttributeValue.Binary;
import io.heliograph.AttributeValue.Bool;
import io.heliograph.AttributeValue.Int;
import io.heliograph.AttributeValue.Link;
import io.heliograph.AttributeValue.LinkReference;
import io.heliograph.AttributeValue.Text;
import io.heliograph.AttributeValue.Timestamp;
import io.heliograph.Event;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;

/**
 * Writes events as frames; {@code docs/wire.md} draws them. Stateless and thread-safe. An event without attributes, id,
 * subject, source, time and time to live whose topic is the context's becomes a compact frame: 4 bytes and its data.
 * Any other becomes a full frame. The same event always becomes the same bytes.
 *
 * <p>Allocates nothing for events whose attributes are text or numbers.
 */
public final class FrameEncoder {

    /** The bytes of a frame's header. */
    public static final int HEADER_BYTES = 4;

    /** The most bytes of a frame's body. */
    public static final int MAX_BODY_BYTES = (1 << 28) - 1;

    /** The topic of a context that has none: every frame then carries its own. */
    public static final String NO_TOPIC = "";

    private static final int BODY_BITS = 28;

    private FrameEncoder() {
    }

    /**
     * The bytes that {@link #encode} writes for {@code event}, or {@link Integer#MAX_VALUE} if no frame can hold it: its
     * fields are above 64 KiB together, or its body above {@value #MAX_BODY_BYTES} bytes.
     *
     * @param contextTopic what the frame need not repeat, or {@link #NO_TOPIC}
     */
    public static int encodedLength(Event event, String contextTopic) {
        if (kind(event, contextTopic) != FrameKind.FULL) {
            return checked(event.dataLength());
        }
        int fields = fieldsLength(event);
        if (fields > Field.MAX_FIELDS_BYTES) {
            return Integer.MAX_VALUE;
        }
        return checked(1L + topicLength(event, contextTopic) + 2 + fields + event.dataLength());
    }

    /** The bytes that {@link #encodeBytes} writes for {@code length} bytes of data on {@code topic}. */
    public static int encodedLength(String topic, String contextTopic, int length) {
        return checked(topic.equals(contextTopic) ? length : 1L + topic.length() + 2 + length);
    }

    private static int checked(long bodyBytes) {
        return bodyBytes > MAX_BODY_BYTES ? Integer.MAX_VALUE : HEADER_BYTES + (int) bodyBytes;
    }

    /**
     * Writes {@code event} at the target's position and moves that.
     *
     * @param target       little-endian, with at least {@link #encodedLength} bytes remaining
     * @param contextTopic what the frame need not repeat, or {@link #NO_TOPIC}
     */
    public static void encode(Event event, String contextTopic, ByteBuffer target) {
        FrameKind kind = kind(event, contextTopic);
        if (kind != FrameKind.FULL) {
            putHeader(kind, event.dataLength(), target);
            event.putData(target);
            return;
        }
        int start = target.position();
        target.position(start + HEADER_BYTES);
        target.put((byte) topicLength(event, contextTopic));
        if (!event.topic().equals(contextTopic)) {
            Utf8.put(event.topic(), target);
        }
        int fields = target.position();
        target.position(fields + 2);
        putFields(event, target);
        target.putShort(fields, (short) (target.position() - fields - 2));
        event.putData(target);
        int end = target.position();
        target.position(start);
        putHeader(kind, end - start - HEADER_BYTES, target);
        target.position(end);
    }

    /**
     * Writes bytes of no stated type: as a compact frame on the context's topic, else as a full one that carries its own.
     *
     * @param target       little-endian, with at least {@link #encodedLength} bytes remaining
     * @param contextTopic what the frame need not repeat, or {@link #NO_TOPIC}
     */
    public static void encodeBytes(String topic, String contextTopic, byte[] bytes, int from, int length,
            ByteBuffer target) {
        if (topic.equals(contextTopic)) {
            putHeader(FrameKind.COMPACT_BYTES, length, target);
        } else {
            putHeader(FrameKind.FULL, 1 + topic.length() + 2 + length, target);
            target.put((byte) topic.length());
            Utf8.put(topic, target);
            target.putShort((short) 0);
        }
        target.put(bytes, from, length);
    }

    private static void putHeader(FrameKind kind, int bodyBytes, ByteBuffer target) {
        target.putInt(kind.code << BODY_BITS | bodyBytes);
    }

    static FrameKind kind(Event event, String contextTopic) {
        boolean plain = event.attributes().isEmpty() && event.subject().isEmpty() && event.id().isEmpty()
                && !event.hasTime() && event.ttl().isEmpty() && isDefaultSource(event)
                && event.topic().equals(contextTopic);
        return plain ? FrameKind.implying(event.contentType()) : FrameKind.FULL;
    }

    private static boolean isDefaultSource(Event event) {
        return event.source().equals(Event.DEFAULT_SOURCE);
    }

    private static int topicLength(Event event, String contextTopic) {
        return event.topic().equals(contextTopic) ? 0 : event.topic().length();
    }

    private static int fieldsLength(Event event) {
        int length = 0;
        if (event.id().isPresent()) {
            length += textLength(event.id().get());
        }
        if (!isDefaultSource(event)) {
            length += textLength(event.source());
        }
        if (event.subject().isPresent()) {
            length += textLength(event.subject().get());
        }
        if (event.contentType().isPresent()) {
            length += textLength(event.contentType().get());
        }
        length += event.hasTime() ? Field.HEADER_BYTES + Field.TIME_BYTES : 0;
        length += event.ttl().isPresent() ? Field.HEADER_BYTES + Long.BYTES : 0;
        if (!event.attributes().isEmpty()) {
            for (Map.Entry<String, AttributeValue> attribute : event.attributes().entrySet()) {
                length += Field.HEADER_BYTES + 2 + attribute.getKey().length() + valueLength(attribute.getValue());
            }
        }
        return length;
    }

    private static int textLength(String text) {
        return Field.HEADER_BYTES + Utf8.length(text);
    }

    private static int valueLength(AttributeValue value) {
        return switch (value) {
            case Bool bool -> 1;
            case Int integer -> Integer.BYTES;
            case Text text -> Utf8.length(text.value());
            case Binary binary -> binary.hex().length() / 2;
            case Link link -> Utf8.length(link.canonical());
            case LinkReference reference -> Utf8.length(reference.canonical());
            case Timestamp timestamp -> Field.TIME_BYTES;
        };
    }

    private static void putFields(Event event, ByteBuffer target) {
        if (event.id().isPresent()) {
            putText(Field.ID, event.id().get(), target);
        }
        if (!isDefaultSource(event)) {
            putText(Field.SOURCE, event.source(), target);
        }
        if (event.subject().isPresent()) {
            putText(Field.SUBJECT, event.subject().get(), target);
        }
        if (event.contentType().isPresent()) {
            putText(Field.CONTENT_TYPE, event.contentType().get(), target);
        }
        if (event.hasTime()) {
            putFieldHeader(Field.TIME, Field.TIME_BYTES, target);
            target.putLong(event.timeSeconds()).putInt(event.timeNanos());
        }
        if (event.ttl().isPresent()) {
            putFieldHeader(Field.TTL, Long.BYTES, target);
            target.putLong(event.ttl().get().toNanos());
        }
        if (!event.attributes().isEmpty()) {
            event.attributes().forEach((name, value) -> putAttribute(name, value, target));
        }
    }

    private static void putText(int tag, String text, ByteBuffer target) {
        int start = target.position();
        target.position(start + Field.HEADER_BYTES);
        Utf8.put(text, target);
        target.put(start, (byte) tag);
        target.putShort(start + 1, (short) (target.position() - start - Field.HEADER_BYTES));
    }

    private static void putFieldHeader(int tag, int length, ByteBuffer target) {
        target.put((byte) tag).putShort((short) length);
    }

    private static void putTime(Instant time, ByteBuffer target) {
        target.putLong(time.getEpochSecond()).putInt(time.getNano());
    }

    private static void putAttribute(String name, AttributeValue value, ByteBuffer target) {
        putFieldHeader(Field.ATTRIBUTE, 2 + name.length() + valueLength(value), target);
        target.put((byte) name.length());
        Utf8.put(name, target);
        switch (value) {
            case Bool(boolean is) -> target.put((byte) Field.BOOL).put((byte) (is ? 1 : 0));
            case Int(int number) -> target.put((byte) Field.INT).putInt(number);
            case Text(String text) -> Utf8.put(text, target.put((byte) Field.TEXT));
            case Binary binary -> target.put((byte) Field.BINARY).put(binary.bytes());
            case Link link -> Utf8.put(link.canonical(), target.put((byte) Field.LINK));
            case LinkReference link -> Utf8.put(link.canonical(), target.put((byte) Field.LINK_REFERENCE));
            case Timestamp(Instant time) -> putTime(time, target.put((byte) Field.TIMESTAMP));
        }
    }
}
