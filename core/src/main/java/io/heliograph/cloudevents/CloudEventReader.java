package io.heliograph.cloudevents;

import io.heliograph.AttributeValue;
import io.heliograph.ConfigException;
import io.heliograph.Event;
import io.heliograph.EventBuilder;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/** Reads one CloudEvent in JSON. Used once. */
final class CloudEventReader {

    /** Bytes are UTF-8 and nothing else, so that places in the text are places in the bytes. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
            .build();

    /** The data member as it stands: raw JSON, and its text if it is a string. */
    private record Data(byte[] raw, Optional<String> string) {
    }

    private final byte[] utf8;
    private final Map<String, AttributeValue> attributes = new HashMap<>();
    private Optional<Data> data = Optional.empty();

    CloudEventReader(byte[] utf8) {
        this.utf8 = utf8;
    }

    Event read() {
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), utf8)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new CloudEventException("", "a CloudEvent is a JSON object");
            }
            while (json.nextToken() != JsonToken.END_OBJECT) {
                readMember(json);
            }
            if (json.nextToken() != null) {
                throw new CloudEventException("", "something follows the CloudEvent");
            }
        } catch (JacksonException e) {
            throw new CloudEventException("", "not JSON: " + e.getOriginalMessage());
        }
        return event();
    }

    private void readMember(JsonParser json) {
        String name = json.currentName();
        JsonToken value = json.nextToken();
        if (name.equals("data")) {
            readData(json, value);
            return;
        }
        switch (value) {
            case VALUE_NULL -> { }
            case VALUE_STRING -> attributes.put(name, text(name, json.getString()));
            case VALUE_TRUE, VALUE_FALSE -> attributes.put(name, new AttributeValue.Bool(value == JsonToken.VALUE_TRUE));
            case VALUE_NUMBER_INT -> attributes.put(name, new AttributeValue.Int(integer(name, json)));
            default -> throw new CloudEventException(pointer(name), "an attribute is a string, a 32-bit integer, true or false");
        }
    }

    private static AttributeValue text(String name, String value) {
        // Base64 is checked by its decoder; the rule for strings would cost a pass over all of the data.
        return name.equals("data_base64") ? new AttributeValue.Text(onlyAscii(value)) : allowed(name, value);
    }

    private static String onlyAscii(String value) {
        if (!value.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new CloudEventException("/data_base64", "base64 of RFC 4648 section 4");
        }
        return value;
    }

    private static AttributeValue allowed(String name, String value) {
        try {
            return new AttributeValue.Text(value);
        } catch (ConfigException e) {
            throw new CloudEventException(pointer(name), String.valueOf(e.getMessage()));
        }
    }

    private static int integer(String name, JsonParser json) {
        long number = json.getNumberType() == JsonParser.NumberType.BIG_INTEGER ? Long.MAX_VALUE : json.getLongValue();
        if (number < Integer.MIN_VALUE || number > Integer.MAX_VALUE) {
            throw new CloudEventException(pointer(name), "an integer from -2147483648 to 2147483647");
        }
        return (int) number;
    }

    private void readData(JsonParser json, JsonToken value) {
        int start = (int) json.currentTokenLocation().getByteOffset();
        Optional<String> string = value == JsonToken.VALUE_STRING ? Optional.of(json.getString()) : Optional.empty();
        json.skipChildren();
        json.finishToken();
        int end = (int) json.currentLocation().getByteOffset();
        if (value != JsonToken.VALUE_NULL) {
            data = Optional.of(new Data(Arrays.copyOfRange(utf8, start, end), string));
        }
    }

    private Event event() {
        String version = required("specversion");
        if (!version.equals("1.0")) {
            throw new CloudEventException("/specversion", shown(version) + ": allowed is 1.0");
        }
        String id = required("id");
        String source = required("source");
        String type = required("type");
        EventBuilder event = at("/type", () -> Event.builder(type));
        at("/id", () -> event.id(id));
        at("/source", () -> event.source(source));
        optional("subject").ifPresent(subject -> at("/subject", () -> event.subject(subject)));
        optional("time").ifPresent(time -> event.time(time(time)));
        optional("ttl").ifPresent(ttl -> at("/ttl", () -> event.ttl(duration(ttl))));
        putData(event, optional("datacontenttype"));
        attributes.forEach((name, value) -> at(pointer(name), () -> event.attribute(name, value)));
        return event.build();
    }

    private void putData(EventBuilder event, Optional<String> contentType) {
        Optional<String> base64 = optional("data_base64");
        if (base64.isPresent() && data.isPresent()) {
            throw new CloudEventException("/data_base64", "an event has data or data_base64, not both");
        }
        if (base64.isPresent()) {
            event.data(decode(base64.get()));
        }
        if (data.isPresent()) {
            boolean isJson = contentType.map(MediaTypes::isJson).orElse(true);
            Optional<String> text = data.get().string().filter(s -> !isJson);
            event.data(text.map(s -> StrictUtf8.encode("/data", s)).orElse(data.get().raw()));
        }
        // Data without a content type is JSON: so says the format.
        contentType.or(() -> data.map(d -> "application/json"))
                .ifPresent(type -> at("/datacontenttype", () -> event.contentType(type)));
    }

    private static byte[] decode(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new CloudEventException("/data_base64", "base64 of RFC 4648 section 4");
        }
    }

    private static Instant time(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new CloudEventException("/time", shown(text) + ": allowed is a moment as RFC 3339 writes it");
        }
    }

    private static Duration duration(String text) {
        try {
            return Duration.parse(text);
        } catch (DateTimeException e) {
            throw new CloudEventException("/ttl", shown(text) + ": allowed is a duration as ISO 8601 writes it, such as PT5S");
        }
    }

    private String required(String name) {
        return optional(name).orElseThrow(() -> new CloudEventException(pointer(name), "is required"));
    }

    private Optional<String> optional(String name) {
        AttributeValue value = attributes.remove(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof AttributeValue.Text(String text)) {
            return Optional.of(text);
        }
        throw new CloudEventException(pointer(name), "is a string");
    }

    /** A step that may meet a value that is not allowed. */
    @FunctionalInterface
    private interface Step<T> {
        T take();
    }

    private static <T> T at(String pointer, Step<T> step) {
        try {
            return step.take();
        } catch (ConfigException e) {
            throw new CloudEventException(pointer, String.valueOf(e.getMessage()));
        }
    }

    private static String shown(String value) {
        return "'" + (value.length() > 60 ? value.substring(0, 60) + "..." : value) + "'";
    }

    private static String pointer(String name) {
        return "/" + name.replace("~", "~0").replace("/", "~1");
    }
}
