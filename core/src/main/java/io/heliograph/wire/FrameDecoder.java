package io.heliograph.wire;

import static io.heliograph.wire.MalformedFrame.BAD_ATTRIBUTE;
import static io.heliograph.wire.MalformedFrame.BAD_FIELD_LENGTH;
import static io.heliograph.wire.MalformedFrame.BAD_TEXT;
import static io.heliograph.wire.MalformedFrame.BAD_TIME;
import static io.heliograph.wire.MalformedFrame.BAD_TOPIC;
import static io.heliograph.wire.MalformedFrame.BAD_TTL;
import static io.heliograph.wire.MalformedFrame.FIELD_ORDER;
import static io.heliograph.wire.MalformedFrame.UNKNOWN_FIELD;

import io.heliograph.AttributeValue;
import io.heliograph.ConfigException;
import io.heliograph.Event;
import io.heliograph.Topic;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads frames; {@code docs/wire.md} draws them. Any bytes give an event or one named reason: nothing is thrown, no
 * length is believed before it is checked against the bytes at hand, and no more is allocated than they justify.
 *
 * <p>Confined to one thread: it keeps a small cache of the texts it has seen.
 */
public final class FrameDecoder {

    private static final int BODY_BITS = 28;
    private static final int BODY_MASK = (1 << BODY_BITS) - 1;

    private final TextReader texts = new TextReader();

    /**
     * The length of the frame at the source's position, header included; or more than remains if the frame is cut, and
     * {@link Integer#MAX_VALUE} if even its header is. Reads nothing beyond the header and moves nothing.
     *
     * @param source little-endian
     */
    public static int frameLength(ByteBuffer source) {
        if (source.remaining() < FrameEncoder.HEADER_BYTES) {
            return Integer.MAX_VALUE;
        }
        return FrameEncoder.HEADER_BYTES + (source.getInt(source.position()) & BODY_MASK);
    }

    /**
     * Reads the frame at the source's position and moves behind it. After a malformed frame the position is behind the
     * frame if its length is within the bytes at hand, else unchanged.
     *
     * @param source       little-endian
     * @param contextTopic the topic of frames that carry none, or {@link FrameEncoder#NO_TOPIC}
     */
    public Decoded decode(ByteBuffer source, String contextTopic) {
        int length = frameLength(source);
        if (length > source.remaining()) {
            return length == Integer.MAX_VALUE ? MalformedFrame.TRUNCATED_HEADER : MalformedFrame.TRUNCATED_BODY;
        }
        int start = source.position();
        int limit = source.limit();
        int end = start + length;
        source.limit(end);
        try {
            int kind = source.getInt() >>> BODY_BITS;
            if (!FrameKind.isKnown(kind)) {
                return MalformedFrame.UNKNOWN_KIND;
            }
            return FrameKind.of(kind) == FrameKind.FULL
                    ? full(source, contextTopic)
                    : compact(FrameKind.of(kind), source, contextTopic);
        } finally {
            source.limit(limit);
            source.position(end);
        }
    }

    private static Decoded compact(FrameKind kind, ByteBuffer body, String contextTopic) {
        if (contextTopic.isEmpty()) {
            return MalformedFrame.NO_TOPIC;
        }
        Event.Builder event = Event.builder(contextTopic).dataFrom(body);
        kind.contentType.ifPresent(event::contentType);
        return new DecodedEvent(event.build());
    }

