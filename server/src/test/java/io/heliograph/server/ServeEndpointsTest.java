package io.heliograph.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.webhook.KeyRing;
import io.heliograph.webhook.VerifyingKey;
import io.heliograph.webhook.Verification;
import io.heliograph.webhook.WebhookVerifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Endpoints over HTTP. */
@Timeout(60)
class ServeEndpointsTest {

    private static final String NOWHERE = "http://127.0.0.1:9/hook";
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

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
    void onlyAUrlIsNeededAndTheSecretIsShownOnce() {
        ServeFixture.Reply made = house.endpoint(NOWHERE + "?token=hidden-token");
        String id = made.text("/id");

        assertThat(id).startsWith("ep_");
        assertThat(made.raw().headers().firstValue("Location")).hasValue("/v1/endpoints/" + id);
        assertThat(made.text("/secret")).startsWith("whsec_");
        assertThat(made.text("/state")).isEqualTo("active");
        assertThat(made.text("/topics/0")).isEqualTo(">");
        assertThat(made.text("/ordered")).isEqualTo("none");
        assertThat(made.text("/mode")).isEqualTo("structured");
        assertThat(made.text("/timeout")).isEqualTo("PT15S");
        assertThat(made.json().at("/concurrency").asInt()).isEqualTo(4);
        for (String path : List.of("/v1/endpoints", "/v1/endpoints/" + id)) {
            assertThat(house.get(path).expect(200).raw().body()).contains(id).doesNotContain("whsec_").doesNotContain("hidden-token");
        }
    }

