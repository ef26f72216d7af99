package io.heliograph.server;

import io.heliograph.ConfigException;
import io.heliograph.alert.SavedSearches;
import io.heliograph.search.Field;
import io.heliograph.search.FieldType;
import io.heliograph.search.Language;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The fields that a tenant's searches may name. Thread-safe. */
final class SchemaRoutes {

    private static final int MOST_FIELDS = 2_000;

    private final SavedSearches searches;

    SchemaRoutes(SavedSearches searches) {
        this.searches = searches;
    }

    List<Route> routes() {
        return List.of(
                new Route(Verb.GET, "/v1/schema", call -> show(call.tenant())),
                new Route(Verb.PUT, "/v1/schema", this::change));
    }

    private Answer show(String tenant) {
        return Replies.json(200, SearchWriter.write(searches.isSchemaClosed(tenant), searches.fields(tenant)));
    }

    private Answer change(Call call) {
        JsonBody body = JsonBody.of(call).requireNames(List.of("fields", "closed"));
        Optional<Boolean> isClosed = body.optional("closed", JsonBody::truth);
        Optional<List<Field>> fields = isClosed.isPresent() ? body.optional("fields", SchemaRoutes::fields)
                : Optional.of(body.required("fields", SchemaRoutes::fields));
        fields.ifPresent(some -> declare(call.tenant(), some));
        isClosed.ifPresent(closed -> SearchProblems.await(closed ? searches.closeSchema(call.tenant()) : searches.reopenSchema(call.tenant())));
        return show(call.tenant());
    }

    private void declare(String tenant, List<Field> fields) {
        try {
            SearchProblems.await(searches.declare(tenant, fields));
        } catch (ConfigException e) {
            throw new Problem(409, "field-in-use", String.valueOf(e.getMessage())).at("/fields");
        }
    }

    private static List<Field> fields(JsonNode node) {
        if (!node.isArray() || node.size() > MOST_FIELDS) {
            throw new ConfigException("fields", node.isArray() ? node.size() : JsonBody.kind(node), "an array of at most " + MOST_FIELDS);
        }
        var fields = new ArrayList<Field>();
        for (int i = 0; i < node.size(); i++) {
            fields.add(field(node.get(i), "/fields/" + i));
        }
        return fields;
    }

    /** What {@code GET} tells of a field may be there too. */
    private static Field field(JsonNode node, String place) {
        if (!(node instanceof ObjectNode object)) {
            throw new Problem(400, "bad-value", "a field is an object with name and type").at(place);
        }
        JsonBody body = JsonBody.of(object, place).requireNames(List.of("name", "type", "language", "origin"));
        String name = body.required("name", JsonBody::text);
        FieldType type = body.required("type", SchemaRoutes::type);
        Optional<Language> language = body.optional("language", text -> Language.of(JsonBody.text(text)));
        if (language.isPresent() && type != FieldType.TEXT) {
            throw new Problem(400, "bad-value", "language: words are in text alone").at(place + "/language");
        }
        return new Field(name, type, language, Field.Origin.DECLARED);
    }

    private static FieldType type(JsonNode node) {
        String text = JsonBody.text(node);
        return Arrays.stream(FieldType.values()).filter(type -> label(type).equals(text)).findFirst().orElseThrow(() ->
                new ConfigException("type", text, String.join(", ", Arrays.stream(FieldType.values()).map(SchemaRoutes::label).toList())));
    }

    private static String label(FieldType type) {
        return type.name().toLowerCase(Locale.ROOT);
    }
}
