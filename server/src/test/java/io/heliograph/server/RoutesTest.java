package io.heliograph.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

@Timeout(20)
class RoutesTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static House house;

    @BeforeAll
    static void open() {
        house = House.open(ServerConfig.defaults().withPort(0).withMaxBodyBytes(100),
                List.of(new Panel("probe", RoutesTest.class, List.of(
                        new Route(Verb.POST, "/v1/probe/echo", call -> Answer.json("\"" + call.body().length + "\"")),
                        new Route(Verb.GET, "/v1/probe/fail", call -> {
                            throw new IllegalStateException("secret of the house");
                        })))));
    }

    @AfterAll
    static void close() {
        house.close();
    }

    @Test
    void theLedgerNamesEverySumAndTheOverallDifference() throws Exception {
        house.publisher.publish("a", "b");

        JsonNode ledger = JSON.readTree(house.get("/v1/ledger").body());

        assertThat(ledger.at("/publishers/0/name").asString()).isEqualTo("test publisher");
        assertThat(ledger.at("/publishers/0/offered").asLong()).isPositive();
        assertThat(ledger.at("/subscribers/0/name").asString()).isEqualTo("test subscriber");
        assertThat(ledger.at("/subscribers/0/known").asLong()).isPositive();
        assertThat(ledger.at("/subscribers/0/lost").isObject()).isTrue();
        assertThat(ledger.at("/subscribers/0/difference").asLong(-1)).isZero();
        assertThat(ledger.at("/difference").asLong(-1)).isZero();
    }

    @Test
    void isHealthyWhileItServes() throws Exception {
        HttpResponse<String> answer = house.get("/healthz");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"status\":\"ok\"}");
    }

    @Test
    void metricsAreInPrometheusText() throws Exception {
        HttpResponse<String> answer = house.get("/metrics");

        assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain; version=0.0.4");
        assertThat(answer.body()).contains("heliograph_publisher_offered_total{publisher=\"test publisher\"} ")
                .contains("# TYPE heliograph_subscriber_in_flight gauge");
    }

    @Test
    void thePageAndAllItsFilesComeFromHere() throws Exception {
        String page = house.get("/").body();
        Matcher reference = Pattern.compile("(?:src|href)=\"([^\"]+)\"").matcher(page);
        var files = new TreeSet<String>();
        while (reference.find()) {
            files.add(reference.group(1));
        }
        files.add("/page/strings.js");

        assertThat(files).contains("/page/page.css", "/page/page.js", "/page/chart.js", "/page/probe.js", "/page/probe.css");
        for (String file : files) {
            if (!file.startsWith("#")) {
                assertThat(file).startsWith("/");
                HttpResponse<String> answer = house.get(file);
                assertThat(answer.statusCode()).as(file).isEqualTo(200);
                if (!file.equals("/page/chart.js")) {
                    assertThat(answer.body().replace("xmlns=\"http://www.w3.org/2000/svg\"", "")).as(file).doesNotContainPattern("https?://");
                }
            }
        }
    }

    @Test
    void thePageHasNothingInlineThatItsPolicyForbids() throws Exception {
        HttpResponse<String> page = house.get("/");

        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'").contains("script-src 'self'").doesNotContain("unsafe");
        assertThat(page.body()).doesNotContainPattern("<script(?![^>]*src=)").doesNotContainPattern("<style|style=|\\son[a-z]+=");
        assertThat(page.body()).contains("panel of the probe");
    }

    @Test
    void anUnchangedFileIsNotSentAgain() throws Exception {
        String tag = house.get("/page/page.css").headers().firstValue("ETag").orElseThrow();

        HttpResponse<String> again = house.get("/page/page.css", "If-None-Match", tag);

        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
    }

    @Test
    void openapiDescribesEveryRouteAndNoOther() throws Exception {
        var described = new TreeSet<String>();
        String path = "";
        for (String line : house.get("/openapi.yaml").body().lines().toList()) {
            Matcher pathLine = Pattern.compile("  (/[^:]*):").matcher(line);
            Matcher verbLine = Pattern.compile("    (get|post|put|patch|delete):").matcher(line);
            path = pathLine.matches() ? pathLine.group(1) : path;
            if (verbLine.matches()) {
                described.add(verbLine.group(1).toUpperCase(java.util.Locale.ROOT) + " " + path);
            }
        }

        assertThat(described).containsExactlyInAnyOrderElementsOf(house.server.routes());
        assertThat(described).contains("GET /", "GET /v1/events/stream", "GET /v1/ledger", "GET /healthz", "GET /metrics", "GET /openapi.yaml");
    }

    @Test
    void whatIsNotThereIsAProblem() throws Exception {
        assertProblem(house.get("/nothing"), 404, "not-found");
        assertProblem(house.get("/page/..%2fpage.css"), 404, "not-found");
        assertProblem(house.get("/page/secret.js"), 404, "not-found");
        assertProblem(house.send("/v1/ledger", request -> request.POST(BodyPublishers.ofString("x"))), 405, "method-not-allowed");
        assertProblem(house.send("/v1/probe/echo", request -> request.POST(BodyPublishers.ofString("x".repeat(101)))), 413, "too-large");
    }

    @Test
    void aBodyThatIsAnnouncedAsTooLongIsRefusedBeforeItComes() throws Exception {
        try (var socket = new Socket("127.0.0.1", house.server.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write("POST /v1/probe/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n"
                    .getBytes(StandardCharsets.ISO_8859_1));
            var answer = new StringBuilder();
            while (answer.indexOf("}") < 0) {
                int next = socket.getInputStream().read();
                assertThat(next).as(answer.toString()).isNotNegative();
                answer.append((char) next);
            }

            assertThat(answer.toString()).startsWith("HTTP/1.1 413").contains("application/problem+json", "\"code\":\"too-large\"",
                    "allowed are 100 bytes", "max-event");
        }
    }

    @Test
    void whoStillSendsHearsThatItIsTooMuch() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertProblem(house.send("/v1/probe/echo", request -> request.POST(BodyPublishers.ofByteArray(new byte[200]))), 413, "too-large");
        }
    }

    @Test
    void aFailureTellsNothingOfTheInside() throws Exception {
        HttpResponse<String> answer = house.get("/v1/probe/fail");

        assertProblem(answer, 500, "internal");
        assertThat(answer.body()).doesNotContain("secret").doesNotContain("IllegalState").doesNotContain("\tat ");
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        Map<?, ?> problem = JSON.readValue(answer.body(), Map.class);
        assertThat(problem.get("status")).isEqualTo(status);
        assertThat(problem.get("code")).isEqualTo(code);
        assertThat(problem.containsKey("detail")).isTrue();
    }
}
