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
    static final SortedMap<String, AttributeValue> NO_ATTRIBUTES = Collections.emptySortedMap();
    private static final int FIXED_SIZE = 16;
    static final String NONE = "";
    static final int NO_TIME = -1;

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

    Event(EventBuilder builder) {
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
    public static EventBuilder builder(String topic) {
        return new EventBuilder(topic);
    }

    /** Starts an event on a topic that has been checked before. */
    public static EventBuilder builder(Topic topic) {
        return new EventBuilder(topic);
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
    public EventBuilder toBuilder() {
        EventBuilder builder = new EventBuilder(topic);
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
