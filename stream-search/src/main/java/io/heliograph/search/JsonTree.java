package io.heliograph.search;

import io.heliograph.search.JsonValue.Kind;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/** Reads a query's JSON, no deeper than is allowed. Used once. */
final class JsonTree {

    private static final JsonFactory JSON = JsonFactory.builder().build();

    private final QueryLimits limits;
    private int depth;

    private JsonTree(QueryLimits limits) {
        this.limits = limits;
    }

    static JsonValue read(String text, QueryLimits limits) {
        Budget.requireLength(text, limits);
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text)) {
            var tree = new JsonTree(limits);
            json.nextToken();
            JsonValue value = tree.value(json);
            if (json.nextToken() != null) {
                throw new QueryException(place(json), json.getString(), "something follows the query");
            }
            return value;
        } catch (JacksonException e) {
            TokenStreamLocation at = e.getLocation();
            Place place = at == null || at.getLineNr() < 1 ? Place.START : new Place(at.getLineNr(), Math.max(at.getColumnNr(), 1));
            throw new QueryException(place, "", "not JSON: " + e.getOriginalMessage());
        }
    }

    private JsonValue value(JsonParser json) {
        Place place = place(json);
        JsonToken token = json.currentToken();
        if (token == null) {
            throw new QueryException(place, "", "the query is empty");
        }
        return switch (token) {
            case START_OBJECT -> object(json, place);
            case START_ARRAY -> array(json, place);
            case VALUE_STRING -> new JsonValue.Scalar(place, json.getString(), Kind.STRING);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new JsonValue.Scalar(place, json.getString(), Kind.NUMBER);
            case VALUE_TRUE, VALUE_FALSE -> new JsonValue.Scalar(place, json.getString(), Kind.BOOLEAN);
            default -> new JsonValue.Scalar(place, "null", Kind.NULL);
        };
    }

    private JsonValue object(JsonParser json, Place place) {
        enter(place);
        List<JsonValue.Member> members = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            Place at = place(json);
            String name = json.currentName();
            json.nextToken();
            members.add(new JsonValue.Member(at, name, value(json)));
        }
        depth--;
        return new JsonValue.Obj(place, List.copyOf(members));
    }

    private JsonValue array(JsonParser json, Place place) {
        enter(place);
        List<JsonValue> values = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            values.add(value(json));
        }
        depth--;
        return new JsonValue.Array(place, List.copyOf(values));
    }

    private void enter(Place place) {
        // A level of the query is three of JSON: {"bool": {"must": [...]}}.
        if (++depth > 3 * limits.maxDepth()) {
            throw new QueryException(place, "{", "objects and arrays nest " + 3 * limits.maxDepth() + " deep at most (3 x maxDepth)");
        }
    }

    private static Place place(JsonParser json) {
        TokenStreamLocation at = json.currentTokenLocation();
        return at.getLineNr() < 1 ? Place.START : new Place(at.getLineNr(), Math.max(at.getColumnNr(), 1));
    }
}
