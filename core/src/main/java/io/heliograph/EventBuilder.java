package io.heliograph;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Builds one event. Not thread-safe. Every method throws {@link ConfigException} for a value that is not allowed. */
public final class EventBuilder {

    private static final byte[] NO_DATA = {};
    private static final long FIRST_SECOND = Instant.MIN.getEpochSecond();
    private static final long LAST_SECOND = Instant.MAX.getEpochSecond();

    final String topic;
    byte[] data = NO_DATA;
    String source = Event.DEFAULT_SOURCE;
    String contentType = Event.NONE;
    String subject = Event.NONE;
    String id = Event.NONE;
    long timeSeconds;
    int timeNanos = Event.NO_TIME;
    Optional<Duration> ttl = Optional.empty();
    SortedMap<String, AttributeValue> attributes = Event.NO_ATTRIBUTES;

    EventBuilder(String topic) {
        this.topic = Topic.require(topic);
    }

    EventBuilder(Topic topic) {
        this.topic = topic.name();
    }

    /** Data of no stated type; copied. */
    public EventBuilder data(byte[] bytes) {
        this.data = bytes.clone();
        this.contentType = Event.NONE;
        return this;
    }

    /** Data of a media type; copied. */
    public EventBuilder data(byte[] bytes, String mediaType) {
        this.contentType = requireText("datacontenttype", mediaType);
        this.data = bytes.clone();
        return this;
    }

    /** The remaining bytes of {@code buffer}, which are copied; its position stays. The content type stays too. */
    public EventBuilder dataFrom(ByteBuffer buffer) {
        byte[] copy = new byte[buffer.remaining()];
        buffer.get(buffer.position(), copy);
        this.data = copy;
        return this;
    }

    /** The media type of the data. */
    public EventBuilder contentType(String mediaType) {
        this.contentType = requireText("datacontenttype", mediaType);
        return this;
    }

    /** The media type of the data, its characters checked before. */
    public EventBuilder contentType(AttributeValue.Text mediaType) {
        this.contentType = requireLength("datacontenttype", mediaType);
        return this;
    }

    /** What made the event, a URI reference; {@value Event#DEFAULT_SOURCE} if not given. */
    public EventBuilder source(String uriReference) {
        this.source = requireText("source", uriReference);
        return this;
    }

    /** What made the event, its characters checked before. */
    public EventBuilder source(AttributeValue.Text uriReference) {
        this.source = requireLength("source", uriReference);
        return this;
    }

    /** What the event is about. */
    public EventBuilder subject(String text) {
        this.subject = requireText("subject", text);
        return this;
    }

    /** What the event is about, its characters checked before. */
    public EventBuilder subject(AttributeValue.Text text) {
        this.subject = requireLength("subject", text);
        return this;
    }

    /** An explicit id, unique within the source. */
    public EventBuilder id(String text) {
        this.id = requireText("id", text);
        return this;
    }

    /** An explicit id, its characters checked before. */
    public EventBuilder id(AttributeValue.Text text) {
        this.id = requireLength("id", text);
        return this;
    }

    /** When it occurred. */
    public EventBuilder time(Instant occurred) {
        return time(occurred.getEpochSecond(), occurred.getNano());
    }

    /** When it occurred: seconds since 1970 within {@link Instant}'s range, and 0 to 999,999,999 nanoseconds. */
    public EventBuilder time(long epochSecond, int nano) {
        if (epochSecond < FIRST_SECOND || epochSecond > LAST_SECOND
                || nano < 0 || nano > 999_999_999) {
            throw new ConfigException("time", epochSecond + "s " + nano + "ns", "a moment that Instant can hold");
        }
        this.timeSeconds = epochSecond;
        this.timeNanos = nano;
        return this;
    }

    /** How long it may wait; 1 ns to 292 years. */
    public EventBuilder ttl(Duration timeToLive) {
        boolean fits = timeToLive.isPositive() && timeToLive.compareTo(Duration.ofNanos(Long.MAX_VALUE)) <= 0;
        if (!fits) {
            throw new ConfigException("ttl", timeToLive, "a duration from 1 ns to 292 years");
        }
        this.ttl = Optional.of(timeToLive);
        return this;
    }

    /** An extension attribute: lower-case ASCII letters and digits, at most 20. */
    public EventBuilder attribute(String name, AttributeValue value) {
        if (!Event.isAttributeName(name)) {
            throw new ConfigException("attribute name", name, "1 to " + Event.MAX_ATTRIBUTE_NAME_LENGTH
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
        if (attributes.size() > Event.MAX_ATTRIBUTES) {
            throw new ConfigException("attributes", attributes.size(), "at most " + Event.MAX_ATTRIBUTES);
        }
        return this;
    }

    /** A text attribute. */
    public EventBuilder attribute(String name, String text) {
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
        boolean surelyFits = text.length() <= Event.MAX_TEXT_BYTES / 3;
        if (!surelyFits && text.getBytes(StandardCharsets.UTF_8).length > Event.MAX_TEXT_BYTES) {
            throw new ConfigException(what, text, "at most " + Event.MAX_TEXT_BYTES + " bytes of UTF-8");
        }
    }
}