    private Decoded full(ByteBuffer body, String contextTopic) {
        if (!body.hasRemaining()) {
            return BAD_TOPIC;
        }
        int topicLength = body.get() & 0xff;
        if (topicLength > body.remaining()) {
            return BAD_TOPIC;
        }
        if (topicLength == 0 && contextTopic.isEmpty()) {
            return MalformedFrame.NO_TOPIC;
        }
        Optional<String> topic = topicLength == 0 ? Optional.of(contextTopic) : texts.read(body, topicLength);
        if (topic.isEmpty() || !Topic.isValid(topic.get()) || topicLength != 0 && topic.get().equals(contextTopic)) {
            return BAD_TOPIC;
        }
        if (body.remaining() < 2) {
            return BAD_FIELD_LENGTH;
        }
        int fieldsLength = body.getShort() & 0xffff;
        if (fieldsLength > body.remaining()) {
            return BAD_FIELD_LENGTH;
        }
        int dataStart = body.position() + fieldsLength;
        int dataEnd = body.limit();
        Event.Builder event = Event.builder(topic.get());
        body.limit(dataStart);
        Optional<MalformedFrame> fault = fields(body, event);
        if (fault.isPresent()) {
            return fault.get();
        }
        body.limit(dataEnd);
        Event decoded = event.dataFrom(body).build();
        // What could have been compact is never full: the same event has one form only.
        return FrameEncoder.kind(decoded, contextTopic) == FrameKind.FULL ? new DecodedEvent(decoded) : FIELD_ORDER;
    }

    private Optional<MalformedFrame> fields(ByteBuffer fields, Event.Builder event) {
        int previousTag = 0;
        String previousAttribute = "";
        int attributes = 0;
        int end = fields.limit();
        while (fields.position() < end) {
            if (fields.remaining() < Field.HEADER_BYTES) {
                return Optional.of(BAD_FIELD_LENGTH);
            }
            int tag = fields.get() & 0xff;
            int length = fields.getShort() & 0xffff;
            if (length > fields.remaining()) {
                return Optional.of(BAD_FIELD_LENGTH);
            }
            if (tag < previousTag || tag == previousTag && tag != Field.ATTRIBUTE) {
                return Optional.of(FIELD_ORDER);
            }
            previousTag = tag;
            fields.limit(fields.position() + length);
            Optional<MalformedFrame> fault;
            if (tag == Field.ATTRIBUTE) {
                if (++attributes > Event.MAX_ATTRIBUTES) {
                    return Optional.of(BAD_ATTRIBUTE);
                }
                Optional<String> name = attributeName(fields);
                if (name.isEmpty()) {
                    return Optional.of(BAD_ATTRIBUTE);
                }
                if (name.get().compareTo(previousAttribute) <= 0) {
                    return Optional.of(FIELD_ORDER);
                }
                previousAttribute = name.get();
                fault = attribute(name.get(), fields, event);
            } else {
                fault = field(tag, fields, event);
            }
            if (fault.isPresent()) {
                return fault;
            }
            fields.limit(end);
        }
        return Optional.empty();
    }

    private Optional<MalformedFrame> field(int tag, ByteBuffer value, Event.Builder event) {
        return switch (tag) {
            case Field.ID -> text(value).map(event::id).isPresent() ? Optional.empty() : Optional.of(BAD_TEXT);
            case Field.SOURCE -> source(value, event);
            case Field.SUBJECT -> text(value).map(event::subject).isPresent() ? Optional.empty() : Optional.of(BAD_TEXT);
            case Field.CONTENT_TYPE ->
                    text(value).map(event::contentType).isPresent() ? Optional.empty() : Optional.of(BAD_TEXT);
            case Field.TIME -> {
                if (value.remaining() != Field.TIME_BYTES) {
                    yield Optional.of(BAD_FIELD_LENGTH);
                }
                yield time(value).map(event::time).isPresent() ? Optional.empty() : Optional.of(BAD_TIME);
            }
            case Field.TTL -> ttl(value, event);
            default -> Optional.of(UNKNOWN_FIELD);
        };
    }

    private Optional<MalformedFrame> source(ByteBuffer value, Event.Builder event) {
        Optional<String> source = text(value);
        if (source.isEmpty()) {
            return Optional.of(BAD_TEXT);
        }
        if (source.get().equals(Event.DEFAULT_SOURCE)) {
            return Optional.of(FIELD_ORDER);
        }
        event.source(source.get());
        return Optional.empty();
    }

