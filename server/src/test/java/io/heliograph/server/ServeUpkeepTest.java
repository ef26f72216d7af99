package io.heliograph.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What an endpoint's owner does when its receiver is gone, fails or was away for long. */
@Timeout(60)
class ServeUpkeepTest {

    private static final String NOWHERE = "http://127.0.0.1:9/closed";

    @TempDir
    Path folder;

    private Optional<ServeFixture> open = Optional.empty();

    private ServeFixture open(ServeConfig config) {
        ServeFixture house = ServeFixture.of(config.withMode(ServeConfig.Mode.DEV));
        open = Optional.of(house);
        return house;
    }

    @AfterEach
    void close() {
        open.ifPresent(ServeFixture::close);
    }

    private static JsonNode subscriber(ServeFixture house, String name) {
        JsonNode ledger = house.get("/v1/ledger").expect(200).json();
        assertThat(ledger.at("/difference").asLong(-1)).isZero();
        for (JsonNode one : ledger.at("/subscribers")) {
            if (one.at("/name").asString().equals(name)) {
                return one;
            }
        }
        throw new AssertionError("no " + name + " in " + ledger);
    }

    @Test
    void tellsWhatARemovedEndpointLost() {
        ServeFixture house = open(ServeConfig.of(folder));
        String endpoint = house.endpoint(NOWHERE).text("/id");
        house.patch("/v1/endpoints/" + endpoint, "{\"state\":\"paused\"}").expect(200);
        house.publish("o-1").expect(202);
        house.publish("o-2").expect(202);
        house.delete("/v1/endpoints/" + endpoint).expect(204);

        JsonNode removed = subscriber(house, "removed endpoints");
        assertThat(removed.at("/known").asLong()).isEqualTo(2);
        assertThat(removed.at("/lost/left").asLong()).isEqualTo(2);
        ServeFixture.Reply trace = house.get("/v1/events/o-2").expect(200);
        assertThat(trace.text("/deliveries/0/endpoint")).isEqualTo(endpoint);
        assertThat(trace.text("/deliveries/0/state")).isEqualTo("lost");
        assertThat(trace.text("/deliveries/0/reason")).isEqualTo("left");
    }

    @Test
    void countsFailuresInTheLedger() throws Exception {
        ServeFixture house = open(ServeConfig.of(folder));
        try (HookReceiver receiver = HookReceiver.answering(500)) {
            String endpoint = house.endpoint(receiver.url(), "\"retry\":[0,0,3600]").text("/id");
            house.publish("o-1").expect(202);
            ServeFixture.until(() -> house.sum(endpoint, "failures") == 2);
            assertThat(subscriber(house, endpoint).at("/failures").asLong()).isEqualTo(2);
            assertThat(house.sum(endpoint, "duplicates")).isZero();
        }
    }

    @Test
    void resumesAnEndpointThatFillsTheStoreAndTellsNobodyWhereThatIs() throws Exception {
        ServeFixture house = open(ServeConfig.of(folder).withLimits(ServeLimits.defaults().withStoreBytes(2 << 20)));
        try (HookReceiver receiver = HookReceiver.answering(204)) {
            String endpoint = house.endpoint(NOWHERE).text("/id");
            house.patch("/v1/endpoints/" + endpoint, "{\"state\":\"paused\"}").expect(200);
            int accepted = 0;
            ServeFixture.Reply last = large(house, accepted);
            while (last.status() == 202) {
                accepted++;
                last = large(house, accepted);
            }
            int all = accepted;
            last.expectProblem(429, "back-pressured");
            assertThat(last.text("/detail")).contains("store-limit").doesNotContain(folder.getFileName().toString());
            ServeFixture.Reply another = house.post("/v1/endpoints", "{\"url\":\"" + NOWHERE + "\"}").expectProblem(429, "back-pressured");
            assertThat(another.text("/detail")).contains("store-limit").doesNotContain(folder.getFileName().toString());
            house.patch("/v1/endpoints/" + endpoint, "{\"url\":\"" + receiver.url() + "\",\"state\":\"active\"}").expect(200);
            ServeFixture.until(() -> house.sum(endpoint, "delivered") == all);
        }
    }

    private static ServeFixture.Reply large(ServeFixture house, int number) {
        return house.send("POST", "/v1/events", Optional.of("x".repeat(50_000)), Optional.empty(), "Content-Type", "text/plain",
                "ce-specversion", "1.0", "ce-id", "l-" + number, "ce-source", "/shop", "ce-type", "orders.created");
    }

    @Test
    void takesNoWaitThatNobodyWouldKeepAndShowsNone() {
        ServeFixture house = open(ServeConfig.of(folder));
        assertThat(house.endpoint(NOWHERE, "\"policy\":\"backpressure:1\"").text("/policy")).contains("backpressure:1,").endsWith("wait=0s");
        ServeFixture.Reply refused = house.post("/v1/endpoints", "{\"url\":\"" + NOWHERE + "\",\"policy\":\"backpressure:1,wait=5s\"}")
                .expectProblem(400, "bad-value");
        assertThat(refused.text("/pointer")).isEqualTo("/policy");
        assertThat(refused.text("/detail")).contains("wait=0ms");
    }

    @Test
    void takesNoSpillSinceTheWholeQueueIsOnDisk() {
        ServeFixture house = open(ServeConfig.of(folder));
        String endpoint = house.endpoint(NOWHERE).text("/id");
        ServeFixture.Reply refused = house.patch("/v1/endpoints/" + endpoint, "{\"policy\":\"buffer:10,1MiB,spill=1GiB\"}")
                .expectProblem(400, "bad-value");
        assertThat(refused.text("/pointer")).isEqualTo("/policy");
        assertThat(refused.text("/detail")).contains("without spill");
    }
}
