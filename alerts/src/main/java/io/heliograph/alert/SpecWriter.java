package io.heliograph.alert;

import io.heliograph.search.Search;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes saved searches as JSON that {@link SpecReader} reads: what is not set is not there. Stateless. */
final class SpecWriter {

    private static final JsonFactory JSON = new JsonFactory();

    private SpecWriter() {
    }

    /** As it is stored. */
    static String write(SearchSpec spec) {
        return object(json -> members(json, spec));
    }

    /** As its owner sees it. */
    static String write(SavedSearch search) {
        return object(json -> {
            json.writeStringProperty("id", search.id());
            members(json, search.spec());
            json.writeNumberProperty("revision", search.revision());
            json.writeStringProperty("created", search.created().toString());
            json.writeStringProperty("changed", search.changed().toString());
        });
    }

    private static String object(Consumer<JsonGenerator> members) {
        var text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            members.accept(json);
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void members(JsonGenerator json, SearchSpec spec) {
        query(json, "query", spec.query());
        strings(json, "topics", spec.topics().stream().map(Object::toString).toList());
        strings(json, "deliver", spec.deliver().stream().map(Recipient::text).toList());
        text(json, "language", spec.language().map(language -> language.code()));
        spec.throttle().ifPresent(throttle -> {
            json.writeObjectPropertyStart("throttle");
            json.writeNumberProperty("max", throttle.max());
            json.writeStringProperty("per", throttle.per().toString());
            json.writeEndObject();
        });
        text(json, "digest", spec.digest().map(Object::toString));
        spec.when().ifPresent(condition -> condition(json, condition));
        text(json, "mute_until", spec.muteUntil().map(Object::toString));
        text(json, "expires_at", spec.expiresAt().map(Object::toString));
        strings(json, "tags", spec.tags());
        json.writeBooleanProperty("enabled", spec.state() == SearchSpec.State.ENABLED);
    }

    private static void condition(JsonGenerator json, Condition condition) {
        json.writeObjectPropertyStart("when");
        switch (condition) {
            case Condition.Count count -> json.writeNumberProperty("count", count.count());
            case Condition.Sequence sequence -> {
                json.writeArrayPropertyStart("sequence");
                sequence.queries().forEach(query -> query(json, query));
                json.writeEndArray();
            }
            case Condition.Absent absent -> query(json, "absent", absent.query());
        }
        json.writeStringProperty("within", condition.within().toString());
        text(json, "by", condition.by());
        json.writeEndObject();
    }

    private static void query(JsonGenerator json, String name, QueryText query) {
        json.writeName(name);
        query(json, query);
    }

    private static void query(JsonGenerator json, QueryText query) {
        if (query.syntax() == Search.Syntax.JSON) {
            json.writeRawValue(query.text());
        } else {
            json.writeString(query.text());
        }
    }

    private static void text(JsonGenerator json, String name, Optional<String> value) {
        value.ifPresent(text -> json.writeStringProperty(name, text));
    }

    private static void strings(JsonGenerator json, String name, List<String> values) {
        json.writeArrayPropertyStart(name);
        values.forEach(json::writeString);
        json.writeEndArray();
    }
}
