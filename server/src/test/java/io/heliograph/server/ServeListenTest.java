package io.heliograph.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.Heliograph;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** What is published at addresses that {@code serve} listens at, by publishers of every transport. */
@Timeout(60)
class ServeListenTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    /** Where a server listens, and a publisher publishes. */
    record Way(String listen, String publish) {
    }

    static Stream<Way> ways() throws IOException {
        int udp = freeUdpPort();
        int zmq = freeTcpPort();
        return Stream.of(
                new Way("local:serve-listen", "local:serve-listen"),
                new Way("udp://127.0.0.1:" + udp, "udp://127.0.0.1:" + udp),
                new Way("zmq://127.0.0.1:" + zmq, "zmq://127.0.0.1:" + zmq));
    }

    private static int freeUdpPort() throws IOException {
        try (var socket = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))) {
            return socket.getLocalPort();
        }
    }

    private static int freeTcpPort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private ServeFixture listening(String... addresses) {
        return ServeFixture.of(ServeConfig.of(folder).withMode(ServeConfig.Mode.DEV).withListens(List.of(addresses)));
    }

    private static Publisher publisher(String address) throws InterruptedException {
        Publisher publisher = Heliograph.publisher(address, FlowPolicy.backPressure(Limit.events(1_000), Duration.ofSeconds(10)));
        assertThat(publisher.awaitSubscribers(1, PATIENCE)).isTrue();
        return publisher;
    }

    private static Event event(int number) {
        return Event.builder("orders.created").id("o-" + number).source("/shop").data(Integer.toString(number).getBytes(), "text/plain").build();
    }

    private static JsonNode entry(ServeFixture house, String side, String name) {
        JsonNode ledger = house.get("/v1/ledger").expect(200).json();
        for (JsonNode entry : ledger.at("/" + side)) {
            if (entry.at("/name").asString().equals(name)) {
                assertThat(entry.at("/difference").asLong(-1)).isZero();
                return entry;
            }
        }
        throw new AssertionError(name + " is not among " + ledger);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void whatIsPublishedThereIsKeptInItsOrderAndSent(Way way) throws Exception {
        try (HookReceiver receiver = HookReceiver.answering(204); ServeFixture house = listening(way.listen());
                Publisher publisher = publisher(way.publish())) {
            String endpoint = house.endpoint(receiver.url(), "\"ordered\":\"endpoint\",\"mode\":\"binary\"").text("/id");

            IntStream.range(0, 500).forEach(i -> assertThat(publisher.publish(event(i))).isEqualTo(PublishResult.ACCEPTED));
            publisher.publish(Event.of("heliograph.alert", "not from outside"));
            publisher.publish(Event.of("orders.nameless", "without an id"));

            ServeFixture.until(() -> house.sum(endpoint, "delivered") == 501);
            List<String> ids = receiver.hooks().stream().map(hook -> hook.header("ce-id")).toList();
            assertThat(ids.subList(0, 500)).isEqualTo(IntStream.range(0, 500).mapToObj(i -> "o-" + i).toList());
            assertThat(ids.get(500)).matches("[0-9a-f]{16}-[0-9]+");
            house.get("/v1/events/o-499").expect(200);
            String name = "listen " + way.listen().replace("//", "");
            assertThat(entry(house, "publishers", name).at("/accepted").asLong()).isEqualTo(501);
            JsonNode heard = entry(house, "subscribers", name);
            assertThat(heard.at("/delivered").asLong()).isEqualTo(501);
            assertThat(heard.at("/lost").size()).isZero();
            assertThat(receiver.hooks()).noneMatch(hook -> hook.header("ce-type").startsWith("heliograph."));
        }
    }

    @Test
    void whileNobodyHasRoomThePublisherIsHeldBackAndNothingIsLost() throws Exception {
        try (HookReceiver receiver = HookReceiver.answering(204); ServeFixture house = listening("local:serve-full");
                Publisher publisher = Heliograph.publisher("local:serve-full", FlowPolicy.backPressure(Limit.events(10), Duration.ZERO))) {
            String endpoint = house.endpoint(receiver.url(), "\"policy\":\"backpressure:5,wait=0ms\"").text("/id");
            house.patch("/v1/endpoints/" + endpoint, "{\"state\":\"paused\"}").expect(200);

            var accepted = new ArrayList<Event>();
            for (int i = 0; i < 5_000; i++) {
                if (publisher.publish(event(i)) == PublishResult.ACCEPTED) {
                    accepted.add(event(i));
                }
            }
            ServeFixture.until(() -> house.sum(endpoint, "waiting") == 5);
            assertThat(publisher.sums().refused()).isPositive();
            assertThat(accepted.size()).isGreaterThan(5);
            house.patch("/v1/endpoints/" + endpoint, "{\"state\":\"active\",\"policy\":null}").expect(200);

            ServeFixture.until(() -> house.sum(endpoint, "delivered") == accepted.size());
            assertThat(entry(house, "publishers", "listen local:serve-full").at("/accepted").asLong()).isEqualTo(accepted.size());
            assertThat(entry(house, "subscribers", "listen local:serve-full").at("/delivered").asLong()).isEqualTo(accepted.size());
            assertThat(publisher.sums().accepted()).isEqualTo(accepted.size());
        }
    }

    @Test
    void whatCanNeverBeTakenIsCountedAndHoldsNobodyUp() throws Exception {
        try (ServeFixture house = listening("local:serve-large"); Publisher publisher = publisher("local:serve-large")) {
            publisher.publish(event(1));
            publisher.publish(Event.of("orders.large", new byte[(1 << 20) + 1]));
            publisher.publish(event(2));

            ServeFixture.until(() -> entry(house, "publishers", "listen local:serve-large").at("/accepted").asLong() == 2);
            assertThat(entry(house, "publishers", "listen local:serve-large").at("/refused").asLong()).isEqualTo(1);
            house.get("/v1/events/o-2").expect(200);
        }
    }

    @Test
    void workIsDoneOnceItIsOnDisk() throws Exception {
        String address = "zmq://127.0.0.1:" + freeTcpPort() + "?pattern=load-balance&group=G";
        try (ServeFixture house = listening(address); Publisher publisher = publisher(address)) {
            IntStream.range(0, 50).forEach(i -> assertThat(publisher.publish(event(i))).isEqualTo(PublishResult.ACCEPTED));

            ServeFixture.until(() -> house.serve.heard().getFirst().delivered() == 50);

            // None was done before it was stored, so no wait is needed here.
            assertThat(house.serve.published().accepted()).isEqualTo(50);
            house.get("/v1/events/o-49").expect(200);
            assertThat(house.serve.heard()).singleElement().satisfies(sums -> assertThat(sums.difference()).isZero());
        }
    }

    @Test
    void theSameIdFromTheSameSourceIsOneEventByWhateverWayItComes() throws Exception {
        try (ServeFixture house = listening("local:serve-twice"); Publisher publisher = publisher("local:serve-twice")) {
            String message = house.publish("o-1").expect(202).text("/webhook_id");
            publisher.publish(event(1));

            ServeFixture.until(() -> entry(house, "publishers", "listen local:serve-twice").at("/accepted").asLong() == 1);
            assertThat(house.get("/v1/events/o-1").text("/webhook_id")).isEqualTo(message);
        }
    }
}
