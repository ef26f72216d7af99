package io.heliograph.alert;

import io.heliograph.AttributeValue;
import io.heliograph.Event;
import io.heliograph.search.Highlight;
import io.heliograph.search.Match;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Alerts as events. The same match gives the same id in every life of the process, so that what is done twice is one alert. Stateless.
 */
final class AlertEvents {

    static final String TOPIC = "heliograph.alert";
    /** The attribute that counts how many alerts have led to an event. */
    static final String HOPS = "alerthops";

    static final String NO_DETAILS = "\"clauses\":[],\"highlights\":[]";

    private static final String SOURCE = "/searches/";
    private static final JsonFactory JSON = new JsonFactory();
    private static final int MOST_CLAUSES = 100;
    private static final int MOST_HIGHLIGHTED = 16 << 10;

    private AlertEvents() {
    }

    /** SHA-256 of what made the alert, in hexadecimal. */
    static String id(String search, String source, String eventId) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (String part : List.of(search, source, eventId)) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                digest.update(new byte[] {(byte) (bytes.length >> 24), (byte) (bytes.length >> 16), (byte) (bytes.length >> 8),
                    (byte) bytes.length});
                digest.update(bytes);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /**
     * The event of an alert.
     *
     * @param event   the JSON of the event that it is about, if it is about one
     * @param details more members of the data
     */
    static Event event(String search, String id, long atMs, int hops, Optional<String> event, String details) {
        var data = new StringBuilder("{\"search\":\"").append(search).append('"');
        event.ifPresent(json -> data.append(",\"event\":").append(json));
        if (!details.isEmpty()) {
            data.append(',').append(details);
        }
        data.append('}');
        return Event.builder(TOPIC).id(id).source(SOURCE + search).subject(search).time(Instant.ofEpochMilli(atMs))
                .attribute(HOPS, new AttributeValue.Int(hops))
                .data(data.toString().getBytes(StandardCharsets.UTF_8), "application/json").build();
    }

    /** The members that tell what matched, without braces. */
    static String details(Match match) {
        var text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeArrayPropertyStart("clauses");
            match.clauses().stream().limit(MOST_CLAUSES).forEach(json::writeString);
            json.writeEndArray();
            json.writeArrayPropertyStart("highlights");
            highlights(json, match.highlights());
            json.writeEndArray();
            json.writeEndObject();
        }
        return text.getBuffer().substring(1, text.getBuffer().length() - 1);
    }

    private static void highlights(JsonGenerator json, List<Highlight> highlights) {
        int length = 0;
        for (Highlight highlight : highlights) {
            length += highlight.text().length();
            if (length > MOST_HIGHLIGHTED) {
                return;
            }
            json.writeStartObject();
            json.writeStringProperty("field", highlight.field());
            json.writeStringProperty("text", highlight.text());
            json.writeArrayPropertyStart("spans");
            for (Highlight.Span span : highlight.spans()) {
                json.writeStartArray();
                json.writeNumber(span.from());
                json.writeNumber(span.to());
                json.writeEndArray();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }
}
