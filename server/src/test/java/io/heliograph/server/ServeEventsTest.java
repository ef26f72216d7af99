package io.heliograph.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.webhook.Verification;
import io.heliograph.webhook.VerifyingKey;
import io.heliograph.webhook.WebhookVerifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is published over HTTP. */
@Timeout(60)
class ServeEventsTest {

    @TempDir
    Path folder;

    private ServeFixture house;

    @BeforeEach
    void open() {
        house = ServeFixture.dev(folder);
    }

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void anEventArrivesSignedAndItsWayIsTold() throws Exception {
        try (HookReceiver receiver = HookReceiver.answering(204)) {
            ServeFixture.Reply endpoint = house.endpoint(receiver.url(), "\"topics\":[\"orders.>\"]", "\"headers\":{\"X-Team\":\"blue\"}");

            ServeFixture.Reply published = house.publish("o-1").expect(202);

            assertThat(published.text("/id")).isEqualTo("o-1");
            assertThat(published.text("/novelty")).isEqualTo("new");
            String message = published.text("/webhook_id");
            assertThat(published.raw().headers().firstValue("Location")).hasValue("/v1/events/" + message);
            ServeFixture.until(() -> house.sum(endpoint.text("/id"), "delivered") == 1);
            HookReceiver.Hook hook = receiver.hooks().getFirst();
            assertThat(hook.header("webhook-id")).isEqualTo(message);
            assertThat(hook.header("x-team")).isEqualTo("blue");
            assertThat(new String(hook.body(), StandardCharsets.UTF_8)).isEqualTo(ServeFixture.event("o-1"));
            assertThat(WebhookVerifier.of(VerifyingKey.parse(endpoint.text("/secret"))).verify(hook.headers(), hook.body()))
                    .isInstanceOf(Verification.Verified.class);
            for (String id : List.of("o-1", message)) {
                ServeFixture.Reply trace = house.get("/v1/events/" + id).expect(200);
                assertThat(trace.text("/deliveries/0/state")).isEqualTo("delivered");
                assertThat(trace.text("/deliveries/0/endpoint")).isEqualTo(endpoint.text("/id"));
                assertThat(trace.json().at("/attempts/0/status").asInt()).isEqualTo(204);
            }
            ServeFixture.Reply ledger = house.get("/v1/ledger").expect(200);
            assertThat(ledger.text("/subscribers/0/name")).isEqualTo(endpoint.text("/id"));
            assertThat(ledger.json().at("/publishers/0/accepted").asLong()).isEqualTo(1);
            assertThat(ledger.json().at("/difference").asLong(-1)).isZero();
        }
    }

    @Test
    void anEventWhoseIdIsARoutesNameIsFoundToo() {
        String message = house.publish("stream").expect(202).text("/webhook_id");

        for (String id : List.of("%73tream", message)) {
            assertThat(house.get("/v1/events/" + id).expect(200).text("/webhook_id")).isEqualTo(message);
        }
    }

    @Test
    void whatIsTooLargeIsToldItsLimitAndTheSetting() {
        house.close();
        house = ServeFixture.of(ServeConfig.of(folder).withMode(ServeConfig.Mode.DEV)
                .withLimits(ServeLimits.defaults().withMaxEventBytes(2_000)));
        String large = ServeFixture.event("x").replace("{\"n\": 1}", "\"" + "a".repeat(2_000) + "\"");

        assertThat(structured(large).expectProblem(413, "too-large").text("/detail")).contains("allowed are 2000", "max-event");
        ServeFixture.Reply batch = batch("[" + ServeFixture.event("y") + "," + large + "]").expectProblem(413, "too-large");
        assertThat(batch.text("/detail")).contains("allowed are 2000", "max-event");
        assertThat(batch.text("/pointer")).isEqualTo("/1");
    }

    @Test
    void theSameSourceAndIdOrTheSameKeyIsOneEvent() {
        String first = house.publish("o-1").expect(202).text("/webhook_id");
        ServeFixture.Reply again = house.publish("o-1").expect(202);
        String keyed = house.publish("o-2", "Idempotency-Key", "k").expect(202).text("/webhook_id");
        ServeFixture.Reply keyedAgain = house.publish("o-3", "Idempotency-Key", "k").expect(202);

        assertThat(again.text("/webhook_id")).isEqualTo(first);
        assertThat(again.text("/novelty")).isEqualTo("repeated");
        assertThat(keyedAgain.text("/webhook_id")).isEqualTo(keyed);
        house.get("/v1/events/o-3").expectProblem(404, "no-event");
    }

    @Test
    void whatWasAnswered202IsThereAfterARestart() {
        String message = house.publish("o-1").expect(202).text("/webhook_id");
        house.close();

        house = ServeFixture.dev(folder);

        assertThat(house.get("/v1/events/o-1").expect(200).text("/webhook_id")).isEqualTo(message);
    }

