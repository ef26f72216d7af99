package io.heliograph.webhook;

import io.heliograph.AttributeValue;
import io.heliograph.ConfigException;
import io.heliograph.Event;
import io.heliograph.EventBuilder;
import io.heliograph.cloudevents.CloudEventException;
import io.heliograph.cloudevents.CloudEventJson;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Events in HTTP messages: the HTTP binding of CloudEvents 1.0.2, both ways. Stateless and thread-safe.
 *
 * <pre>
 * structured                                        binary
 * content-type: application/cloudevents+json        content-type: application/json
 *                                                   ce-specversion: 1.0
 * {"specversion":"1.0","id":"1",...,"data":{"a":1}}   ce-id: 1
 *                                                   ...
 *                                                   {"a":1}
 * </pre>
 *
 * <p>Either way the data is what the publisher gave, byte by byte: {@link CloudEventJson} says how it stands in JSON.
 */
public final class CloudEventHttp {

    /** The content type of one event in structured mode. */
    public static final String STRUCTURED_TYPE = "application/cloudevents+json";

    /** The content type of several events. */
    public static final String BATCH_TYPE = "application/cloudevents-batch+json";

    static final String CONTENT_TYPE = "content-type";
    static final String PREFIX = "ce-";
    private static final String UNTYPED = "application/octet-stream";
    private static final String UTF_8 = "; charset=utf-8";
    private static final List<HttpHeader> STRUCTURED_FIELDS = List.of(new HttpHeader(CONTENT_TYPE, STRUCTURED_TYPE + UTF_8));

    private CloudEventHttp() {
    }

    /**
     * Writes an event. One whose content type holds more than printable ASCII, which no HTTP field can carry, is written
     * structured whatever {@code mode} says.
     *
     * @param id the id of an event that has none of its own
     */
    public static HttpContent write(Event event, String id, ContentMode mode) {
        boolean fitsField = event.contentType().map(CloudEventHttp::isPrintable).orElse(true);
        return mode == ContentMode.BINARY && fitsField ? binary(event, id) : structured(event, id);
    }

    /**
     * Writes several events as one message, for a receiver that asked for that.
     *
     * @param ids for each event the id that it has if it has none of its own
     */
    public static HttpContent writeBatch(List<Event> events, List<String> ids) {
        var body = new StringBuilder("[");
        for (int i = 0; i < events.size(); i++) {
            body.append(i == 0 ? "" : ",").append(CloudEventJson.write(events.get(i), ids.get(i)));
        }
        return json(BATCH_TYPE, body.append(']').toString());
    }

    private static HttpContent structured(Event event, String id) {
        return structured(CloudEventJson.write(event, id).getBytes(StandardCharsets.UTF_8));
    }

    /** A message of one event that is written already; the bytes are not copied. */
    static HttpContent structured(byte[] json) {
        return new HttpContent(STRUCTURED_FIELDS, json);
    }

    private static HttpContent json(String type, String body) {
        return new HttpContent(List.of(new HttpHeader(CONTENT_TYPE, type + UTF_8)), body.getBytes(StandardCharsets.UTF_8));
    }

    private static HttpContent binary(Event event, String id) {
        var headers = new ArrayList<HttpHeader>();
        event.contentType().or(() -> Optional.of(UNTYPED).filter(type -> event.dataLength() > 0))
                .ifPresent(type -> headers.add(new HttpHeader(CONTENT_TYPE, type)));
        add(headers, "specversion", "1.0");
        add(headers, "id", event.id().orElse(id));
        add(headers, "source", event.source());
        add(headers, "type", event.topic());
        event.subject().ifPresent(subject -> add(headers, "subject", subject));
        event.time().ifPresent(time -> add(headers, "time", time.toString()));
        event.ttl().ifPresent(ttl -> add(headers, "ttl", ttl.toString()));
        event.attributes().forEach((name, value) -> add(headers, name, value.canonical()));
        byte[] body = new byte[event.dataLength()];
        event.data().get(body);
        return new HttpContent(headers, body);
    }

    private static void add(List<HttpHeader> headers, String name, String value) {
        headers.add(new HttpHeader(PREFIX + name, HeaderText.encode(value)));
    }

