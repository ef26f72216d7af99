package io.heliograph.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.Heliograph;
import io.heliograph.Interest;
import io.heliograph.Subscriber;
import io.heliograph.TopicFilter;
import io.heliograph.cloudevents.CloudEventJson;
import io.heliograph.webhook.Verification;
import io.heliograph.webhook.VerifyingKey;
import io.heliograph.webhook.WebhookVerifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** From an event over HTTP to its alerts: at a webhook, an address, the stream, the list. */
@Timeout(60)
class ServeAlertsTest {

    private static final String GARDEN = "{\"title\":\"House with a garden\",\"price\":199000}";
    private static final String TOWER = "{\"title\":\"Tower\",\"price\":1}";

    @TempDir
    Path folder;

    private static ServeFixture.Reply put(ServeFixture house, String id, String json) {
        return house.send("PUT", "/v1/searches/" + id, Optional.of(json), Optional.empty(), "Content-Type", "application/json");
    }

    private static String event(String id, String data) {
        return "{\"specversion\":\"1.0\",\"id\":\"" + id + "\",\"source\":\"/listings\",\"type\":\"listings.new\","
                + "\"datacontenttype\":\"application/json\",\"data\":" + data + "}";
    }

    private static void publish(ServeFixture house, String id, String data, Optional<String> key) {
        house.send("POST", "/v1/events", Optional.of(event(id, data)), key, "Content-Type", "application/cloudevents+json").expect(202);
    }

    private static void publish(ServeFixture house, String id, String data) {
        publish(house, id, data, Optional.empty());
    }

    @Test
    void aMatchingEventBecomesASignedWebhook() throws Exception {
        try (HookReceiver receiver = HookReceiver.answering(204); ServeFixture house = ServeFixture.dev(folder)) {
            ServeFixture.Reply endpoint = house.endpoint(receiver.url(), "\"topics\":[\"nothing.else\"]");
            put(house, "gardens", "{\"query\":\"title:garden AND price:[* TO 500000]\",\"deliver\":[\"endpoint:" + endpoint.text("/id") + "\"]}")
                    .expect(201);

            publish(house, "tower", TOWER);
            publish(house, "garden", GARDEN);

            ServeFixture.until(() -> !receiver.hooks().isEmpty());
            HookReceiver.Hook hook = receiver.hooks().getFirst();
            var verifier = WebhookVerifier.of(VerifyingKey.parse(endpoint.text("/secret")));
            assertThat(verifier.verify(hook.headers(), hook.body())).isInstanceOf(Verification.Verified.class);
            Event alert = CloudEventJson.read(new String(hook.body(), StandardCharsets.UTF_8));
            assertThat(alert.topic()).isEqualTo("heliograph.alert");
            var data = ServeFixture.JSON.readTree(alert.text());
            assertThat(data.at("/search").asString()).isEqualTo("gardens");
            assertThat(data.at("/event/id").asString()).isEqualTo("garden");
            assertThat(data.at("/event/data/price").asInt()).isEqualTo(199_000);
            assertThat(data.at("/clauses").toString()).contains("title:garden");
            assertThat(data.at("/highlights/0/field").asString()).isEqualTo("title");

            ServeFixture.until(() -> house.get("/v1/events/garden").json().at("/matched").asBoolean());
            ServeFixture.Reply trace = house.get("/v1/events/garden").expect(200);
            assertThat(trace.text("/matches/0/search")).isEqualTo("gardens");
            assertThat(trace.text("/matches/0/alert")).isEqualTo(alert.id().orElseThrow());
            assertThat(house.get("/v1/events/tower").json().at("/matches").size()).isZero();
            ServeFixture.Reply search = house.get("/v1/searches/gardens").expect(200);
            assertThat(search.json().at("/statistics/matches").asInt()).isEqualTo(1);
            assertThat(search.json().at("/statistics/alerts").asInt()).isEqualTo(1);
            assertThat(search.json().at("/statistics/last_match").isString()).isTrue();
            assertThat(house.get("/v1/ledger").json().at("/difference").asLong(-1)).isZero();
        }
    }