    @Test
    void aBinaryEventArrivesByteByByte() throws Exception {
        try (HookReceiver receiver = HookReceiver.answering(200)) {
            ServeFixture.Reply endpoint = house.endpoint(receiver.url(), "\"mode\":\"binary\"");

            house.send("POST", "/v1/events", Optional.of("plain,text"), Optional.empty(), "Content-Type", "text/csv", "ce-specversion", "1.0",
                    "ce-id", "b-1", "ce-source", "/shop", "ce-type", "rows").expect(202);

            ServeFixture.until(() -> house.sum(endpoint.text("/id"), "delivered") == 1);
            HookReceiver.Hook hook = receiver.hooks().getFirst();
            assertThat(new String(hook.body(), StandardCharsets.UTF_8)).isEqualTo("plain,text");
            assertThat(hook.header("content-type")).isEqualTo("text/csv");
            assertThat(hook.header("ce-id")).isEqualTo("b-1");
        }
    }

    @Test
    void aBatchIsTakenWholeOrNotAtAll() {
        String full = house.endpoint("http://127.0.0.1:9/closed", "\"policy\":\"backpressure:2,wait=0ms\"").text("/id");
        house.patch("/v1/endpoints/" + full, "{\"state\":\"paused\"}").expect(200);
        String one = ServeFixture.event("o-1");

        ServeFixture.Reply refused = batch("[" + one + "," + ServeFixture.event("o-2") + "," + ServeFixture.event("o-3") + "]");
        ServeFixture.Reply damaged = batch("[" + one + "," + one.replace("orders.created", "or ders") + "]");
        ServeFixture.Reply taken = batch("[" + one + "," + ServeFixture.event("o-2") + "]");

        assertThat(refused.expectProblem(429, "back-pressured").text("/pointer")).isEqualTo("/2");
        assertThat(refused.raw().headers().firstValue("Retry-After")).isPresent();
        assertThat(damaged.expectProblem(400, "bad-event").text("/pointer")).isEqualTo("/1/type");
        assertThat(taken.expect(202).json().at("/events").size()).isEqualTo(2);
        assertThat(taken.text("/events/0/novelty")).isEqualTo("new");
        assertThat(house.sum(full, "waiting")).isEqualTo(2);
        assertThat(house.get("/v1/ledger").json().at("/publishers/0/refused").asLong()).isEqualTo(3);
    }

    private ServeFixture.Reply batch(String body) {
        return house.send("POST", "/v1/events", Optional.of(body), Optional.empty(), "Content-Type", "application/cloudevents-batch+json");
    }

    @Test
    void whatIsNoEventIsRefusedWithItsPlace() {
        assertThat(structured(ServeFixture.event("x").replace("orders.created", "a b")).expectProblem(400, "bad-event").text("/pointer"))
                .isEqualTo("/type");
        assertThat(structured(ServeFixture.event("x").replace("orders.created", "heliograph.endpoint.disabled"))
                .expectProblem(400, "reserved-topic").text("/pointer")).isEqualTo("/type");
        structured("{").expectProblem(400, "bad-event");
        house.post("/v1/events", "{}").expectProblem(415, "media-type");
        house.publish("x", "Content-Encoding", "gzip").expectProblem(415, "content-encoding");
        house.publish("x", "Idempotency-Key", "k".repeat(256)).expectProblem(400, "bad-idempotency-key");
        structured(ServeFixture.event("x").replace("{\"n\": 1}", "\"" + "a".repeat(1 << 20) + "\"")).expectProblem(413, "too-large");
        structured("a".repeat(ServeConfig.MAX_BODY_BYTES + 1)).expectProblem(413, "too-large");
        house.get("/v1/events/x").expectProblem(404, "no-event");
    }

    private ServeFixture.Reply structured(String body) {
        return house.send("POST", "/v1/events", Optional.of(body), Optional.empty(), "Content-Type", "application/cloudevents+json");
    }

    @Test
    void openapiDescribesEveryRouteAndNoOther() {
        var described = new TreeSet<String>();
        String path = "";
        for (String line : house.get("/openapi.yaml").raw().body().lines().toList()) {
            Matcher pathLine = Pattern.compile("  (/.*):").matcher(line);
            Matcher verbLine = Pattern.compile("    (get|post|put|patch|delete):").matcher(line);
            path = pathLine.matches() ? pathLine.group(1) : path;
            if (verbLine.matches()) {
                described.add(verbLine.group(1).toUpperCase(java.util.Locale.ROOT) + " " + path);
            }
        }

        assertThat(described).containsExactlyInAnyOrderElementsOf(house.serve.routes());
        assertThat(described).contains("POST /v1/events", "PATCH /v1/endpoints/{id}", "POST /v1/attempts/{id}/resend");
        for (String route : described) {
            String method = route.substring(0, route.indexOf(' '));
            if (!route.endsWith("/stream")) {
                ServeFixture.Reply reply = house.send(method, route.substring(route.indexOf(' ') + 1).replaceAll("\\{\\w+}", "none"),
                        Optional.empty(), Optional.empty());
                assertThat(reply.status()).as(route).isNotEqualTo(405);
                assertThat(reply.text("/detail")).as(route).doesNotContain("no such path");
            }
        }
    }

    @Test
    void metricsTellWhatBecameOfEventsAndAttempts() throws Exception {
        try (HookReceiver receiver = HookReceiver.answering(204)) {
            String id = house.endpoint(receiver.url()).text("/id");
            house.publish("o-1").expect(202);
            ServeFixture.until(() -> house.sum(id, "delivered") == 1);

            assertThat(house.get("/metrics").raw().body()).contains("heliograph_outbox_events_total{result=\"accepted\"} 1")
                    .contains("heliograph_webhook_attempts_total{outcome=\"delivered\"} 1");
        }
    }
}
