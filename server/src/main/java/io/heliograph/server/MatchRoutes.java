package io.heliograph.server;

import io.heliograph.ConfigException;
import io.heliograph.Event;
import io.heliograph.alert.Alerts;
import io.heliograph.alert.SearchSpec;
import io.heliograph.cloudevents.CloudEventException;
import io.heliograph.cloudevents.CloudEventJson;
import io.heliograph.search.Match;
import io.heliograph.webhook.CloudEventHttp;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What searches make of events, with nothing saved and nothing delivered. Thread-safe. */
final class MatchRoutes {

    private static final int MOST_EVENTS = 1_000;
    private static final int DEFAULT_LAST = 100;
    private static final String DEFAULT_TOPIC = "events";

    private final Alerts alerts;

    MatchRoutes(Alerts alerts) {
        this.alerts = alerts;
    }

    List<Route> routes() {
        return List.of(
                new Route(Verb.POST, "/v1/events:match", this::match),
                new Route(Verb.POST, "/v1/searches:test", this::test));
    }

    private Answer match(Call call) {
        List<Event> events = events(call);
        List<List<Match>> found = alerts.match(call.tenant(), events);
        ObjectNode json = EndpointWriter.object();
        ArrayNode documents = json.putArray("documents");
        for (int i = 0; i < events.size(); i++) {
            ObjectNode document = documents.addObject();
            events.get(i).id().ifPresent(id -> document.put("id", id));
            ArrayNode matches = document.putArray("matches");
            found.get(i).forEach(match -> matches.add(SearchWriter.write(match)));
        }
        return Replies.json(200, json);
    }

    private static List<Event> events(Call call) {
        String type = call.header("Content-Type").map(MediaTypes::essence).orElse("");
        try {
            if (type.equals(CloudEventHttp.BATCH_TYPE)) {
                return CloudEventHttp.readBatch(call.body(), MOST_EVENTS);
            }
            if (type.equals(CloudEventHttp.STRUCTURED_TYPE) || call.header("ce-specversion").isPresent()) {
                return List.of(CloudEventHttp.read(call.headers(), call.body()));
            }
        } catch (CloudEventException e) {
            throw new Problem(400, "bad-event", String.valueOf(e.getMessage())).at(e.pointer());
        }
        if (!type.equals("application/json")) {
            throw new Problem(415, "media-type", "Content-Type '" + type.substring(0, Math.min(120, type.length())) + "': allowed is "
                    + CloudEventHttp.STRUCTURED_TYPE + ", " + CloudEventHttp.BATCH_TYPE + ", or application/json with an array of documents");
        }
        return documents(call);
    }

    private static List<Event> documents(Call call) {
        String topic = call.query("topic").orElse(DEFAULT_TOPIC);
        JsonNode body = tree(call.body());
        if (!body.isArray() || body.size() > MOST_EVENTS) {
            throw new Problem(400, "bad-json", "an array of at most " + MOST_EVENTS + " documents is needed").at("");
        }
        var events = new ArrayList<Event>();
        body.forEach(document -> events.add(Event.json(topic, document.toString())));
        return events;
    }

    private static JsonNode tree(byte[] body) {
        try {
            return JsonBody.JSON.readTree(body);
        } catch (JacksonException e) {
            throw new Problem(400, "bad-json", "the body is not JSON");
        }
    }

    private Answer test(Call call) {
        if (!(tree(SearchRoutes.jsonText(call).getBytes(StandardCharsets.UTF_8)) instanceof ObjectNode body)) {
            throw new Problem(400, "bad-json", "a JSON object is needed").at("");
        }
        Optional<List<Event>> given = Optional.ofNullable(body.get("events")).map(MatchRoutes::given);
        int last = Optional.ofNullable(body.get("last")).map(MatchRoutes::last).orElse(DEFAULT_LAST);
        body.remove(List.of("events", "last"));
        SearchSpec spec = SearchProblems.in(() -> SearchSpec.parse(body.toString()));
        List<Alerts.Tested> tested = SearchProblems.in(() -> given.isPresent()
                ? alerts.test(call.tenant(), spec, given.get()) : alerts.testRecent(call.tenant(), spec, last));
        ObjectNode json = EndpointWriter.object();
        json.put("tried", tested.size()).put("matches", tested.stream().filter(Alerts.Tested::isMatch).count());
        ArrayNode events = json.putArray("events");
        tested.forEach(one -> events.add(SearchWriter.write(one)));
        return Replies.json(200, json);
    }

    private static List<Event> given(JsonNode node) {
        if (!node.isArray() || node.size() > MOST_EVENTS) {
            throw new Problem(400, "bad-value", "events: allowed is an array of at most " + MOST_EVENTS).at("/events");
        }
        var events = new ArrayList<Event>();
        for (int i = 0; i < node.size(); i++) {
            try {
                events.add(CloudEventJson.read(node.get(i).toString()));
            } catch (CloudEventException e) {
                throw new Problem(400, "bad-event", String.valueOf(e.getMessage())).at("/events/" + i + e.pointer());
            }
        }
        return events;
    }

    private static int last(JsonNode node) {
        return JsonBody.at("last", () -> {
            int last = JsonBody.whole(node);
            if (last < 1 || last > MOST_EVENTS) {
                throw new ConfigException("last", last, "1 to " + MOST_EVENTS);
            }
            return last;
        });
    }
}