    @Test
    void whatIsSaidIsKeptAndChangedPartByPart() {
        String id = house.endpoint(NOWHERE, "\"topics\":[\"orders.>\",\"prices.*\"]", "\"secret\":\"" + SECRET + "\"", "\"group\":\"g\"",
                "\"policy\":\"drop-oldest:10\"", "\"rate_limit\":{\"max\":100,\"per\":\"PT1S\"}", "\"concurrency\":7", "\"mode\":\"binary\"",
                "\"headers\":{\"Authorization\":\"Bearer very-secret\"}", "\"timeout\":\"PT3S\"", "\"retry\":[0,1.5,60]",
                "\"signatures\":[\"v1\",\"v1a\"]").text("/id");

        ServeFixture.Reply changed = house.patch("/v1/endpoints/" + id,
                "{\"group\":null,\"ordered\":\"key\",\"rate_limit\":null,\"topics\":[\"orders.created\"]}").expect(200);

        for (ServeFixture.Reply shown : List.of(changed, house.get("/v1/endpoints/" + id).expect(200))) {
            assertThat(shown.json().has("group")).isFalse();
            assertThat(shown.json().has("rate_limit")).isFalse();
            assertThat(shown.text("/ordered")).isEqualTo("key");
            assertThat(shown.json().at("/topics").toString()).isEqualTo("[\"orders.created\"]");
            assertThat(shown.text("/policy")).startsWith("drop-oldest:10");
            assertThat(shown.json().at("/concurrency").asInt()).isEqualTo(7);
            assertThat(shown.json().at("/retry").toString()).isEqualTo("[0,1.5,60]");
            assertThat(shown.json().at("/signatures").toString()).isEqualTo("[\"v1\",\"v1a\"]");
            assertThat(shown.text("/public_key")).startsWith("whpk_");
            assertThat(shown.text("/header_names/0")).isEqualTo("Authorization");
            assertThat(shown.raw().body()).doesNotContain("very-secret").doesNotContain("whsk_").doesNotContain(SECRET);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{}|missing-member|/url",
        "{\"url\":\"http://127.0.0.1/\",\"colour\":1}|unknown-member|/colour",
        "{\"url\":\"ftp://127.0.0.1/\"}|bad-value|/url",
        "{\"url\":\"http://0177.0.0.1/\"}|bad-value|/url",
        "{\"url\":\"http://10.0.0.1/\"}|target-barred|/url",
        "{\"url\":\"http://169.254.169.254/latest\"}|target-barred|/url",
        "{\"url\":\"http://127.0.0.1/\",\"topics\":[]}|bad-value|/topics",
        "{\"url\":\"http://127.0.0.1/\",\"topics\":\"a\"}|bad-value|/topics",
        "{\"url\":\"http://127.0.0.1/\",\"secret\":\"whsec_shortSECRET\"}|bad-value|/secret",
        "{\"url\":\"http://127.0.0.1/\",\"concurrency\":0}|bad-value|/concurrency",
        "{\"url\":\"http://127.0.0.1/\",\"ordered\":\"some\"}|bad-value|/ordered",
        "{\"url\":\"http://127.0.0.1/\",\"ordered\":\"key\",\"group\":\"g\"}|bad-value|/ordered",
        "{\"url\":\"http://127.0.0.1/\",\"timeout\":\"15\"}|bad-value|/timeout",
        "{\"url\":\"http://127.0.0.1/\",\"timeout\":\"PT1H\"}|bad-value|/timeout",
        "{\"url\":\"http://127.0.0.1/\",\"policy\":\"keep\"}|bad-value|/policy",
        "{\"url\":\"http://127.0.0.1/\",\"retry\":[-1]}|bad-value|/retry",
        "{\"url\":\"http://127.0.0.1/\",\"rate_limit\":{\"max\":1}}|bad-value|/rate_limit",
        "{\"url\":\"http://127.0.0.1/\",\"headers\":{\"Host\":\"x\"}}|bad-value|/headers",
        "{\"url\":\"http://127.0.0.1/\",\"signatures\":[\"v2\"]}|bad-value|/signatures",
        "{\"url\":\"http://127.0.0.1/\",\"batch\":0}|bad-value|/batch",
        "{\"url\":\"http://127.0.0.1/\",\"batch\":10,\"mode\":\"binary\"}|bad-value|/mode",
        "{\"url\":\"http://127.0.0.1/\",\"query\":\"n:[1 TO\"}|bad-query|/query",
        "{\"url\":\"http://127.0.0.1/\",\"query\":7}|bad-value|/query"})
    void whatCannotBeIsRefusedWithItsPlace(String body, String code, String pointer) {
        ServeFixture.Reply reply = house.post("/v1/endpoints", body).expectProblem(400, code);

        assertThat(reply.text("/pointer")).isEqualTo(pointer);
        assertThat(reply.raw().body()).doesNotContain("shortSECRET");
        assertThat(house.get("/v1/endpoints").json().at("/items").size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"url\":", "{\"url\":1,\"url\":2}", "{} {}"})
    void whatIsNoJsonIsRefusedWithItsLine(String body) {
        assertThat(house.post("/v1/endpoints", body).expectProblem(400, "bad-json").json().at("/line").asInt()).isEqualTo(1);
    }

    @Test
    void pagesFollowEachOther() {
        for (int i = 0; i < 5; i++) {
            house.endpoint(NOWHERE);
        }
        var seen = new ArrayList<String>();
        String path = "/v1/endpoints?limit=2";
        String next = "";
        do {
            ServeFixture.Reply page = house.get(path + (next.isEmpty() ? "" : "&cursor=" + next)).expect(200);
            page.json().at("/items").forEach(item -> seen.add(item.at("/id").asString()));
            next = page.text("/next");
        } while (!next.isEmpty());

        assertThat(seen).hasSize(5).doesNotHaveDuplicates().isSorted();
        house.get("/v1/endpoints?limit=0").expectProblem(400, "bad-limit");
        house.get("/v1/endpoints?cursor=zzz").expectProblem(400, "bad-cursor");
        house.get("/v1/endpoints/none/attempts").expectProblem(404, "no-endpoint");
    }

    @Test
    void aPausedEndpointKeepsItsQueueAndAResumedOneGetsIt() throws Exception {
        try (HookReceiver receiver = HookReceiver.answering(204)) {
            String id = house.endpoint(receiver.url()).text("/id");
            assertThat(house.patch("/v1/endpoints/" + id, "{\"state\":\"paused\"}").expect(200).text("/state")).isEqualTo("paused");
            house.publish("o-1").expect(202);
            house.publish("o-2").expect(202);
            assertThat(house.sum(id, "waiting")).isEqualTo(2);
            assertThat(receiver.hooks()).isEmpty();

            assertThat(house.patch("/v1/endpoints/" + id, "{\"state\":\"active\"}").expect(200).text("/state")).isEqualTo("active");

            ServeFixture.until(() -> house.sum(id, "delivered") == 2);
            house.patch("/v1/endpoints/" + id, "{\"state\":\"disabled\"}").expectProblem(400, "bad-value");
        }
    }

