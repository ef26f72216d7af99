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

    private final TextReader texts = new TextReader();
    private Topic lastContext = new Topic("none");
    private final EventBuilder builder = Event.builder(lastContext);
    /** What the frame is if the event refuses the value that it is given next. */
    private MalformedFrame ifNotAllowed = BAD_TEXT;

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
            refuseIf(!FrameKind.isKnown(kind), MalformedFrame.UNKNOWN_KIND);
            return new DecodedEvent(FrameKind.of(kind) == FrameKind.FULL
                    ? full(source, contextTopic)
                    : compact(FrameKind.of(kind), source, contextTopic));
        } catch (Refusal refusal) {
            return refusal.reason;
        } catch (ConfigException e) {
            return ifNotAllowed;
        } finally {
            source.limit(limit);
            source.position(end);
        }
    }

    private Event compact(FrameKind kind, ByteBuffer body, String contextTopic) {
        builder.startOver(context(contextTopic)).dataFrom(body);
        if (kind.contentType.isPresent()) {
            builder.contentType(kind.contentType.get());
        }
        return builder.build();
    }

    private Event full(ByteBuffer body, String contextTopic) {
        refuseIf(!body.hasRemaining(), BAD_TOPIC);
        int topicLength = body.get() & 0xff;
        refuseIf(topicLength > body.remaining(), BAD_TOPIC);
        Topic topic = topicLength == 0 ? context(contextTopic) : topic(body, topicLength);
        refuseIf(topicLength != 0 && topic.name().equals(contextTopic), BAD_TOPIC);
        builder.startOver(topic);
        refuseIf(body.remaining() < 2, BAD_FIELD_LENGTH);
        int fieldsLength = body.getShort() & 0xffff;
        refuseIf(fieldsLength > body.remaining(), BAD_FIELD_LENGTH);
        fields(body, body.position() + fieldsLength);
        Event decoded = builder.dataFrom(body).build();
        // What could have been compact is never full: the same event has one form only.
        refuseIf(topicLength == 0 && FrameEncoder.kind(decoded, contextTopic) != FrameKind.FULL, FIELD_ORDER);
        return decoded;
    }

    /** The context's topic; the one before's is remembered, since it is nearly always the same. */
    @SuppressWarnings("StringEquality")
    private Topic context(String contextTopic) {
        refuseIf(contextTopic.isEmpty(), MalformedFrame.NO_TOPIC);
        if (lastContext.name() != contextTopic && !lastContext.name().equals(contextTopic)) {
            ifNotAllowed = BAD_TOPIC;
            lastContext = new Topic(contextTopic);
        }
        return lastContext;
    }

    private Topic topic(ByteBuffer body, int length) {
        Optional<ReadText> text = texts.read(body, length);
        refuseIf(text.isEmpty() || text.get().topic.isEmpty(), BAD_TOPIC);
        return text.get().topic.get();
    }

    private void fields(ByteBuffer body, int end) {
        int previousTag = 0;
        String previousAttribute = "";
        int attributes = 0;
        while (body.position() < end) {
            refuseIf(end - body.position() < Field.HEADER_BYTES, BAD_FIELD_LENGTH);
            int tag = body.get() & 0xff;
            int length = body.getShort() & 0xffff;
            refuseIf(length > end - body.position(), BAD_FIELD_LENGTH);
            refuseIf(tag < previousTag || tag == previousTag && tag != Field.ATTRIBUTE, FIELD_ORDER);
            previousTag = tag;
            if (tag == Field.ATTRIBUTE) {
                refuseIf(++attributes > Event.MAX_ATTRIBUTES, BAD_ATTRIBUTE);
                previousAttribute = attribute(body, length, previousAttribute);
            } else {
                field(tag, body, length);
            }
        }
    }

    private void field(int tag, ByteBuffer body, int length) {
        ifNotAllowed = BAD_TEXT;
        switch (tag) {
            case Field.ID -> builder.id(text(body, length, BAD_TEXT));
            case Field.SOURCE -> {
                AttributeValue.Text source = text(body, length, BAD_TEXT);
                refuseIf(source.value().equals(Event.DEFAULT_SOURCE), FIELD_ORDER);
                builder.source(source);
            }
            case Field.SUBJECT -> builder.subject(text(body, length, BAD_TEXT));
            case Field.CONTENT_TYPE -> builder.contentType(text(body, length, BAD_TEXT));
            case Field.TIME -> {
                refuseIf(length != Field.TIME_BYTES, BAD_FIELD_LENGTH);
                ifNotAllowed = BAD_TIME;
                builder.time(body.getLong(), body.getInt());
            }
            case Field.TTL -> {
                refuseIf(length != Long.BYTES, BAD_FIELD_LENGTH);
                long nanos = body.getLong();
                refuseIf(nanos <= 0, BAD_TTL);
                builder.ttl(Duration.ofNanos(nanos));
            }
            default -> throw refusal(UNKNOWN_FIELD);
        }
    }

    /** Reads a text that an event may hold. */
    private AttributeValue.Text text(ByteBuffer body, int length, MalformedFrame ifBad) {
        refuseIf(length > Event.MAX_TEXT_BYTES, ifBad);
        Optional<ReadText> text = texts.read(body, length);
        refuseIf(text.isEmpty() || text.get().allowed.isEmpty(), ifBad);
        return text.get().allowed.get();
    }

    private static Instant time(ByteBuffer body) {
        long seconds = body.getLong();
        int nanos = body.getInt();
        refuseIf(seconds < Instant.MIN.getEpochSecond() || seconds > Instant.MAX.getEpochSecond()
                || nanos < 0 || nanos >= 1_000_000_000, BAD_ATTRIBUTE);
        return Instant.ofEpochSecond(seconds, nanos);
    }

    /** Reads one attribute and returns its name. */
    private String attribute(ByteBuffer body, int length, String previous) {
        refuseIf(length < 2, BAD_ATTRIBUTE);
        int nameLength = body.get() & 0xff;
        refuseIf(nameLength > Event.MAX_ATTRIBUTE_NAME_LENGTH || nameLength > length - 2, BAD_ATTRIBUTE);
        String name = text(body, nameLength, BAD_ATTRIBUTE).value();
        refuseIf(!Event.isAttributeName(name), BAD_ATTRIBUTE);
        refuseIf(name.compareTo(previous) <= 0, FIELD_ORDER);
        ifNotAllowed = BAD_ATTRIBUTE;
        builder.attribute(name, attributeValue(body.get(), body, length - nameLength - 2));
        return name;
    }

    private AttributeValue attributeValue(int type, ByteBuffer body, int length) {
        switch (type) {
            case Field.BOOL -> {
                refuseIf(length != 1, BAD_ATTRIBUTE);
                byte value = body.get();
                refuseIf(value != 0 && value != 1, BAD_ATTRIBUTE);
                return new AttributeValue.Bool(value == 1);
            }
            case Field.INT -> {
                refuseIf(length != Integer.BYTES, BAD_ATTRIBUTE);
                return new AttributeValue.Int(body.getInt());
            }
            case Field.TEXT -> {
                return text(body, length, BAD_ATTRIBUTE);
            }
            case Field.BINARY -> {
                refuseIf(length > Event.MAX_TEXT_BYTES / 2, BAD_ATTRIBUTE);
                byte[] bytes = new byte[length];
                body.get(bytes);
                return AttributeValue.Binary.of(bytes);
            }
            case Field.LINK -> {
                return new AttributeValue.Link(text(body, length, BAD_ATTRIBUTE).value());
            }
            case Field.LINK_REFERENCE -> {
                return new AttributeValue.LinkReference(text(body, length, BAD_ATTRIBUTE).value());
            }
            case Field.TIMESTAMP -> {
                refuseIf(length != Field.TIME_BYTES, BAD_ATTRIBUTE);
                return new AttributeValue.Timestamp(time(body));
            }
            default -> throw refusal(BAD_ATTRIBUTE);
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
