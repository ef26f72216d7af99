package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heliograph.ConfigException;
import io.heliograph.Event;
import io.heliograph.Heliograph;
import io.heliograph.Interest;
import io.heliograph.PublishResult;
import io.heliograph.discovery.DiscoveryGroup;
import io.heliograph.discovery.PeerListener;
import io.heliograph.spi.Environment;
import io.heliograph.spi.Interfaces;
import io.heliograph.testkit.Recorder;
import io.heliograph.testkit.Trait;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Publishers and responders that say where they are, over real multicast on the loopback interface. */
final class AnnouncedTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private int port;
    private String group;

    @BeforeEach
    void takeFreePorts() throws IOException {
        port = Ports.freshPair();
        try (var socket = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
            group = "239.77.1.8:" + socket.getLocalPort();
        }
    }

    @Test
    void whoListensThereIsGivenAnAddressAtWhichItsEventsAreFound() throws Exception {
        var recorder = new Recorder(Set.of(Trait.ORDERED, Trait.LOSSLESS));
        try (var listener = listen()) {
            try (var publisher = recorder.publisher("p", Heliograph.publisher(place() + "?announce=prices&announce-topics=prices.>"
                    + "&announce-group=" + group))) {
                String found = onlyAddress(listener);
                assertThat(found).isEqualTo(place());
                assertThat(listener.peers().list()).singleElement().satisfies(peer -> {
                    assertThat(peer.beacon().name()).isEqualTo("prices");
                    assertThat(peer.beacon().topics()).containsExactly("prices.>");
                });
                try (var subscriber = Heliograph.subscriber(found)) {
                    var subscription = recorder.subscription("s", subscriber, Interest.inAll(), delivery -> { });
                    assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
                    assertThat(publisher.publish(Event.of("prices.eurusd", "1.0842"))).isEqualTo(PublishResult.ACCEPTED);
                    await().atMost(SOON).until(() -> subscription.sums().delivered() == 1 && subscription.sums().inFlight() == 0);
                    assertThat(publisher.sums().difference()).isZero();
                    assertThat(subscription.sums().difference()).isZero();
                    recorder.report().requireClean();
                }
            }
            await().atMost(SOON).until(() -> listener.peers().list().isEmpty());
            assertThat(listener.peers().counters().departed()).isEqualTo(1);
        }
    }

    @Test
    void anAnnouncedAddressSaysThePatternAndAnUnusualOwnPort() {
        try (var listener = listen();
                var queue = Heliograph.publisher(place() + "?pattern=load-balance&own-port=" + (port + 7)
                        + "&announce=jobs&announce-group=" + group)) {
            assertThat(onlyAddress(listener)).isEqualTo(place() + "?pattern=load-balance&own-port=" + (port + 7));
            assertThat(queue.sums().difference()).isZero();
        }
    }

    @Test
    void aResponderIsAnnouncedUntilItIsClosed() {
        try (var listener = listen()) {
            try (var responder = Heliograph.responder(place() + "?announce=quotes&announce-group=" + group, request -> request)) {
                assertThat(onlyAddress(listener)).isEqualTo(place() + "?pattern=request-reply");
                assertThat(responder).isNotNull();
            }
            await().atMost(SOON).until(() -> listener.peers().list().isEmpty());
        }
    }

    @Test
    void aHostThatMeansAllIsAnnouncedAsTheAddressOfTheChosenInterface() {
        try (var listener = listen();
                var publisher = Heliograph.publisher("zmq://0.0.0.0:" + port + "?insecure=true&announce=all&announce-group=" + group)) {
            assertThat(onlyAddress(listener)).isEqualTo(place());
            assertThat(publisher.sums().difference()).isZero();
        }
    }

    @Test
    void onlyWhoWaitsForOthersCanBeAnnounced() {
        assertThatThrownBy(() -> Heliograph.publisher(place() + "?bind=false&announce=prices"))
                .isInstanceOf(ConfigException.class).hasMessageContaining("announce").hasMessageContaining("where this side connects");
        assertThatThrownBy(() -> Heliograph.publisher("zmq+inproc://prices?announce=prices"))
                .isInstanceOf(ConfigException.class).hasMessageContaining("announce").hasMessageContaining("process");
    }

    @Test
    void aPublisherThatCannotBeAnnouncedIsClosedAgain() {
        String topics = String.join(",", List.of("a".repeat(250), "b".repeat(250), "c".repeat(250), "d".repeat(250), "e".repeat(250)));
        assertThatThrownBy(() -> Heliograph.publisher(place() + "?announce=prices&announce-topics=" + topics))
                .isInstanceOf(ConfigException.class).hasMessageContaining("at most 1200");
        try (var again = Heliograph.publisher(place())) {
            assertThat(again.sums().difference()).as("its ports are free again").isZero();
        }
    }

    private String place() {
        return "zmq://127.0.0.1:" + port;
    }

    private static String onlyAddress(PeerListener listener) {
        await().atMost(SOON).until(() -> listener.peers().list().size() == 1);
        List<String> addresses = listener.peers().list().getFirst().beacon().addresses();
        assertThat(addresses).hasSize(1);
        return addresses.getFirst();
    }

    private PeerListener listen() {
        return PeerListener.open(Interfaces.named("loopback"), DiscoveryGroup.parse("group", group), Environment.system());
    }
}
