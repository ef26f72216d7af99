package io.heliograph.udp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** A line of JSON that a {@link NetPeer} wrote: objects as maps, arrays as lists, whole numbers as longs. */
record NetReport(Map<String, Object> fields) {

    private static final JsonFactory JSON = new JsonFactory();

    static NetReport parse(String line) {
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), line)) {
            json.nextToken();
            return new NetReport(object(json));
        }
    }

    private static Map<String, Object> object(JsonParser json) {
        var object = new LinkedHashMap<String, Object>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            object.put(name, value(json));
        }
        return object;
    }

    private static Object value(JsonParser json) {
        return switch (json.currentToken()) {
            case START_OBJECT -> object(json);
            case START_ARRAY -> {
                var array = new ArrayList<>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    array.add(value(json));
                }
                yield array;
            }
            case VALUE_NUMBER_INT -> json.getLongValue();
            case VALUE_STRING -> json.getString();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw new IllegalArgumentException("JSON with " + json.currentToken());
        };
    }

    /** A number at a path such as {@code sums.known}; 0 where there is none. */
    long number(String path) {
        Object at = fields;
        for (String name : path.split("\\.")) {
            at = ((Map<?, ?>) at).get(name);
            if (at == null) {
                return 0;
            }
        }
        return (Long) at;
    }

    /** The sessions of a subscriber's report. */
    List<NetReport> sessions() {
        return list("sessions").stream().map(session -> {
            var fields = new LinkedHashMap<String, Object>();
            ((Map<?, ?>) session).forEach((name, value) -> fields.put((String) name, value));
            return new NetReport(fields);
        }).toList();
    }

    /** Numbers that are written as ranges. */
    Ranges ranges(String name) {
        var ranges = new Ranges();
        for (Object range : list(name)) {
            ranges.add((Long) ((List<?>) range).get(0), (Long) ((List<?>) range).get(1));
        }
        return ranges;
    }

    List<?> list(String name) {
        return (List<?>) fields.getOrDefault(name, List.of());
    }
}
