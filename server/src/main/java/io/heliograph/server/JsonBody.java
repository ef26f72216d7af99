package io.heliograph.server;

import io.heliograph.ConfigException;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request's body as a JSON object, and its members one by one; what is wrong is a {@link Problem} that points to its place.
 * Confined to the thread that handles the request.
 */
final class JsonBody {

    static final JsonMapper JSON = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private final ObjectNode object;
    /** Where the object is in the body, as a JSON pointer. */
    private final String place;

    private JsonBody(ObjectNode object, String place) {
        this.object = object;
        this.place = place;
    }

    /** An object within a body, at a JSON pointer. */
    static JsonBody of(ObjectNode object, String place) {
        return new JsonBody(object, place);
    }

    /** Reads the body, which is to be there. */
    static JsonBody of(Call call) {
        return read(call, call.body());
    }

    /** Reads the body; without one, as if it were an empty object. */
    static JsonBody ofOptional(Call call) {
        byte[] body = call.body();
        return body.length == 0 ? new JsonBody(JSON.createObjectNode(), "") : read(call, body);
    }

    private static JsonBody read(Call call, byte[] body) {
        String type = call.header("Content-Type").map(MediaTypes::essence).orElse("");
        if (!type.equals("application/json") && !type.equals("application/merge-patch+json")) {
            throw new Problem(415, "media-type", "Content-Type '" + shown(type) + "': allowed is application/json");
        }
        try {
            if (JSON.readTree(body) instanceof ObjectNode object) {
                return new JsonBody(object, "");
            }
        } catch (JacksonException e) {
            var problem = new Problem(400, "bad-json", "not JSON: " + shown(e.getOriginalMessage()));
            throw e.getLocation() == null ? problem : problem.at(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
        }
        throw new Problem(400, "bad-json", "a JSON object is needed").at("");
    }

    /** Whether a member is there, be it null. */
    boolean has(String name) {
        return object.has(name);
    }

    /** Refuses members of other names. */
    JsonBody requireNames(Collection<String> allowed) {
        for (String name : object.propertyNames()) {
            if (!allowed.contains(name)) {
                throw new Problem(400, "unknown-member", "member '" + shown(name) + "': allowed is "
                        + String.join(", ", allowed.stream().sorted().toList())).at(place + "/" + escaped(shown(name)));
            }
        }
        return this;
    }

    /** A member that must be there. */
    <T> T required(String name, Function<JsonNode, T> reader) {
        JsonNode node = object.get(name);
        if (node == null || node.isNull()) {
            throw new Problem(400, "missing-member", "member '" + name + "' is needed").at(place + "/" + name);
        }
        return at(nested(name), () -> reader.apply(node));
    }

    /** A member that may be missing or null. */
    <T> Optional<T> optional(String name, Function<JsonNode, T> reader) {
        JsonNode node = object.get(name);
        return node == null || node.isNull() ? Optional.empty() : Optional.of(at(nested(name), () -> reader.apply(node)));
    }

    /** A member that changes a value: missing it leaves it, null puts the default in place. */
    <T> T change(String name, T now, T byDefault, Function<JsonNode, T> reader) {
        JsonNode node = object.get(name);
        if (node == null) {
            return now;
        }
        return node.isNull() ? byDefault : at(nested(name), () -> reader.apply(node));
    }

    private String nested(String name) {
        return place.isEmpty() ? name : place.substring(1) + "/" + name;
    }

    /** Something that may meet a value that is not allowed. */
    @FunctionalInterface
    interface Step<T> {
        T take();
    }

    /** Says of what {@code step} refuses that the fault is in this member. */
    static <T> T at(String name, Step<T> step) {
        try {
            return step.take();
        } catch (ConfigException e) {
            throw new Problem(400, "bad-value", String.valueOf(e.getMessage())).at("/" + name);
        }
    }

    static String text(JsonNode node) {
        if (!node.isString()) {
            throw new ConfigException("value", kind(node), "a text");
        }
        return node.stringValue();
    }

    static int whole(JsonNode node) {
        if (!node.isInt()) {
            throw new ConfigException("value", node.isNumber() ? shown(node.toString()) : kind(node), "a whole number");
        }
        return node.intValue();
    }

    static boolean truth(JsonNode node) {
        if (!node.isBoolean()) {
            throw new ConfigException("value", kind(node), "true or false");
        }
        return node.booleanValue();
    }

    static String kind(JsonNode node) {
        return node.getNodeType().name().toLowerCase(Locale.ROOT);
    }

    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }

    private static String shown(String text) {
        String oneLine = String.valueOf(text).replaceAll("\\p{Cntrl}", "?");
        return oneLine.substring(0, Math.min(oneLine.length(), 120));
    }
}
