package io.heliograph.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.timgroup.statsd.NonBlockingStatsDClientBuilder;
import io.heliograph.Event;
import io.heliograph.LossReason;
import io.heliograph.cloudevents.CloudEventJson;
import io.heliograph.demo.DemoConfig.Generator;
import io.heliograph.demo.DemoConfig.StatusLine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The whole house over real sockets on this machine. */
@Timeout(30)
class HouseTest {

    private final HttpClient http = HttpClient.newHttpClient();
    private DemoHouse house = open(Generator.OFF);

    private static DemoHouse open(Generator generator) {
        return DemoHouse.open(new DemoConfig(OptionalInt.of(0), OptionalInt.of(0), Optional.empty(), generator, StatusLine.AT_END));
    }

    @AfterEach
    void close() {
        house.close();
        http.close();
    }

    @Test
    void aLineOfASenderIsOnTheStreamWithinTwoSecondsAndTheLedgerCloses() throws Exception {
        try (BufferedReader stream = stream()) {
            long startNs = System.nanoTime();
            Metrics.send(house.parts().statsd().localAddress(), "foo:1|c\n");

            Event event = next(stream, found -> found.subject().equals(Optional.of("foo")));

            assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isLessThan(Duration.ofSeconds(2));
            assertThat(event.topic()).isEqualTo("metrics.counter");
            assertThat(event.text()).contains("\"name\":\"foo\"").contains("\"type\":\"counter\"").contains("\"value\":1");
        }
        house.close();
        assertThat(house.parts().publisher().sums().difference()).isZero();
        assertThat(house.parts().subscription().sums().difference()).isZero();
        assertThat(house.parts().subscription().sums().delivered()).isEqualTo(house.parts().publisher().sums().accepted());
    }

    @Test
    void aClientLibrarysMetricArrives() throws Exception {
        try (BufferedReader stream = stream();
                var client = new NonBlockingStatsDClientBuilder().prefix("library").hostname("127.0.0.1")
                        .port(house.parts().statsd().localAddress().getPort()).enableTelemetry(false)
                        .enableAggregation(false).originDetectionEnabled(false).build()) {
            client.recordExecutionTime("checkout", 42, "host:a");

            Event event = next(stream, found -> found.subject().equals(Optional.of("library.checkout")));

            assertThat(event.topic()).isEqualTo("metrics.timer");
            assertThat(event.text()).contains("\"count\":1").contains("\"tags\":{\"host\":\"a\"}");
        }
    }

    @Test
    void aNameThatLooksLikeMarkupStaysAsItIs() throws Exception {
        String name = "<img src=x onerror=alert(1)>";
        try (BufferedReader stream = stream()) {
            Metrics.send(house.parts().statsd().localAddress(), name + ":1|c");

            assertThat(next(stream, found -> true).subject()).hasValue(name);
        }
    }

    @Test
    void aStalledSubscriberLosesWhatItsPolicySays() throws Exception {
        assertThat(put("{\"policy\":\"drop-newest\"}").statusCode()).isEqualTo(200);
        assertThat(post("/v1/demo/stall").statusCode()).isEqualTo(200);
        var lines = new StringBuilder();
        for (int i = 0; i < PagePolicy.LIMIT_EVENTS + 20; i++) {
            lines.append("metric").append(i).append(":1|c\n");
        }
        Metrics.send(house.parts().statsd().localAddress(), lines.toString());

        await(() -> house.parts().publisher().sums().accepted() >= PagePolicy.LIMIT_EVENTS + 20);
        assertThat(house.parts().handler().stallLeft()).as("the flush waited for nobody").isPositive();
        await(() -> house.parts().subscription().sums().lost().getOrDefault(LossReason.OVERFLOW, 0L) > 0);
        String ledger = get("/v1/ledger").body();
        assertThat(ledger).contains("\"overflow\":").endsWith("\"difference\":0}");

        house.close();
        var sums = house.parts().subscription().sums();
        assertThat(sums.difference()).isZero();
        assertThat(sums.inFlight()).isZero();
        // One in the handler's hand, and as many as may wait.
        assertThat(sums.delivered()).isEqualTo(PagePolicy.LIMIT_EVENTS + 1);
        assertThat(sums.lostTotal()).isEqualTo(19);
    }

    @Test
    void whatCannotBeDoneIsAProblem() throws Exception {
        assertThat(post("/v1/demo/burst").statusCode()).isEqualTo(409);
        assertThat(put("{\"policy\":\"backpressure\"}").body()).contains("\"code\":\"bad-policy\"").contains("drop-oldest");
        assertThat(put("{\"policy\":{\"policy\":\"drop-oldest\"}}").statusCode()).isEqualTo(400);
        assertThat(put("[").body()).contains("\"code\":\"bad-policy\"");
        assertThat(put("{\"policy").body()).contains("\"code\":\"bad-json\"");
        assertThat(http.send(request("/v1/demo/stall").POST(BodyPublishers.noBody()).header("Origin", "http://evil.example").build(),
                BodyHandlers.ofString()).statusCode()).isEqualTo(403);
    }

