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
import io.heliograph.EventBuilder;
import io.heliograph.Topic;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads frames; {@code docs/wire.md} draws them. Any bytes give an event or one named reason: nothing is thrown, no
 * length is believed before it is checked against the bytes at hand, and no more is allocated than they justify.
 *
 * <p>Confined to one thread: it keeps a small cache of the texts it has seen.
 */
public final class FrameDecoder {

    private static final long FIRST_SECOND = Instant.MIN.getEpochSecond();
    private static final long LAST_SECOND = Instant.MAX.getEpochSecond();
    private static final int BODY_BITS = 28;
    private static final int BODY_MASK = (1 << BODY_BITS) - 1;

    /** Ends the reading of one frame. One for each reason, without a stack trace, so that bad frames cost little. */
    private static final class Refusal extends RuntimeException {

        private static final long serialVersionUID = 1L;
        private static final Refusal[] BY_REASON =
                Arrays.stream(MalformedFrame.values()).map(Refusal::new).toArray(Refusal[]::new);

        private final MalformedFrame reason;

        private Refusal(MalformedFrame reason) {
            super(reason.name(), null, false, false);
            this.reason = reason;
        }
    }

    // What is made for each frame stays out of this object's fields: a store into a long-lived object costs a barrier.
    private final TextReader texts = new TextReader();
    private Topic lastContext = new Topic("none");

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

    /** The length of the frame that begins with {@code header}, read little-endian; the header included. */
    public static int frameLength(int header) {
        return FrameEncoder.HEADER_BYTES + (header & BODY_MASK);
    }

