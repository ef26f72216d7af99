package io.heliograph.cloudevents;

import io.heliograph.AttributeValue;
import io.heliograph.Delivery;
import io.heliograph.Event;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Events in the JSON format of CloudEvents 1.0.2, each one compact object. {@link #read} is the other way.
 *
 * <p>Stateless and thread-safe. Data goes out as it is: JSON data verbatim as {@code data}, other text as a string, and
 * whatever is neither as {@code data_base64}; so the bytes that {@link #read} gives back are the bytes that went in. The
 * time to live is the extension attribute {@code ttl}, an ISO 8601 duration.
 */
public final class CloudEventJson {

    /** The names that {@link #write(Delivery)} adds. */
    private static final String SEQUENCE = "sequence";
    private static final String SENT_TIME = "senttime";
    private static final String RECEIVED_TIME = "receivedtime";

    private static final JsonFactory JSON = new JsonFactory();

    private CloudEventJson() {
    }

    /**
     * Writes an event.
     *
     * @param id the id of an event that has none of its own
     */
    public static String write(Event event, String id) {
        return write(event, event.id().orElse(id), Optional.empty(), Map.of());
    }

    /**
     * Writes an event as it was delivered: its id and time, the attributes {@code sequence} (its position's number),
     * {@code senttime} and {@code receivedtime}. These take the place of attributes of the same name.
     */
    public static String write(Delivery delivery) {
        var added = new LinkedHashMap<String, String>();
        added.put(SEQUENCE, Long.toString(delivery.position().sequence()));
        added.put(SENT_TIME, delivery.sentAt().toString());
        added.put(RECEIVED_TIME, delivery.receivedAt().toString());
        return write(delivery.event(), delivery.id(), Optional.of(delivery.occurredAt().toString()), added);
    }

    /**
     * Writes an event as it was delivered, like {@link #write(Delivery)}, on one line: line breaks between the tokens of
     * JSON data, which alone can be there, become spaces.
     */
    public static String writeLine(Delivery delivery) {
        return write(delivery).replace('\n', ' ').replace('\r', ' ');
    }

    /**
     * Reads one event from UTF-8 bytes, which must hold nothing else.
     *
     * @throws CloudEventException naming what is wrong and where
     */
    public static Event read(byte[] utf8) {
        StrictUtf8.requireUtf8(utf8);
        return new CloudEventReader(utf8).read();
    }

    /**
     * Reads one event from text, which must hold nothing else.
     *
     * @throws CloudEventException naming what is wrong and where
     */
    public static Event read(String json) {
        return new CloudEventReader(StrictUtf8.encode("", json)).read();
    }

    private static String write(Event event, String id, Optional<String> time, Map<String, String> added) {
        var text = new StringWriter(256 + event.size());
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeStringProperty("specversion", "1.0");
            json.writeStringProperty("id", id);
            json.writeStringProperty("source", event.source());
            json.writeStringProperty("type", event.topic());
            event.subject().ifPresent(subject -> json.writeStringProperty("subject", subject));
            event.time().map(Object::toString).or(() -> time).ifPresent(t -> json.writeStringProperty("time", t));
            event.contentType().ifPresent(type -> json.writeStringProperty("datacontenttype", type));
            event.ttl().ifPresent(ttl -> json.writeStringProperty("ttl", ttl.toString()));
            event.attributes().forEach((name, value) -> {
                if (!added.containsKey(name)) {
                    writeAttribute(json, name, value);
                }
            });
            added.forEach(json::writeStringProperty);
            writeData(json, event);
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void writeAttribute(JsonGenerator json, String name, AttributeValue value) {
        switch (value) {
            case AttributeValue.Bool(boolean is) -> json.writeBooleanProperty(name, is);
            case AttributeValue.Int(int number) -> json.writeNumberProperty(name, number);
            default -> json.writeStringProperty(name, value.canonical());
        }
    }

    private static void writeData(JsonGenerator json, Event event) {
        if (event.dataLength() == 0) {
            return;
        }
        ByteBuffer data = event.data();
        Optional<String> text = event.contentType().flatMap(type -> StrictUtf8.decode(data.duplicate()));
        boolean isJson = event.contentType().filter(MediaTypes::isJson).isPresent();
        if (text.isPresent() && isJson && JsonText.isOneValue(text.get())) {
            json.writeName("data");
            json.writeRawValue(text.get());
        } else if (text.isPresent() && !isJson && MediaTypes.isText(event.contentType().get())) {
            json.writeStringProperty("data", text.get());
        } else {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            json.writeName("data_base64");
            json.writeBinary(bytes);
        }
    }
}