    private static Optional<MalformedFrame> ttl(ByteBuffer value, Event.Builder event) {
        if (value.remaining() != Long.BYTES) {
            return Optional.of(BAD_FIELD_LENGTH);
        }
        long nanos = value.getLong();
        if (nanos <= 0) {
            return Optional.of(BAD_TTL);
        }
        event.ttl(Duration.ofNanos(nanos));
        return Optional.empty();
    }

    private static Optional<Instant> time(ByteBuffer value) {
        long seconds = value.getLong();
        int nanos = value.getInt();
        if (seconds < Instant.MIN.getEpochSecond() || seconds > Instant.MAX.getEpochSecond()
                || nanos < 0 || nanos >= 1_000_000_000) {
            return Optional.empty();
        }
        return Optional.of(Instant.ofEpochSecond(seconds, nanos));
    }

    /** A text that an event may hold, 1 to {@link Event#MAX_TEXT_BYTES} bytes of UTF-8. */
    private Optional<String> text(ByteBuffer value) {
        return value.hasRemaining() ? attributeText(value) : Optional.empty();
    }

    private Optional<String> attributeText(ByteBuffer value) {
        if (value.remaining() > Event.MAX_TEXT_BYTES) {
            return Optional.empty();
        }
        return texts.read(value, value.remaining()).filter(FrameDecoder::isAllowed);
    }

    private static boolean isAllowed(String text) {
        try {
            AttributeValue.requireText("text", text);
            return true;
        } catch (ConfigException e) {
            return false;
        }
    }

    private Optional<String> attributeName(ByteBuffer value) {
        if (value.remaining() < 2) {
            return Optional.empty();
        }
        int length = value.get() & 0xff;
        if (length > Event.MAX_ATTRIBUTE_NAME_LENGTH || length >= value.remaining()) {
            return Optional.empty();
        }
        return texts.read(value, length).filter(Event::isAttributeName);
    }

    private Optional<MalformedFrame> attribute(String name, ByteBuffer value, Event.Builder event) {
        Optional<AttributeValue> read = attributeValue(value.get(), value);
        read.ifPresent(known -> event.attribute(name, known));
        return read.isPresent() ? Optional.empty() : Optional.of(BAD_ATTRIBUTE);
    }

    private Optional<AttributeValue> attributeValue(int type, ByteBuffer value) {
        int length = value.remaining();
        return switch (type) {
            case Field.BOOL -> length == 1 ? bool(value.get()) : Optional.empty();
            case Field.INT -> length == Integer.BYTES
                    ? Optional.of(new AttributeValue.Int(value.getInt()))
                    : Optional.empty();
            case Field.TEXT -> attributeText(value).map(AttributeValue.Text::new);
            case Field.BINARY -> binary(value);
            case Field.LINK -> attributeText(value).flatMap(text -> known(() -> new AttributeValue.Link(text)));
            case Field.LINK_REFERENCE ->
                    attributeText(value).flatMap(text -> known(() -> new AttributeValue.LinkReference(text)));
            case Field.TIMESTAMP -> length == Field.TIME_BYTES
                    ? time(value).map(AttributeValue.Timestamp::new)
                    : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static Optional<AttributeValue> bool(byte value) {
        return value == 0 || value == 1 ? Optional.of(new AttributeValue.Bool(value == 1)) : Optional.empty();
    }

    private static Optional<AttributeValue> binary(ByteBuffer value) {
        if (value.remaining() > Event.MAX_TEXT_BYTES / 2) {
            return Optional.empty();
        }
        byte[] bytes = new byte[value.remaining()];
        value.get(bytes);
        return Optional.of(AttributeValue.Binary.of(bytes));
    }

    private static Optional<AttributeValue> known(Supplier<AttributeValue> value) {
        try {
            return Optional.of(value.get());
        } catch (ConfigException e) {
            return Optional.empty();
        }
    }
}