    @Test
    void alertsAreOnTheStreamAndInTheListAndTheirTenantsAlone() throws Exception {
        try (ServeFixture house = ServeFixture.of(ServeConfig.of(folder))) {
            String shop = ApiKeys.in(folder, new SecureRandom()).add("shop").key().reveal();
            String mine = house.serve.firstKey().orElseThrow().reveal();
            for (String key : List.of(shop, mine)) {
                house.send("PUT", "/v1/searches/all", Optional.of("{\"query\":\"*:*\"}"), Optional.of(key), "Content-Type", "application/json").expect(201);
            }
            try (Stream stream = house.stream("/v1/alerts/stream", Optional.of(shop))) {
                stream.next();
                publish(house, "mine", TOWER, Optional.of(mine));
                ServeFixture.until(() -> house.get("/v1/alerts").json().at("/items").size() == 1);
                for (int i = 0; i < 3; i++) {
                    publish(house, "e" + i, GARDEN, Optional.of(shop));
                }

                Event first = CloudEventJson.read(stream.nextData().orElseThrow());
                assertThat(ServeFixture.JSON.readTree(first.text()).at("/event/id").asString()).isEqualTo("e0");
            }
            ServeFixture.until(() -> house.send("GET", "/v1/alerts", Optional.empty(), Optional.of(shop)).json().at("/items").size() == 3);
            ServeFixture.Reply page = house.send("GET", "/v1/alerts?limit=2&search=all", Optional.empty(), Optional.of(shop)).expect(200);
            ServeFixture.Reply rest = house.send("GET", "/v1/alerts?limit=2&cursor=" + page.text("/next"), Optional.empty(), Optional.of(shop));
            assertThat(page.text("/items/0/data/event/id")).isEqualTo("e2");
            assertThat(rest.json().at("/items").size()).isEqualTo(1);
            assertThat(rest.text("/items/0/data/event/id")).isEqualTo("e0");
            assertThat(house.get("/v1/alerts?search=none").json().at("/items").size()).isZero();
            house.get("/v1/alerts?cursor=x").expectProblem(400, "bad-cursor");
        }
    }

    @Test
    void theLedgerHasEachTenantsOwnSumsAlone() throws Exception {
        ServeConfig config = ServeConfig.of(folder).withAddresses(Map.of("desk", "local:" + UUID.randomUUID(), "pager",
                "local:" + UUID.randomUUID()));
        try (ServeFixture house = ServeFixture.of(config)) {
            String shop = ApiKeys.in(folder, new SecureRandom()).add("shop").key().reveal();
            String idle = ApiKeys.in(folder, new SecureRandom()).add("idle").key().reveal();
            String mine = house.serve.firstKey().orElseThrow().reveal();
            for (String key : List.of(shop, mine)) {
                house.send("PUT", "/v1/searches/all", Optional.of("{\"query\":\"*:*\",\"deliver\":[\"address:desk\"]}"), Optional.of(key),
                        "Content-Type", "application/json").expect(201);
            }
            publish(house, "mine", TOWER, Optional.of(mine));
            for (int i = 0; i < 3; i++) {
                publish(house, "e" + i, GARDEN, Optional.of(shop));
            }
            ServeFixture.until(() -> delivered(ledger(house, shop), "alerts to address desk") == 3
                    && delivered(ledger(house, mine), "alerts to address desk") == 1);

            assertThat(delivered(ledger(house, mine), "saved searches")).isEqualTo(1);
            assertThat(delivered(ledger(house, shop), "saved searches")).isEqualTo(3);
            assertThat(ledger(house, idle).at("/subscribers").size()).isZero();
            assertThat(row(ledger(house, mine), "publishers", "alerts").at("/accepted").asInt()).isEqualTo(1);
            assertThat(row(ledger(house, shop), "publishers", "alerts").at("/accepted").asInt()).isEqualTo(3);
            assertThat(row(ledger(house, idle), "publishers", "alerts").isMissingNode()).isTrue();
            assertThat(row(ledger(house, mine), "subscribers", "alerts to address pager").isMissingNode()).isFalse();
            assertThat(row(ledger(house, shop), "subscribers", "alerts to address pager").isMissingNode()).isTrue();
            for (String key : List.of(mine, shop, idle)) {
                assertThat(ledger(house, key).at("/difference").asInt(-1)).isZero();
            }
        }
    }

    private static JsonNode ledger(ServeFixture house, String key) {
        return house.send("GET", "/v1/ledger", Optional.empty(), Optional.of(key)).expect(200).json();
    }

    private static JsonNode row(JsonNode ledger, String role, String name) {
        for (JsonNode row : ledger.at("/" + role)) {
            if (row.at("/name").asString().equals(name)) {
                return row;
            }
        }
        return MissingNode.getInstance();
    }

    private static int delivered(JsonNode ledger, String subscriber) {
        return row(ledger, "subscribers", subscriber).at("/delivered").asInt(-1);
    }

    @Test
    void alertsGoToAddressesThatTheOperatorHasNamed() throws Exception {
        String address = "local:" + UUID.randomUUID();
        var heard = new LinkedBlockingQueue<Event>();
        try (Subscriber subscriber = Heliograph.subscriber(address)) {
            subscriber.subscribe(Interest.in(TopicFilter.of("heliograph.alert")), delivery -> heard.add(delivery.event()));
            ServeConfig config = ServeConfig.of(folder).withMode(ServeConfig.Mode.DEV).withAddresses(Map.of("desk", address));
            try (ServeFixture house = ServeFixture.of(config)) {
                put(house, "gardens", "{\"query\":\"title:garden\",\"deliver\":[\"address:desk\"]}").expect(201);
                publish(house, "garden", GARDEN);

                Event alert = heard.poll(20, TimeUnit.SECONDS);
                assertThat(alert).isNotNull();
                assertThat(ServeFixture.JSON.readTree(alert.text()).at("/event/id").asString()).isEqualTo("garden");
            }
        }
    }