    /**
     * Reads one event, structured or binary, whichever the content type says.
     *
     * @param headers the message's fields, their names in any case
     * @param body    as it arrived
     * @throws CloudEventException naming what is wrong and where; a field is named like a member of the JSON form
     */
    public static Event read(Map<String, List<String>> headers, byte[] body) {
        Optional<String> contentType = one(headers, CONTENT_TYPE);
        String mediaType = contentType.map(CloudEventHttp::essence).orElse("");
        if (mediaType.equals(STRUCTURED_TYPE)) {
            return CloudEventJson.read(body);
        }
        if (mediaType.startsWith("application/cloudevents")) {
            throw new CloudEventException("/content-type", "a batch or another format: allowed is " + STRUCTURED_TYPE);
        }
        return readBinary(attributes(headers), contentType, body);
    }

    /**
     * Reads several events from one message, whose content type is {@link #BATCH_TYPE}.
     *
     * @param most how many it may hold
     * @throws CloudEventException naming what is wrong and where, such as {@code /3/type}; then none of them was read
     */
    public static List<Event> readBatch(byte[] body, int most) {
        return CloudEventBatch.read(body, most);
    }

    private static Event readBinary(Map<String, String> attributes, Optional<String> contentType, byte[] body) {
        String version = required(attributes, "specversion");
        if (!version.equals("1.0")) {
            throw new CloudEventException("/specversion", "allowed is 1.0");
        }
        String type = required(attributes, "type");
        String id = required(attributes, "id");
        String source = required(attributes, "source");
        EventBuilder event = at("type", () -> Event.builder(type));
        at("id", () -> event.id(id));
        at("source", () -> event.source(source));
        optional(attributes, "subject").ifPresent(subject -> at("subject", () -> event.subject(subject)));
        optional(attributes, "time").ifPresent(time -> at("time", () -> event.time(OffsetDateTime.parse(time).toInstant())));
        optional(attributes, "ttl").ifPresent(ttl -> at("ttl", () -> event.ttl(Duration.parse(ttl))));
        event.data(body);
        contentType.ifPresent(text -> at("datacontenttype", () -> event.contentType(text)));
        attributes.forEach((name, value) -> at(name, () -> event.attribute(name, new AttributeValue.Text(value))));
        return event.build();
    }

    /** The values of the fields that begin with {@code ce-}, by attribute. */
    private static Map<String, String> attributes(Map<String, List<String>> headers) {
        var attributes = new TreeMap<String, String>();
        headers.forEach((field, values) -> {
            String name = field == null ? "" : field.toLowerCase(Locale.ROOT);
            if (name.startsWith(PREFIX)) {
                String attribute = name.substring(PREFIX.length());
                String value = values.size() == 1 ? values.getFirst() : values.stream().collect(Collectors.joining(","));
                String text = HeaderText.decode(value)
                        .orElseThrow(() -> new CloudEventException("/" + attribute, "no percent-encoded UTF-8"));
                if (attributes.put(attribute, text) != null) {
                    throw new CloudEventException("/" + attribute, "is there twice");
                }
            }
        });
        return attributes;
    }

    private static String required(Map<String, String> attributes, String name) {
        return optional(attributes, name).orElseThrow(() -> new CloudEventException("/" + name,
                "is required: field " + PREFIX + name));
    }

    private static Optional<String> optional(Map<String, String> attributes, String name) {
        return Optional.ofNullable(attributes.remove(name));
    }

    /** A step that may meet a value that is not allowed. */
    @FunctionalInterface
    private interface Step<T> {
        T take();
    }

    private static <T> T at(String name, Step<T> step) {
        try {
            return step.take();
        } catch (ConfigException e) {
            throw new CloudEventException("/" + name, String.valueOf(e.getMessage()));
        } catch (DateTimeException e) {
            throw new CloudEventException("/" + name, name.equals("ttl")
                    ? "allowed is a duration as ISO 8601 writes it, such as PT5S" : "allowed is a moment as RFC 3339 writes it");
        }
    }

    private static Optional<String> one(Map<String, List<String>> headers, String name) {
        return headers.entrySet().stream()
                .filter(field -> name.equalsIgnoreCase(field.getKey()))
                .flatMap(field -> field.getValue().stream())
                .findFirst();
    }

    private static String essence(String contentType) {
        int semicolon = contentType.indexOf(';');
        return (semicolon < 0 ? contentType : contentType.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
    }

    private static boolean isPrintable(String text) {
        return text.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
    }
}