    @Test
    void afterARotationBothSecretsVerify() throws Exception {
        try (HookReceiver receiver = HookReceiver.answering(204)) {
            ServeFixture.Reply made = house.endpoint(receiver.url());
            String id = made.text("/id");

            ServeFixture.Reply rotated = house.post("/v1/endpoints/" + id + "/rotate", "{\"overlap\":\"PT1H\"}").expect(200);
            String message = house.post("/v1/endpoints/" + id + "/test").expect(202).text("/webhook_id");

            assertThat(rotated.text("/secret")).startsWith("whsec_").isNotEqualTo(made.text("/secret"));
            ServeFixture.until(() -> house.sum(id, "delivered") == 1);
            HookReceiver.Hook hook = receiver.hooks().getFirst();
            assertThat(hook.header("webhook-id")).isEqualTo(message);
            for (String secret : List.of(made.text("/secret"), rotated.text("/secret"))) {
                assertThat(WebhookVerifier.of(VerifyingKey.parse(secret)).verify(hook.headers(), hook.body()))
                        .isInstanceOf(Verification.Verified.class);
            }
            assertThat(house.post("/v1/endpoints/" + id + "/rotate", "{\"secret\":\"" + SECRET + "\"}").expect(200).text("/secret"))
                    .isEqualTo(SECRET);
            house.post("/v1/endpoints/" + id + "/rotate", "{\"signature\":\"v1a\"}").expectProblem(409, "not-signed-so");
            house.post("/v1/endpoints/" + id + "/rotate", "{\"overlap\":\"P31D\"}").expectProblem(400, "bad-value");
            for (int i = 0; i < KeyRing.MAX_KEYS; i++) {
                house.post("/v1/endpoints/" + id + "/rotate", "{\"overlap\":\"PT0S\"}").expect(200);
            }
        }
    }

    @Test
    void whatFailedIsToldAndSentAgain() throws Exception {
        try (HookReceiver receiver = HookReceiver.answering(500)) {
            String id = house.endpoint(receiver.url(), "\"retry\":[0]").text("/id");
            String message = house.publish("o-1").expect(202).text("/webhook_id");
            ServeFixture.until(() -> house.sum(id, "lost/dead_letter") == 1);
            ServeFixture.Reply attempts = house.get("/v1/endpoints/" + id + "/attempts").expect(200);
            receiver.behave(exchange -> 204);

            ServeFixture.Reply resent = house.post("/v1/attempts/" + attempts.json().at("/items/0/id").asLong() + "/resend").expect(202);

            assertThat(attempts.text("/items/0/webhook_id")).isEqualTo(message);
            assertThat(attempts.json().at("/items/0/status").asInt()).isEqualTo(500);
            assertThat(attempts.text("/items/0/outcome")).isEqualTo("status");
            assertThat(resent.text("/webhook_id")).isEqualTo(message);
            ServeFixture.until(() -> house.sum(id, "delivered") == 1);
            assertThat(receiver.hooks()).extracting(hook -> hook.header("webhook-id")).containsOnly(message);
            house.post("/v1/attempts/999999/resend").expectProblem(404, "no-attempt");
            house.post("/v1/attempts/abc/resend").expectProblem(404, "no-attempt");
        }
    }

    @Test
    void whatWasMissedSinceAMomentIsRecovered() throws Exception {
        try (HookReceiver receiver = HookReceiver.answering(204)) {
            house.publish("o-1").expect(202);
            house.publish("o-2").expect(202);
            String id = house.endpoint(receiver.url()).text("/id");

            ServeFixture.Reply recovered = house.post("/v1/endpoints/" + id + "/recover", "{\"since\":\"2020-01-01T00:00:00Z\"}").expect(202);

            assertThat(recovered.json().at("/recovered").asInt()).isEqualTo(2);
            ServeFixture.until(() -> house.sum(id, "delivered") == 2);
            assertThat(house.post("/v1/endpoints/" + id + "/recover", "{\"since\":\"yesterday\"}").expectProblem(400, "bad-value")
                    .text("/pointer")).isEqualTo("/since");
        }
    }