    /** Whether the frame that begins with {@code header} holds nothing but the event's data, of no stated type. */
    public static boolean isBare(int header) {
        return header >>> BODY_BITS == FrameKind.COMPACT_BYTES.code;
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
            refuseIf(!FrameKind.isKnown(kind), MalformedFrame.UNKNOWN_KIND);
            return new DecodedEvent(FrameKind.of(kind) == FrameKind.FULL
                    ? full(source, contextTopic)
                    : compact(FrameKind.of(kind), source, contextTopic));
        } catch (Refusal refusal) {
            return refusal.reason;
        } finally {
            source.limit(limit);
            source.position(end);
        }
    }

    private Event compact(FrameKind kind, ByteBuffer body, String contextTopic) {
        EventBuilder event = Event.builder(context(contextTopic)).dataFrom(body);
        if (kind.contentType.isPresent()) {
            event.contentType(kind.contentType.get());
        }
        return event.build();
    }

    private Event full(ByteBuffer body, String contextTopic) {
        int at = body.position();
        int end = body.limit();
        refuseIf(at == end, BAD_TOPIC);
        int topicLength = body.get(at) & 0xff;
        at++;
        refuseIf(topicLength > end - at, BAD_TOPIC);
        Topic topic = topicLength == 0 ? context(contextTopic) : topic(body, at, topicLength);
        refuseIf(topicLength != 0 && topic.name().equals(contextTopic), BAD_TOPIC);
        at += topicLength;
        EventBuilder event = Event.builder(topic);
        refuseIf(end - at < 2, BAD_FIELD_LENGTH);
        int fieldsLength = body.getShort(at) & 0xffff;
        at += 2;
        refuseIf(fieldsLength > end - at, BAD_FIELD_LENGTH);
        fields(body, at, at + fieldsLength, event);
        body.position(at + fieldsLength);
        Event decoded = event.dataFrom(body).build();
        // What could have been compact is never full: the same event has one form only.
        refuseIf(topicLength == 0 && FrameEncoder.kind(decoded, contextTopic) != FrameKind.FULL, FIELD_ORDER);
        return decoded;
    }

    /** The context's topic; the one before's is remembered, since it is nearly always the same. */
    @SuppressWarnings("StringEquality")
    private Topic context(String contextTopic) {
        refuseIf(contextTopic.isEmpty(), MalformedFrame.NO_TOPIC);
        if (lastContext.name() != contextTopic && !lastContext.name().equals(contextTopic)) {
            refuseIf(!Topic.isValid(contextTopic), BAD_TOPIC);
            lastContext = new Topic(contextTopic);
        }
        return lastContext;
    }

    private Topic topic(ByteBuffer body, int at, int length) {
        Optional<ReadText> text = texts.read(body, at, length);
        refuseIf(text.isEmpty() || text.get().topic.isEmpty(), BAD_TOPIC);
        return text.get().topic.get();
    }

    private void fields(ByteBuffer body, int start, int end, EventBuilder event) {
        int previousTag = 0;
        String previousAttribute = "";
        int attributes = 0;
        int at = start;
        while (at < end) {
            refuseIf(end - at < Field.HEADER_BYTES, BAD_FIELD_LENGTH);
            int tag = body.get(at) & 0xff;
            int length = body.getShort(at + 1) & 0xffff;
            at += Field.HEADER_BYTES;
            refuseIf(length > end - at, BAD_FIELD_LENGTH);
            refuseIf(tag < previousTag || (tag == previousTag && tag != Field.ATTRIBUTE), FIELD_ORDER);
            previousTag = tag;
            if (tag == Field.ATTRIBUTE) {
                refuseIf(++attributes > Event.MAX_ATTRIBUTES, BAD_ATTRIBUTE);
                previousAttribute = attribute(body, at, length, previousAttribute, event);
            } else {
                field(tag, body, at, length, event);
            }
            at += length;
        }
    }

    private void field(int tag, ByteBuffer body, int at, int length, EventBuilder event) {
        switch (tag) {
            case Field.ID -> event.id(someText(body, at, length));
            case Field.SOURCE -> {
                AttributeValue.Text source = someText(body, at, length);
                refuseIf(source.value().equals(Event.DEFAULT_SOURCE), FIELD_ORDER);
                event.source(source);
            }
            case Field.SUBJECT -> event.subject(someText(body, at, length));
            case Field.CONTENT_TYPE -> event.contentType(someText(body, at, length));
            case Field.TIME -> {
                refuseIf(length != Field.TIME_BYTES, BAD_FIELD_LENGTH);
                requireMoment(body, at, BAD_TIME);
                event.time(body.getLong(at), body.getInt(at + Long.BYTES));
            }
            case Field.TTL -> {
                refuseIf(length != Long.BYTES, BAD_FIELD_LENGTH);
                long nanos = body.getLong(at);
                refuseIf(nanos <= 0, BAD_TTL);
                event.ttl(Duration.ofNanos(nanos));
            }
            default -> throw refusal(UNKNOWN_FIELD);
        }
    }

    private AttributeValue.Text someText(ByteBuffer body, int at, int length) {
        refuseIf(length == 0, BAD_TEXT);
        return text(body, at, length, BAD_TEXT);
    }

    /** Reads a text that an event may hold. */
    private AttributeValue.Text text(ByteBuffer body, int at, int length, MalformedFrame ifBad) {
        refuseIf(length > Event.MAX_TEXT_BYTES, ifBad);
        Optional<ReadText> text = texts.read(body, at, length);
        refuseIf(text.isEmpty() || text.get().allowed.isEmpty(), ifBad);
        return text.get().allowed.get();
    }

    private static void requireMoment(ByteBuffer body, int at, MalformedFrame ifBad) {
        long seconds = body.getLong(at);
        int nanos = body.getInt(at + Long.BYTES);
        refuseIf(seconds < FIRST_SECOND || seconds > LAST_SECOND || nanos < 0 || nanos > 999_999_999, ifBad);
    }

    /** Reads one attribute and returns its name. */
    private String attribute(ByteBuffer body, int at, int length, String previous, EventBuilder event) {
        refuseIf(length < 2, BAD_ATTRIBUTE);
        int nameLength = body.get(at) & 0xff;
        refuseIf(nameLength > Event.MAX_ATTRIBUTE_NAME_LENGTH || nameLength > length - 2, BAD_ATTRIBUTE);
        String name = text(body, at + 1, nameLength, BAD_ATTRIBUTE).value();
        refuseIf(!Event.isAttributeName(name), BAD_ATTRIBUTE);
        refuseIf(name.compareTo(previous) <= 0, FIELD_ORDER);
        int typeAt = at + 1 + nameLength;
        event.attribute(name, attributeValue(body.get(typeAt), body, typeAt + 1, length - nameLength - 2));
        return name;
    }

    private AttributeValue attributeValue(int type, ByteBuffer body, int at, int length) {
        switch (type) {
            case Field.BOOL -> {
                refuseIf(length != 1, BAD_ATTRIBUTE);
                byte value = body.get(at);
                refuseIf(value != 0 && value != 1, BAD_ATTRIBUTE);
                return new AttributeValue.Bool(value == 1);
            }
            case Field.INT -> {
                refuseIf(length != Integer.BYTES, BAD_ATTRIBUTE);
                return new AttributeValue.Int(body.getInt(at));
            }
            case Field.TEXT -> {
                return text(body, at, length, BAD_ATTRIBUTE);
            }
            case Field.BINARY -> {
                refuseIf(length > Event.MAX_TEXT_BYTES / 2, BAD_ATTRIBUTE);
                byte[] bytes = new byte[length];
                body.get(at, bytes);
                return AttributeValue.Binary.of(bytes);
            }
            case Field.LINK, Field.LINK_REFERENCE -> {
                return link(type, text(body, at, length, BAD_ATTRIBUTE).value());
            }
            case Field.TIMESTAMP -> {
                refuseIf(length != Field.TIME_BYTES, BAD_ATTRIBUTE);
                requireMoment(body, at, BAD_ATTRIBUTE);
                return new AttributeValue.Timestamp(Instant.ofEpochSecond(body.getLong(at), body.getInt(at + Long.BYTES)));
            }
            default -> throw refusal(BAD_ATTRIBUTE);
        }
    }

    private static AttributeValue link(int type, String text) {
        try {
            return type == Field.LINK ? new AttributeValue.Link(text) : new AttributeValue.LinkReference(text);
        } catch (ConfigException e) {
            throw refusal(BAD_ATTRIBUTE);
        }
    }

    private static void refuseIf(boolean condition, MalformedFrame reason) {
        if (condition) {
            throw refusal(reason);
        }
    }

    private static Refusal refusal(MalformedFrame reason) {
        return Refusal.BY_REASON[reason.ordinal()];
    }
}
