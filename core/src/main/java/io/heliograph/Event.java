package io.heliograph;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Something that happened: a topic, data, and the context attributes of CloudEvents 1.0.
 *
 * <p>Immutable, thread-safe, and equal by content. A topic is the CloudEvents {@code type}; {@link #data} is handed out
 * as a read-only view of bytes that never change.
 */
public final class Event {

    /** The source of an event whose publisher names none. */
    public static final String DEFAULT_SOURCE = "heliograph";

    /** The longest name of an extension attribute. */
    public static final int MAX_ATTRIBUTE_NAME_LENGTH = 20;

    /** The most UTF-8 bytes that id, source, subject, content type or a text attribute may take. */
    public static final int MAX_TEXT_BYTES = 8192;

    /** The most extension attributes on one event. */
    public static final int MAX_ATTRIBUTES = 64;

    /** The attribute that names an event's key, from the CloudEvents partitioning extension. */
    public static final String PARTITION_KEY = "partitionkey";

    private static final Set<String> CONTEXT_NAMES = Set.of(
            "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data", "ttl");
    private static final SortedMap<String, AttributeValue> NO_ATTRIBUTES = Collections.emptySortedMap();
    private static final int FIXED_SIZE = 16;
    private static final String NONE = "";
    private static final int NO_TIME = -1;

    private final String topic;
    private final byte[] data;
    private final String source;
    // Texts that may be absent are kept as NONE, which none of them can be: an Optional each would cost 16 B an event.
    private final String contentType;
    private final String subject;
    private final String id;
    /** The moment's two parts; the second is NO_TIME where there is no moment. */
    private final long timeSeconds;
    private final int timeNanos;
    private final Optional<Duration> ttl;
    private final SortedMap<String, AttributeValue> attributes;
    private final int size;

    private Event(Builder builder) {
        topic = builder.topic;
        data = builder.data;
        source = builder.source;
        contentType = builder.contentType;
        subject = builder.subject;
        id = builder.id;
        timeSeconds = builder.timeSeconds;
        timeNanos = builder.timeNanos;
        ttl = builder.ttl;
        attributes = builder.attributes == NO_ATTRIBUTES
                ? NO_ATTRIBUTES
                : Collections.unmodifiableSortedMap(new TreeMap<>(builder.attributes));
        size = measure();
    }

    /** An event that carries text, content type {@code text/plain}. */
    public static Event of(String topic, String text) {
        return builder(topic).data(text.getBytes(StandardCharsets.UTF_8), "text/plain").build();
    }

    /** An event that carries bytes of no stated type, which are copied. */
    public static Event of(String topic, byte[] data) {
        return builder(topic).data(data).build();
    }

    /** An event that carries JSON text, content type {@code application/json}; the text is not checked. */
    public static Event json(String topic, String json) {
        return builder(topic).data(json.getBytes(StandardCharsets.UTF_8), "application/json").build();
    }

    /**
     * Starts an event.
     *
     * @throws ConfigException if {@code topic} is not a topic
     */
    public static Builder builder(String topic) {
        return new Builder(topic);
    }

    /** Starts an event on a topic that has been checked before. */
    public static Builder builder(Topic topic) {
        return new Builder(topic);
    }

    /** The topic. */
    public String topic() {
        return topic;
    }

    /** The data: a read-only view, positioned at its first byte. */
    public ByteBuffer data() {
        return ByteBuffer.wrap(data).asReadOnlyBuffer();
    }

    /** How many bytes of data there are. */
    public int dataLength() {
        return data.length;
    }

    /** The data as UTF-8 text; malformed bytes become replacement characters. */
    public String text() {
        return new String(data, StandardCharsets.UTF_8);
    }

    /** Copies the data to {@code target} at its position, and moves that; allocates nothing. */
    public void putData(ByteBuffer target) {
        target.put(data);
    }

    /** What made the event: a URI reference. */
    public String source() {
        return source;
    }

    /** The media type of the data. */
    public Optional<String> contentType() {
        return some(contentType);
    }

    /** What the event is about, within its source. */
    public Optional<String> subject() {
        return some(subject);
    }

    /** The id that the caller gave; without one, a delivery's position serves. */
    public Optional<String> id() {
        return some(id);
    }

    /** When it occurred, if its publisher said so. */
    public Optional<Instant> time() {
        return timeNanos == NO_TIME ? Optional.empty() : Optional.of(Instant.ofEpochSecond(timeSeconds, timeNanos));
    }

    /** Whether its publisher said when it occurred. */
    public boolean hasTime() {
        return timeNanos != NO_TIME;
    }

    /** The seconds since 1970 of when it occurred; 0 if that is not known. Allocates nothing, unlike {@link #time}. */
    public long timeSeconds() {
        return timeSeconds;
    }

    /** The nanoseconds behind {@link #timeSeconds}, 0 to 999,999,999; -1 if that is not known. */
    public int timeNanos() {
        return timeNanos;
    }

    /**
     * How long it may wait in backlogs before it is worthless. Each side counts only the time that it spends waiting
     * there, so clocks need not agree.
     */
    public Optional<Duration> ttl() {
        return ttl;
    }

    /** The extension attributes, by name, unmodifiable. */
    public SortedMap<String, AttributeValue> attributes() {
        return attributes;
    }

    /** What conflation, ordering and key shares go by: attribute {@code partitionkey}, else the subject, else none. */
    public Optional<String> key() {
        AttributeValue partition = attributes.get(PARTITION_KEY);
        return partition == null ? subject() : Optional.of(partition.canonical());
    }

    /**
     * What the event counts for in a {@link io.heliograph.flow.Limit}: its data, its text at one byte a character, and
     * {@value #FIXED_SIZE}; in bytes.
     */
    public int size() {
        return size;
    }

    /** A builder that holds everything this event holds. */
    public Builder toBuilder() {
        Builder builder = new Builder(topic);
        builder.data = data;
        builder.source = source;
        builder.contentType = contentType;
        builder.subject = subject;
        builder.id = id;
        builder.timeSeconds = timeSeconds;
        builder.timeNanos = timeNanos;
        builder.ttl = ttl;
        builder.attributes = attributes.isEmpty() ? NO_ATTRIBUTES : new TreeMap<>(attributes);
        return builder;
    }

    private static Optional<String> some(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private int measure() {
        long sum = (long) FIXED_SIZE + topic.length() + data.length
                + (source.equals(DEFAULT_SOURCE) ? 0 : source.length())
                + contentType.length() + subject.length() + id.length();
        if (attributes == NO_ATTRIBUTES) {
            return (int) Math.min(sum, Integer.MAX_VALUE);
        }
        for (var attribute : attributes.entrySet()) {
            sum += attribute.getKey().length() + attribute.getValue().canonical().length();
        }
        return (int) Math.min(sum, Integer.MAX_VALUE);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Event that
                && topic.equals(that.topic)
                && Arrays.equals(data, that.data)
                && source.equals(that.source)
                && contentType.equals(that.contentType)
                && subject.equals(that.subject)
                && id.equals(that.id)
                && timeSeconds == that.timeSeconds
                && timeNanos == that.timeNanos
                && ttl.equals(that.ttl)
                && attributes.equals(that.attributes);
    }

    @Override
    public int hashCode() {
        return Objects.hash(topic, Arrays.hashCode(data), subject, id, timeSeconds, timeNanos, attributes);
    }

    /** Topic, id, subject and the size of the data; never the data itself. */
    @Override
    public String toString() {
        return "Event[" + topic + id().map(i -> ", id " + i).orElse("") + subject().map(s -> ", subject " + s).orElse("")
                + ", " + data.length + " bytes]";
    }

    /** Builds one event. Not thread-safe. Every method throws {@link ConfigException} for a value that is not allowed. */
    public static final class Builder {

        private static final byte[] NO_DATA = {};

        private String topic;
        private byte[] data = NO_DATA;
        private String source = DEFAULT_SOURCE;
        private String contentType = NONE;
        private String subject = NONE;
        private String id = NONE;
        private long timeSeconds;
        private int timeNanos = NO_TIME;
        private Optional<Duration> ttl = Optional.empty();
        private SortedMap<String, AttributeValue> attributes = NO_ATTRIBUTES;

        private Builder(String topic) {
            this.topic = Topic.require(topic);
        }

        private Builder(Topic topic) {
            this.topic = topic.name();
        }

        /** Starts over on another topic, as a fresh builder would: nothing else is kept. */
        public Builder startOver(Topic another) {
            topic = another.name();
            data = NO_DATA;
            source = DEFAULT_SOURCE;
            contentType = NONE;
            subject = NONE;
            id = NONE;
            timeSeconds = 0;
            timeNanos = NO_TIME;
            ttl = Optional.empty();
            attributes = NO_ATTRIBUTES;
            return this;
        }

        /** Data of no stated type; copied. */
        public Builder data(byte[] bytes) {
            this.data = bytes.clone();
            this.contentType = NONE;
            return this;
        }

        /** Data of a media type; copied. */
        public Builder data(byte[] bytes, String mediaType) {
            this.contentType = requireText("datacontenttype", mediaType);
            this.data = bytes.clone();
            return this;
        }

        /** The remaining bytes of {@code buffer}, which are copied; its position stays. The content type stays too. */
        public Builder dataFrom(ByteBuffer buffer) {
            byte[] copy = new byte[buffer.remaining()];
            buffer.get(buffer.position(), copy);
            this.data = copy;
            return this;
        }

        /** The media type of the data. */
        public Builder contentType(String mediaType) {
            this.contentType = requireText("datacontenttype", mediaType);
            return this;
        }

        /** The media type of the data, its characters checked before. */
        public Builder contentType(AttributeValue.Text mediaType) {
            this.contentType = requireLength("datacontenttype", mediaType);
            return this;
        }

        /** What made the event, a URI reference; {@value Event#DEFAULT_SOURCE} if not given. */
        public Builder source(String uriReference) {
            this.source = requireText("source", uriReference);
            return this;
        }

        /** What made the event, its characters checked before. */
        public Builder source(AttributeValue.Text uriReference) {
            this.source = requireLength("source", uriReference);
            return this;
        }

        /** What the event is about. */
        public Builder subject(String text) {
            this.subject = requireText("subject", text);
            return this;
        }

        /** What the event is about, its characters checked before. */
        public Builder subject(AttributeValue.Text text) {
            this.subject = requireLength("subject", text);
            return this;
        }

        /** An explicit id, unique within the source. */
        public Builder id(String text) {
            this.id = requireText("id", text);
            return this;
        }

        /** An explicit id, its characters checked before. */
        public Builder id(AttributeValue.Text text) {
            this.id = requireLength("id", text);
            return this;
        }

        /** When it occurred. */
        public Builder time(Instant occurred) {
            return time(occurred.getEpochSecond(), occurred.getNano());
        }

        /** When it occurred: seconds since 1970 within {@link Instant}'s range, and 0 to 999,999,999 nanoseconds. */
        public Builder time(long epochSecond, int nano) {
            if (epochSecond < Instant.MIN.getEpochSecond() || epochSecond > Instant.MAX.getEpochSecond()
                    || nano < 0 || nano > 999_999_999) {
                throw new ConfigException("time", epochSecond + "s " + nano + "ns", "a moment that Instant can hold");
            }
            this.timeSeconds = epochSecond;
            this.timeNanos = nano;
            return this;
        }

        /** How long it may wait; 1 ns to 292 years. */
        public Builder ttl(Duration timeToLive) {
            boolean fits = timeToLive.isPositive() && timeToLive.compareTo(Duration.ofNanos(Long.MAX_VALUE)) <= 0;
            if (!fits) {
                throw new ConfigException("ttl", timeToLive, "a duration from 1 ns to 292 years");
            }
            this.ttl = Optional.of(timeToLive);
            return this;
        }

        /** An extension attribute: lower-case ASCII letters and digits, at most 20. */
        public Builder attribute(String name, AttributeValue value) {
            if (!isAttributeName(name)) {
                throw new ConfigException("attribute name", name, "1 to " + MAX_ATTRIBUTE_NAME_LENGTH
                        + " lower-case ASCII letters and digits, and none of CloudEvents' own names");
            }
            switch (value) {
                case AttributeValue.Text(String text) -> requireLength(name, text);
                case AttributeValue.Link(String text) -> requireLength(name, text);
                case AttributeValue.LinkReference(String text) -> requireLength(name, text);
                case AttributeValue.Binary(String hex) -> requireLength(name, hex);
                case AttributeValue.Bool is -> { }
                case AttributeValue.Int number -> { }
                case AttributeValue.Timestamp time -> { }
            }
            if (attributes.isEmpty()) {
                attributes = new TreeMap<>();
            }
            attributes.put(name, value);
            if (attributes.size() > MAX_ATTRIBUTES) {
                throw new ConfigException("attributes", attributes.size(), "at most " + MAX_ATTRIBUTES);
            }
            return this;
        }

        /** A text attribute. */
        public Builder attribute(String name, String text) {
            return attribute(name, new AttributeValue.Text(text));
        }

        /** The finished event. */
        public Event build() {
            return new Event(this);
        }

        private static String requireText(String what, String text) {
            return AttributeValue.requireText(what, requireSome(what, text));
        }

        private static String requireLength(String what, AttributeValue.Text text) {
            return requireSome(what, text.value());
        }

        private static String requireSome(String what, String text) {
            if (text.isEmpty()) {
                throw new ConfigException(what, text, "text of at least one character");
            }
            requireLength(what, text);
            return text;
        }

        private static void requireLength(String what, String text) {
            boolean surelyFits = text.length() <= MAX_TEXT_BYTES / 3;
            if (!surelyFits && text.getBytes(StandardCharsets.UTF_8).length > MAX_TEXT_BYTES) {
                throw new ConfigException(what, text, "at most " + MAX_TEXT_BYTES + " bytes of UTF-8");
            }
        }
    }

    /** Whether {@code name} may name an extension attribute. */
    public static boolean isAttributeName(String name) {
        boolean named = !name.isEmpty() && name.length() <= MAX_ATTRIBUTE_NAME_LENGTH && !CONTEXT_NAMES.contains(name);
        for (int i = 0; i < name.length() && named; i++) {
            char c = name.charAt(i);
            named = c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
        }
        return named;
    }
}
