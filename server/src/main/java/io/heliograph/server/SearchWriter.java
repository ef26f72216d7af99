package io.heliograph.server;

import io.heliograph.alert.Alerts;
import io.heliograph.alert.SavedSearch;
import io.heliograph.alert.SearchStatistics;
import io.heliograph.search.Field;
import io.heliograph.search.Highlight;
import io.heliograph.search.Match;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Saved searches, their matches and their fields as JSON. Stateless. */
final class SearchWriter {

    private SearchWriter() {
    }

    /** A search with what became of its matches. */
    static ObjectNode write(SavedSearch search, SearchStatistics statistics) {
        ObjectNode json = write(search);
        json.set("statistics", write(statistics));
        return json;
    }

    static ObjectNode write(SavedSearch search) {
        return (ObjectNode) JsonBody.JSON.readTree(search.toJson());
    }

    private static ObjectNode write(SearchStatistics statistics) {
        ObjectNode json = EndpointWriter.object();
        json.put("matches", statistics.matches()).put("alerts", statistics.alerts()).put("held", statistics.held())
                .put("throttled", statistics.throttled()).put("muted", statistics.muted()).put("looped", statistics.looped())
                .put("gathered", statistics.gathered()).put("late", statistics.late()).put("cost_us", statistics.cost().toNanos() / 1_000);
        statistics.lastMatch().ifPresent(moment -> json.put("last_match", moment.toString()));
        return json.put("difference", statistics.difference());
    }

    /** What an event led to. */
    static void write(Alerts.EventAlerts led, ObjectNode into) {
        into.put("matched", led.isMatched());
        ArrayNode matches = into.putArray("matches");
        led.alerts().forEach(alert -> matches.addObject().put("search", alert.search()).put("alert", AlertRoutes.id(alert))
                .put("at", alert.at().toString()));
    }

    static ObjectNode write(Match match) {
        ObjectNode json = EndpointWriter.object().put("search", match.searchId());
        ArrayNode clauses = json.putArray("clauses");
        match.clauses().forEach(clauses::add);
        ArrayNode highlights = json.putArray("highlights");
        match.highlights().forEach(highlight -> highlights.add(write(highlight)));
        match.score().ifPresent(score -> json.put("score", score));
        return json;
    }

    private static ObjectNode write(Highlight highlight) {
        ObjectNode json = EndpointWriter.object().put("field", highlight.field()).put("text", highlight.text());
        ArrayNode spans = json.putArray("spans");
        highlight.spans().forEach(span -> spans.addArray().add(span.from()).add(span.to()));
        return json;
    }

    /** What a search makes of an event, clause by clause. */
    static ObjectNode write(Alerts.Tested tested) {
        ObjectNode json = EndpointWriter.object();
        ObjectNode event = json.putObject("event");
        tested.event().id().ifPresent(id -> event.put("id", id));
        event.put("source", tested.event().source()).put("type", tested.event().topic());
        json.put("matches", tested.isMatch()).put("topic_wanted", tested.isTopicWanted());
        ArrayNode clauses = json.putArray("clauses");
        tested.trial().clauses().forEach(clause -> clauses.addObject().put("clause", clause.name()).put("forbidden", clause.isForbidden())
                .put("matches", clause.isMatch()));
        ArrayNode failing = json.putArray("failing");
        if (!tested.trial().isMatch()) {
            tested.trial().failing().forEach(failing::add);
        }
        return json;
    }

    static ObjectNode write(boolean isClosed, List<Field> fields) {
        ObjectNode json = EndpointWriter.object().put("closed", isClosed);
        ArrayNode all = json.putArray("fields");
        for (Field field : fields) {
            ObjectNode one = all.addObject().put("name", field.name()).put("type", label(field.type()));
            field.language().ifPresent(language -> one.put("language", language.code()));
            one.put("origin", label(field.origin()));
        }
        return json;
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
