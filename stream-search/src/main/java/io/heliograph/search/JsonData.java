package io.heliograph.search;

import java.util.ArrayDeque;
import java.util.Deque;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/** Reads JSON data as a stream into {@link EventValues}; nothing is built of what is left out. Used once. */
final class JsonData {

    /** Deeper than this nothing is even skipped: the reader would need memory for each level. */
    private static final int MAX_NESTING = 2000;

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).build())
            .build();

    private final EventValues values;
    private final EventLimits limits;
    private final Tally tally;
    private final StringBuilder path = new StringBuilder();
    /** How long the path was before each object. */
    private final Deque<Integer> outer = new ArrayDeque<>();
    private int depth;

    JsonData(EventValues values, EventLimits limits, Tally tally) {
        this.values = values;
        this.limits = limits;
        this.tally = tally;
    }

    /** Returns whether the data is JSON; too deep is JSON too, read as far as it went. */
    boolean read(byte[] data) {
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), data)) {
            outer.push(0);
            JsonToken token = json.nextToken();
            while (token != null) {
                take(json, token);
                token = json.nextToken();
            }
            return true;
        } catch (StreamConstraintsException e) {
            tally.tooDeep.increment();
            return true;
        } catch (JacksonException e) {
            return false;
        }
    }

    private void take(JsonParser json, JsonToken token) {
        switch (token) {
            case START_OBJECT, START_ARRAY -> enter(json, token);
            case END_OBJECT -> {
                path.setLength(outer.pop());
                depth--;
            }
            case END_ARRAY -> depth--;
            case PROPERTY_NAME -> name(json.currentName());
            case VALUE_STRING -> value(new Scalar.Text(json.getString()));
            case VALUE_NUMBER_INT -> value(number(json));
            case VALUE_NUMBER_FLOAT -> value(new Scalar.Real(json.getDoubleValue() + 0.0, json.getString()));
            case VALUE_TRUE, VALUE_FALSE -> value(new Scalar.Truth(token == JsonToken.VALUE_TRUE));
            default -> { }
        }
    }

    private void enter(JsonParser json, JsonToken token) {
        if (depth >= limits.maxDepth()) {
            tally.tooDeep.increment();
            json.skipChildren();
            return;
        }
        depth++;
        if (token == JsonToken.START_OBJECT) {
            outer.push(path.length());
        }
    }

    private void name(String name) {
        path.setLength(outer.getFirst());
        if (!path.isEmpty()) {
            path.append('.');
        }
        path.append(name);
    }

    private static Scalar number(JsonParser json) {
        boolean isLong = json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
        return isLong ? new Scalar.Whole(json.getLongValue()) : new Scalar.Real(json.getDoubleValue(), json.getString());
    }

    private void value(Scalar scalar) {
        values.add(path.isEmpty() ? FieldPath.DATA : FieldPath.ofMember(path.toString()), scalar);
    }
}
