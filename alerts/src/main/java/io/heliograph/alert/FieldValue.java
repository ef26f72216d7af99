package io.heliograph.alert;

import io.heliograph.Event;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** The value that an event has in a field, as text: what a condition's {@code by} counts apart. Stateless. */
final class FieldValue {

    private static final JsonFactory JSON = JsonFactory.builder().build();
    private static final int MOST = 256;

    private FieldValue() {
    }

    /** The first one, at most its first {@value #MOST} characters; empty if it has none. */
    static String of(Event event, String field) {
        String value = switch (field) {
            case "topic" -> event.topic();
            case "subject" -> event.subject().orElse("");
            case "source" -> event.source();
            default -> inData(event, field);
        };
        return value.length() <= MOST ? value : value.substring(0, MOST);
    }

    private static String inData(Event event, String field) {
        if (event.dataLength() == 0) {
            return "";
        }
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), event.text())) {
            json.nextToken();
            return find(json, field);
        } catch (JacksonException e) {
            // Not JSON: it has no fields.
            return "";
        }
    }

    /** Names may have dots themselves, so each member is tried that the field begins with. */
    private static String find(JsonParser json, String field) {
        if (json.currentToken() == JsonToken.START_ARRAY) {
            return inArray(json, field);
        }
        if (json.currentToken() != JsonToken.START_OBJECT) {
            boolean isValue = field.isEmpty() && json.currentToken() != null && json.currentToken().isScalarValue()
                    && json.currentToken() != JsonToken.VALUE_NULL;
            return isValue ? json.getString() : "";
        }
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            boolean isWay = field.startsWith(name + ".");
            String found = field.equals(name) ? find(json, "") : isWay ? find(json, field.substring(name.length() + 1)) : "";
            if (!found.isEmpty()) {
                return found;
            }
            if (!field.equals(name) && !isWay) {
                json.skipChildren();
            }
        }
        return "";
    }

    private static String inArray(JsonParser json, String field) {
        while (json.nextToken() != JsonToken.END_ARRAY) {
            String found = find(json, field);
            if (!found.isEmpty()) {
                return found;
            }
        }
        return "";
    }
}
