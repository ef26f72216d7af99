package io.heliograph.udp;

import io.heliograph.AttributeValue;
import io.heliograph.Event;
import io.heliograph.Session;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Events of every kind, and what {@code decode.py} prints of them. Stateless. */
final class PythonEvents {

    private PythonEvents() {
    }

    /** An event with any of the fields that events may have, mostly on {@code topic}. */
    static Event event(String topic, Random random) {
        var event = Event.builder(random.nextInt(3) == 0 ? "other.topic-" + random.nextInt(5) : topic);
        byte[] data = new byte[random.nextInt(60)];
        random.nextBytes(data);
        event.data(data);
        if (random.nextBoolean()) {
            event.contentType(List.of("text/plain", "application/json", "x/y").get(random.nextInt(3)));
        }
        if (random.nextInt(4) == 0) {
            event.id("id-" + random.nextInt()).subject("\u03b1\u00e9\ud83d\ude00" + random.nextInt()).source("urn:a:" + random.nextInt(9));
        }
        if (random.nextInt(4) == 0) {
            event.time(Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000)))
                    .ttl(Duration.ofHours(1).plusNanos(random.nextInt(Integer.MAX_VALUE)));
        }
        if (random.nextInt(4) == 0) {
            event.attribute("flag", new AttributeValue.Bool(random.nextBoolean()))
                    .attribute("number", new AttributeValue.Int(random.nextInt()))
                    .attribute("note", "n" + random.nextInt(9))
                    .attribute("bytes", AttributeValue.Binary.of(data))
                    .attribute("link", AttributeValue.Link.of(URI.create("https://example.org/" + random.nextInt(9))))
                    .attribute("ref", AttributeValue.LinkReference.of(URI.create("../" + random.nextInt(9))))
                    .attribute("seen", new AttributeValue.Timestamp(Instant.ofEpochSecond(-5, 7)));
        }
        return event.build();
    }

    /** The fields of the line that tells of an event. */
    static Map<String, Object> printed(long session, long sequence, long sentEpochNanos, Event event) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("session", Session.format(session));
        fields.put("sequence", sequence);
        fields.put("sent", sentEpochNanos);
        fields.put("topic", event.topic());
        fields.put("data", base64(event.data()));
        event.contentType().ifPresent(text -> fields.put("contenttype", text));
        event.id().ifPresent(text -> fields.put("id", text));
        event.subject().ifPresent(text -> fields.put("subject", text));
        if (!event.source().equals(Event.DEFAULT_SOURCE)) {
            fields.put("source", event.source());
        }
        event.time().ifPresent(time -> fields.put("time", moment(time)));
        event.ttl().ifPresent(ttl -> fields.put("ttl_ns", ttl.toNanos()));
        if (!event.attributes().isEmpty()) {
            var attributes = new LinkedHashMap<String, Object>();
            event.attributes().forEach((name, value) -> attributes.put(name, printed(value)));
            fields.put("attributes", attributes);
        }
        return fields;
    }

    private static Map<String, Object> printed(AttributeValue value) {
        return switch (value) {
            case AttributeValue.Bool bool -> Map.of("boolean", bool.value());
            case AttributeValue.Int number -> Map.of("integer", (long) number.value());
            case AttributeValue.Text text -> Map.of("string", text.value());
            case AttributeValue.Binary binary -> Map.of("binary", Base64.getEncoder().encodeToString(binary.bytes()));
            case AttributeValue.Link link -> Map.of("uri", link.canonical());
            case AttributeValue.LinkReference link -> Map.of("uri-reference", link.canonical());
            case AttributeValue.Timestamp time -> Map.of("timestamp", moment(time.value()));
        };
    }

    private static Map<String, Object> moment(Instant time) {
        return Map.of("seconds", time.getEpochSecond(), "nanos", (long) time.getNano());
    }

    private static String base64(ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }
}