    @Test
    void aSearchOutlivesItsServerAndADeletedOneDoesNot() {
        try (ServeFixture house = ServeFixture.dev(folder)) {
            put(house, "kept", "{\"query\":\"title:garden\"}").expect(201);
            put(house, "gone", "{\"query\":\"title:garden\"}").expect(201);
            house.delete("/v1/searches/gone").expect(204);
        }
        assertThat(folder.resolve("searches")).as("the index, for the next start").isNotEmptyDirectory();
        try (ServeFixture house = ServeFixture.dev(folder)) {
            assertThat(house.serve.searchesFound()).isEqualTo(1);
            publish(house, "garden", GARDEN);
            ServeFixture.until(() -> house.get("/v1/events/garden").json().at("/matched").asBoolean());

            assertThat(house.get("/v1/events/garden").json().at("/matches").size()).isEqualTo(1);
            house.get("/v1/searches/gone").expectProblem(404, "no-search");
        }
    }

    @Test
    void aSearchIsTriedOnGivenEventsAndOnTheLatest() {
        try (ServeFixture house = ServeFixture.dev(folder)) {
            ServeFixture.Reply given = house.post("/v1/searches:test", "{\"query\":\"title:garden AND price:[* TO 100]\",\"events\":["
                    + event("a", GARDEN) + "," + event("b", TOWER) + "]}").expect(200);
            assertThat(given.json().at("/tried").asInt()).isEqualTo(2);
            assertThat(given.json().at("/matches").asInt()).isZero();
            assertThat(given.text("/events/0/failing/0")).isEqualTo("price:[* TO 100]");
            assertThat(given.text("/events/1/failing/0")).isEqualTo("title:garden");
            assertThat(given.text("/events/0/event/id")).isEqualTo("a");

            publish(house, "garden", GARDEN);
            publish(house, "tower", TOWER);
            ServeFixture.Reply recent = house.post("/v1/searches:test", "{\"query\":\"title:garden\",\"last\":10}").expect(200);
            assertThat(recent.json().at("/tried").asInt()).isEqualTo(2);
            assertThat(recent.json().at("/matches").asInt()).isEqualTo(1);
            assertThat(house.post("/v1/searches:test", "{\"query\":\"title:garden\",\"topics\":[\"orders.>\"],\"last\":10}").json()
                    .at("/matches").asInt()).isZero();

            assertThat(house.get("/v1/searches").json().at("/items").size()).isZero();
            assertThat(house.get("/v1/alerts").json().at("/items").size()).isZero();
            assertThat(house.post("/v1/searches:test", "{\"query\":\"(\"}").expectProblem(400, "bad-query").text("/pointer")).isEqualTo("/query");
            assertThat(house.post("/v1/searches:test", "{\"query\":\"a\",\"last\":0}").expectProblem(400, "bad-value").text("/pointer"))
                    .isEqualTo("/last");
            assertThat(house.post("/v1/searches:test", "{\"query\":\"a\",\"events\":[{}]}").expectProblem(400, "bad-event").text("/pointer"))
                    .startsWith("/events/0");
        }
    }

    @Test
    void documentsAreMatchedAndNothingIsDelivered() throws Exception {
        try (ServeFixture house = ServeFixture.dev(folder)) {
            put(house, "gardens", "{\"query\":\"title:garden\",\"topics\":[\"listings.>\",\"events\"]}").expect(201);
            put(house, "others", "{\"query\":\"*:*\",\"topics\":[\"orders.>\"]}").expect(201);

            ServeFixture.Reply documents = house.post("/v1/events:match", "[" + GARDEN + "," + TOWER + "]").expect(200);
            ServeFixture.Reply single = house.send("POST", "/v1/events:match", Optional.of(event("e", GARDEN)), Optional.empty(),
                    "Content-Type", "application/cloudevents+json").expect(200);

            assertThat(documents.json().at("/documents").size()).isEqualTo(2);
            assertThat(documents.json().at("/documents/0/matches").size()).isEqualTo(1);
            assertThat(documents.text("/documents/0/matches/0/search")).isEqualTo("gardens");
            assertThat(documents.text("/documents/0/matches/0/clauses/0")).isEqualTo("title:garden");
            assertThat(documents.json().at("/documents/0/matches/0/highlights/0/spans/0/1").asInt()).isEqualTo(19);
            assertThat(documents.json().at("/documents/1/matches").size()).isZero();
            assertThat(single.text("/documents/0/id")).isEqualTo("e");
            assertThat(single.json().at("/documents/0/matches").size()).isEqualTo(1);
            assertThat(house.get("/v1/alerts").json().at("/items").size()).isZero();
            house.post("/v1/events:match", "{}").expectProblem(400, "bad-json");
            house.send("POST", "/v1/events:match", Optional.of("x"), Optional.empty(), "Content-Type", "text/plain").expectProblem(415, "media-type");
        }
    }
}