    @Test
    void whatItAddsIsDescribedAndServed() throws Exception {
        assertThat(get("/openapi.yaml").body()).contains("\n  /v1/demo:\n", "\n  /v1/demo/burst:\n", "\n  /v1/demo/stall:\n",
                "\n  /v1/demo/policy:\n", "\ncomponents:\n");
        assertThat(get("/v1/demo").body()).contains("\"own_lost\":0", "\"repaired_datagrams\":0", "\"policy\":\"drop-oldest\"", "\"generator\":false");
        assertThat(get("/").body()).contains("id=\"panel-demo\"", "id=\"panel-metrics\"", "src=\"/page/metrics.js\"");
    }

    @Test
    void itIsAServerLikeAnyOtherAndWhatItShowsIsOnDisk() throws Exception {
        assertThat(get("/openapi.yaml").body()).contains("\n  /v1/events:\n", "\n  /v1/endpoints:\n", "\n  /v1/demo/hook:\n");
        assertThat(get("/v1/endpoints").body()).contains("/v1/demo/hook").doesNotContain("whsec_");
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
        Event event;
        try (BufferedReader stream = stream()) {
            Metrics.send(house.parts().statsd().localAddress(), "stored:1|c\n");
            event = next(stream, found -> found.subject().equals(Optional.of("stored")));
        }
        assertThat(get("/v1/events/" + event.id().orElseThrow()).body()).contains("\"topic\":\"metrics.counter\"");
        await(() -> house.parts().feed().published().accepted() == house.parts().publisher().sums().accepted());
        assertThat(get("/v1/ledger").body()).contains("\"name\":\"multicast\"", "\"name\":\"page\"").endsWith("\"difference\":0}");
    }

    @Test
    void itsReceiverTakesWhatIsSignedForItAlone() throws Exception {
        assertThat(post("/v1/demo/hook").body()).contains("\"code\":\"not-verified\"");
        String id = house.parts().receiver().endpoint().orElseThrow();

        assertThat(post("/v1/endpoints/" + id + "/test").statusCode()).isEqualTo(202);

        await(() -> house.parts().receiver().verified() == 1);
        await(() -> house.parts().alerts().orElseThrow().delivered() == 1);
        assertThat(get("/v1/demo").body()).contains("\"received\":2,\"verified\":1", "\"latest\":[{\"specversion\":\"1.0\"");
    }

    @Test
    void garbageIsCountedAndHurtsNothing() throws Exception {
        try (BufferedReader stream = stream()) {
            Metrics.send(house.parts().statsd().localAddress(), "no metric\ngood:1|c\n:|\n\u0000\u0001");

            next(stream, found -> found.subject().equals(Optional.of("good")));
        }
        assertThat(house.parts().statsd().counters().badTotal()).isEqualTo(3);
        assertThat(get("/metrics").body()).contains("heliograph_statsd_bad_lines_total{reason=");
    }

    @Test
    void garbageAtTheGroupIsCountedAndHurtsNothing() throws Exception {
        URI group = URI.create(house.parts().address());
        try (var socket = new MulticastSocket()) {
            socket.setNetworkInterface(NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress()));
            byte[] garbage = "none of ours, though as long as a header of the protocol is".getBytes(StandardCharsets.UTF_8);
            socket.send(new DatagramPacket(garbage, garbage.length, InetAddress.getByName(group.getHost()), group.getPort()));
        }

        await(() -> metrics().contains("heliograph_udp_ignored_total{reason=\"bad_magic\"} 1"));
        assertThat(house.parts().subscription().sums().difference()).isZero();
    }

    private String metrics() {
        try {
            return get("/metrics").body();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("no answer at /metrics", e);
        }
    }

    @Test
    void theGeneratorsLossIsKnownExactlyAndItMakesManyMetrics() throws Exception {
        house.close();
        house = open(Generator.ON);
        await(() -> house.parts().publisher().sums().accepted() >= 30);
        house.close();

        OwnDatagrams own = OwnDatagrams.of(house.parts().traffic(), house.parts().statsd().generators());
        assertThat(own.sent()).isPositive();
        assertThat(own.received() + own.lost()).isEqualTo(own.sent());
        assertThat(house.parts().statsd().counters().difference()).isZero();
        assertThat(house.parts().subscription().sums().difference()).isZero();
        assertThat(house.parts().statsd().counters().badTotal()).isZero();
    }

    private BufferedReader stream() throws IOException, InterruptedException {
        var answer = http.send(request("/v1/events/stream").build(), BodyHandlers.ofInputStream());
        var reader = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
        // The comment that says that the stream is open.
        reader.readLine();
        return reader;
    }

    private static Event next(BufferedReader stream, Predicate<Event> wanted) throws IOException {
        String line = stream.readLine();
        while (line != null) {
            if (line.startsWith("data: ")) {
                Event event = CloudEventJson.read(line.substring("data: ".length()));
                if (wanted.test(event)) {
                    return event;
                }
            }
            line = stream.readLine();
        }
        throw new AssertionError("the stream ended");
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(house.url() + path)).timeout(Duration.ofSeconds(20));
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(request(path).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path) throws IOException, InterruptedException {
        return http.send(request(path).POST(BodyPublishers.noBody()).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> put(String json) throws IOException, InterruptedException {
        return http.send(request("/v1/demo/policy").PUT(BodyPublishers.ofString(json)).build(), BodyHandlers.ofString());
    }
}