    @Test
    void aGroupGetsEachEventOnceAndAFailingMemberHandsOn() throws Exception {
        try (HookReceiver good = HookReceiver.answering(204); HookReceiver bad = HookReceiver.answering(500)) {
            String first = house.endpoint(good.url(), "\"group\":\"g\"", "\"retry\":[0,0,0,0]").text("/id");
            String second = house.endpoint(bad.url(), "\"group\":\"g\"", "\"retry\":[0,0,0,0]").text("/id");
            for (int i = 0; i < 10; i++) {
                house.publish("o-" + i).expect(202);
            }

            ServeFixture.until(() -> house.sum(first, "delivered") == 10);

            assertThat(good.hooks()).extracting(hook -> hook.header("webhook-id")).doesNotHaveDuplicates().hasSize(10);
            assertThat(house.sum(second, "handed_on")).isPositive();
            assertThat(house.sum(second, "waiting")).isZero();
        }
    }

    @Test
    void anOrderedEndpointGetsAKeysEventsOneAfterTheOther() throws Exception {
        var under = new AtomicInteger();
        var most = new AtomicInteger();
        try (HookReceiver receiver = new HookReceiver(exchange -> {
            most.accumulateAndGet(under.incrementAndGet(), Math::max);
            under.decrementAndGet();
            return 204;
        })) {
            String id = house.endpoint(receiver.url(), "\"ordered\":\"key\"").text("/id");
            var expected = new ArrayList<String>();
            for (int i = 0; i < 20; i++) {
                expected.add(house.publish("o-" + i).expect(202).text("/webhook_id"));
            }

            ServeFixture.until(() -> house.sum(id, "delivered") == 20);

            assertThat(receiver.hooks()).extracting(hook -> hook.header("webhook-id")).isEqualTo(expected);
            assertThat(most).hasValue(1);
        }
    }

    @Test
    void aReceiverIsAskedFirstWhereThatIsWanted() throws Exception {
        try (HookReceiver receiver = HookReceiver.answering(405)) {
            String id = house.endpoint(receiver.url(), "\"handshake\":true", "\"rate_limit\":{\"max\":100,\"per\":\"PT1S\"}").text("/id");
            assertThat(house.get("/v1/endpoints/" + id).text("/state")).isEqualTo("pending");
            assertThat(house.get("/v1/endpoints/" + id).text("/reason")).contains("405");
            house.publish("o-1").expect(202);
            house.patch("/v1/endpoints/" + id, "{\"state\":\"active\"}").expectProblem(409, "not-agreed");
            house.patch("/v1/endpoints/" + id, "{\"state\":\"paused\"}").expectProblem(409, "not-agreed");
            house.post("/v1/endpoints/" + id + "/test").expectProblem(409, "not-active");
            receiver.behave(exchange -> {
                if (exchange.getRequestMethod().equals("OPTIONS")) {
                    exchange.getResponseHeaders().set("WebHook-Allowed-Origin", "heliograph");
                    exchange.getResponseHeaders().set("WebHook-Allowed-Rate", "60");
                }
                return exchange.getRequestMethod().equals("OPTIONS") ? 200 : 204;
            });

            ServeFixture.Reply active = house.patch("/v1/endpoints/" + id, "{\"state\":\"active\"}").expect(200);
            house.publish("o-2").expect(202);

            assertThat(active.text("/state")).isEqualTo("active");
            assertThat(active.text("/rate_limit/per")).isEqualTo("PT1M");
            assertThat(active.json().at("/rate_limit/max").asInt()).isEqualTo(60);
            ServeFixture.until(() -> house.sum(id, "delivered") == 1);
            HookReceiver.Hook asked = receiver.hooks().stream().filter(hook -> hook.method().equals("OPTIONS")).toList().getLast();
            assertThat(asked.header("webhook-request-origin")).isEqualTo("heliograph");
            assertThat(asked.header("webhook-request-rate")).isEqualTo("6000");
            assertThat(receiver.hooks().getLast().header("webhook-request-origin")).isEqualTo("heliograph");
        }
    }

