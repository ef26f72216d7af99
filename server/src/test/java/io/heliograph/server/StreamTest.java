package io.heliograph.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.Gap;
import io.heliograph.LossReason;
import io.heliograph.TopicFilter;
import io.heliograph.cloudevents.CloudEventJson;
import io.heliograph.flow.Limit;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class StreamTest {

    @Test
    void carriesEachEventAsOneCloudEvent() throws Exception {
        try (House house = House.open(); Stream stream = house.stream("/v1/events/stream")) {
            stream.next();
            house.publisher.publish(Event.builder("metrics.counter").subject("foo").data("{\"value\":1.0}".getBytes(), "application/json").build());
            house.publisher.publish("second", "text");

            Event first = CloudEventJson.read(stream.nextData().orElseThrow());
            Event second = CloudEventJson.read(stream.nextData().orElseThrow());

            assertThat(first.topic()).isEqualTo("metrics.counter");
            assertThat(first.subject()).hasValue("foo");
            assertThat(first.text()).isEqualTo("{\"value\":1.0}");
            assertThat(first.attributes()).containsKeys("sequence", "senttime", "receivedtime");
            assertThat(second.text()).isEqualTo("text");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/event-stream", "*/*", "application/json", "text/html"})
    void answersWhateverTheClientSaysItAccepts(String accept) throws Exception {
        try (House house = House.open(); Stream stream = house.stream("/v1/events/stream", "Accept", accept)) {
            assertThat(stream.response.statusCode()).isEqualTo(200);
            assertThat(stream.response.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/event-stream");
            assertThat(stream.next()).containsExactly(": open");
        }
    }

    @Test
    void isNotHeldBackByCompression() throws Exception {
        try (House house = House.open();
                Stream stream = house.stream("/v1/events/stream", "Accept-Encoding", "gzip")) {
            assertThat(stream.response.headers().firstValue("Content-Encoding")).isEmpty();
            assertThat(stream.next()).containsExactly(": open");
        }
    }

    @Test
    void carriesOnlyTheTopicsThatAreAskedFor() throws Exception {
        try (House house = House.open(); Stream stream = house.stream("/v1/events/stream?topic=prices.*")) {
            stream.next();
            house.publisher.publish("orders.new", "not this");
            house.publisher.publish("prices.eurusd", "1.08");

            assertThat(CloudEventJson.read(stream.nextData().orElseThrow()).topic()).isEqualTo("prices.eurusd");
        }
    }

    @Test
    void aPanelsStreamShowsWhatItsOwnTailIsGivenAndEndsWithTheServer() throws Exception {
        var alerts = new EventTail(Limit.events(10));
        var panel = new Panel("probe", RoutesTest.class, List.of(),
                List.of(new PanelStream("/v1/probe/stream", alerts, TopicFilter.of("heliograph.>"))));
        House house = House.open(ServerConfig.defaults().withPort(0), List.of(panel));
        try (house; Stream stream = house.stream("/v1/probe/stream")) {
            stream.next();
            house.publisher.publish("prices.eurusd", "1.08");
            alerts.show(Access.DEFAULT_TENANT, Event.of("heliograph.alert", "found"), "alert-1");

            assertThat(CloudEventJson.read(stream.nextData().orElseThrow()).id()).hasValue("alert-1");
            assertThat(house.server.routes()).contains("GET /v1/probe/stream");
            house.server.close();
            assertThat(stream.nextData()).isEmpty();
        }
    }

    @Test
    void refusesATopicFilterThatIsNone() throws Exception {
        try (House house = House.open()) {
            HttpResponse<String> answer = house.get("/v1/events/stream?topic=a..b");

            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertThat(answer.body()).contains("\"code\":\"bad-topic-filter\"").contains("a..b");
        }
    }

    @Test
    void keepsEachEventOnOneLineWhateverItsDataLooksLike() throws Exception {
        try (House house = House.open(); Stream stream = house.stream("/v1/events/stream")) {
            stream.next();
            house.publisher.publish(Event.json("pretty", "{\n  \"a\": 1,\r\n  \"b\": \"\\n\"\n}"));
            house.publisher.publish("after", "data: forged\n\ndata: {}");

            Event pretty = CloudEventJson.read(stream.nextData().orElseThrow());
            Event after = CloudEventJson.read(stream.nextData().orElseThrow());

            assertThat(pretty.text()).contains("\"b\": \"\\n\"").doesNotContain("\n");
            assertThat(after.text()).isEqualTo("data: forged\n\ndata: {}");
        }
    }

    @Test
    void saysThatItIsAliveWhileNothingHappens() throws Exception {
        var config = ServerConfig.defaults().withPort(0).withHeartbeat(Duration.ofMillis(50));
        try (House house = House.open(config, List.of()); Stream stream = house.stream("/v1/events/stream")) {
            assertThat(stream.next()).containsExactly(": open");
            assertThat(stream.next()).containsExactly(": alive");
            assertThat(stream.next()).containsExactly(": alive");
        }
    }

    @Test
    void tellsOfGapsWhateverItFilters() throws Exception {
        try (House house = House.open(); Stream stream = house.stream("/v1/events/stream?topic=prices.%3E")) {
            stream.next();
            house.tail.onGap(new Gap(1, 7, 9, 3, LossReason.NETWORK));

            List<String> block = stream.next();

            assertThat(block).first().isEqualTo("event: gap");
            Event gap = CloudEventJson.read(block.get(1).substring("data: ".length()));
            assertThat(gap.topic()).isEqualTo("heliograph.gap");
            assertThat(gap.text()).contains("\"from\":7,\"to\":9,\"count\":3,\"reason\":\"network\"");
        }
    }

    @Test
    void isRefusedWhenTooManyAreOpen() throws Exception {
        try (House house = House.open(ServerConfig.defaults().withPort(0).withMaxViewers(1), List.of());
                Stream first = house.stream("/v1/events/stream")) {
            first.next();

            HttpResponse<String> answer = house.get("/v1/events/stream");

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("\"code\":\"too-many-viewers\"");
        }
    }

    @Test
    void endsWhenTheServerCloses() throws Exception {
        House house = House.open();
        try (Stream stream = house.stream("/v1/events/stream")) {
            stream.next();
            house.server.close();

            assertThat(stream.next()).isEmpty();
        } finally {
            house.close();
        }
    }

    @Test
    void aViewerThatReadsNothingDelaysNobodyAndIsTold() throws Exception {
        try (House house = House.open();
                Stream silent = house.stream("/v1/events/stream");
                Stream reader = house.stream("/v1/events/stream?topic=last")) {
            silent.next();
            reader.next();
            byte[] large = new byte[20_000];
            for (int i = 0; i < 3_000; i++) {
                house.publisher.publish("bulk", large, 0, large.length);
            }
            house.publisher.publish("last", "here");

            assertThat(CloudEventJson.read(reader.nextData().orElseThrow()).text()).isEqualTo("here");
            assertThat(house.tail.sums().missed()).isPositive();
            assertThat(house.tail.sums().difference()).isZero();
            assertThat(house.subscription.sums().delivered()).isEqualTo(3_001);
            List<String> block = silent.next();
            while (!block.contains("event: missed")) {
                assertThat(block).as("the stream ended without a word of what was missed").isNotEmpty();
                block = silent.next();
            }
            Event missed = CloudEventJson.read(block.get(1).substring("data: ".length()));
            assertThat(missed.topic()).isEqualTo("heliograph.missed");
            assertThat(missed.text()).contains("\"missed\":");
        }
    }
}