    @Test
    void aRemovedEndpointIsGoneWithItsQueue() {
        String id = house.endpoint(NOWHERE).text("/id");
        house.patch("/v1/endpoints/" + id, "{\"state\":\"paused\"}").expect(200);
        house.publish("o-1").expect(202);

        house.delete("/v1/endpoints/" + id).expect(204);

        house.get("/v1/endpoints/" + id).expectProblem(404, "no-endpoint");
        house.delete("/v1/endpoints/" + id).expectProblem(404, "no-endpoint");
        ServeFixture.Reply trace = house.get("/v1/events/o-1").expect(200);
        assertThat(trace.text("/deliveries/0/state")).isEqualTo("lost");
        assertThat(trace.text("/deliveries/0/reason")).isEqualTo("left");
    }

    @Test
    void aQueryChoosesAmongTheEventsOfItsTopics() throws Exception {
        try (HookReceiver receiver = HookReceiver.answering(204)) {
            ServeFixture.Reply made = house.endpoint(receiver.url(), "\"query\":\"n:[2 TO 3]\"");
            String id = made.text("/id");
            assertThat(made.text("/query")).isEqualTo("n:[2 TO 3]");
            publishNumbers(0, 5);
            ServeFixture.until(() -> house.sum(id, "delivered") == 2);

            assertThat(house.sum(id, "filtered")).isEqualTo(3);
            assertThat(receiver.hooks().stream().map(hook -> new String(hook.body(), StandardCharsets.UTF_8))).allMatch(body ->
                    body.contains("\"n\": 2") || body.contains("\"n\": 3"));
            ServeFixture.Reply refused = house.patch("/v1/endpoints/" + id, "{\"query\":\"n:(\"}").expectProblem(400, "bad-query");
            assertThat(refused.json().at("/line").asInt()).isEqualTo(1);
            assertThat(refused.json().at("/column").asInt()).isPositive();
            house.patch("/v1/endpoints/" + id, "{\"query\":null}").expect(200);
            publishNumbers(5, 8);
            ServeFixture.until(() -> house.sum(id, "delivered") == 5);
        }
    }

    private void publishNumbers(int from, int to) {
        for (int i = from; i < to; i++) {
            house.send("POST", "/v1/events", Optional.of(ServeFixture.event("q-" + i).replace("{\"n\": 1}", "{\"n\": " + i + "}")),
                    Optional.empty(), "Content-Type", "application/cloudevents+json").expect(202);
        }
    }

    @Test
    void eventsThatWaitGoOutAsOneBatch() throws Exception {
        try (HookReceiver receiver = HookReceiver.answering(204)) {
            ServeFixture.Reply made = house.endpoint(receiver.url(), "\"batch\":10");
            String id = made.text("/id");
            house.patch("/v1/endpoints/" + id, "{\"state\":\"paused\"}").expect(200);
            publishNumbers(0, 5);
            house.patch("/v1/endpoints/" + id, "{\"state\":\"active\"}").expect(200);

            ServeFixture.until(() -> house.sum(id, "delivered") == 5);
            assertThat(made.json().at("/batch").asInt()).isEqualTo(10);
            assertThat(receiver.hooks()).singleElement().satisfies(hook -> {
                assertThat(hook.header("content-type")).startsWith("application/cloudevents-batch+json");
                assertThat(ServeFixture.JSON.readTree(hook.body()).size()).isEqualTo(5);
                assertThat(WebhookVerifier.of(VerifyingKey.parse(made.text("/secret"))).verify(hook.headers(), hook.body()))
                        .isInstanceOf(Verification.Verified.class);
            });
            assertThat(house.patch("/v1/endpoints/" + id, "{\"batch\":null}").expect(200).json().has("batch")).isFalse();
        }
    }
}
