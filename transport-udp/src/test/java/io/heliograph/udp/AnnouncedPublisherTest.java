package io.heliograph.udp;

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
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Publishers that say where they are, over real multicast on the loopback interface. */
final class AnnouncedPublisherTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private String place;
    private String group;

    @BeforeEach
    void takeFreePorts() throws IOException {
        place = "udp://239.77.1.6:" + freePort();
        group = "239.77.1.7:" + freePort();
    }

    @Test
    void aPublisherIsHeardWhileItLivesAndItsEventsAreNotDisturbed() throws Exception {
        String address = place + "?announce=prices&announce-topics=prices.>,orders.new&announce-group=" + group;
        var recorder = new Recorder(Set.of(Trait.ORDERED, Trait.LOSSLESS));
        try (var listener = listen();
                var subscriber = Heliograph.subscriber(address)) {
            try (var publisher = recorder.publisher("p", Heliograph.publisher(address))) {
                var subscription = recorder.subscription("s", subscriber, Interest.inAll(), delivery -> { });
                await().atMost(SOON).until(() -> !listener.peers().list().isEmpty());
                assertThat(listener.peers().list()).singleElement().satisfies(peer -> {
                    assertThat(peer.beacon().name()).isEqualTo("prices");
                    assertThat(peer.beacon().addresses()).as("without settings").containsExactly(place);
                    assertThat(peer.beacon().topics()).containsExactly("prices.>", "orders.new");
                });
                assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
                for (int i = 0; i < 100; i++) {
                    assertThat(publisher.publish(Event.of("prices.eurusd", "tick " + i))).isEqualTo(PublishResult.ACCEPTED);
                }
                await().atMost(SOON).until(() -> subscription.sums().delivered() == 100 && subscription.sums().inFlight() == 0);
                assertThat(publisher.sums().difference()).isZero();
                assertThat(subscription.sums().difference()).isZero();
                recorder.report().requireClean();
            }
            await().atMost(SOON).until(() -> listener.peers().list().isEmpty());
            assertThat(listener.peers().counters().departed()).isEqualTo(1);
        }
    }

    @Test
    void anUnreliablePublisherSaysSo() {
        try (var listener = listen();
                var publisher = Heliograph.publisher(place + "?reliable=false&announce=fast&announce-group=" + group)) {
            await().atMost(SOON).until(() -> !listener.peers().list().isEmpty());
            assertThat(listener.peers().list().getFirst().beacon().addresses()).isEqualTo(List.of(place + "?reliable=false"));
            assertThat(publisher.sums().difference()).isZero();
        }
    }

    @Test
    void nobodyIsAnnouncedUnlessAskedForOrBeforeItStarts() {
        String address = place + "?announce=prices&announce-group=" + group;
        try (var silent = Heliograph.publisher(place);
                var unstarted = UdpPublisher.open(address, UdpTransport.DEFAULT_POLICY, Environment.system());
                var subscriber = Heliograph.subscriber(address)) {
            subscriber.subscribe(">", delivery -> { });
            assertThat(List.of(silent.sums(), unstarted.sums())).allMatch(sums -> sums.difference() == 0);
            assertThat(Thread.getAllStackTraces().keySet()).noneMatch(thread -> thread.getName().startsWith("heliograph-announcer"));
            try (var listener = listen()) {
                unstarted.start();
                await().atMost(SOON).until(() -> listener.peers().list().size() == 1);
            }
        }
    }

    @Test
    void aPublisherThatCannotBeAnnouncedIsClosedAgain() throws IOException {
        String topics = String.join(",", List.of("a".repeat(250), "b".repeat(250), "c".repeat(250), "d".repeat(250), "e".repeat(250)));
        UdpPublisher publisher = UdpPublisher.open(place + "?announce=prices&announce-topics=" + topics,
                UdpTransport.DEFAULT_POLICY, Environment.system());
        int port = publisher.localAddress().getPort();

        assertThatThrownBy(publisher::start).isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("announcement in bytes").hasMessageContaining("at most 1200");
        try (var socket = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port))) {
            assertThat(socket.isBound()).as("its port is free again").isTrue();
        }
    }

    private PeerListener listen() {
        return PeerListener.open(Interfaces.named("loopback"), DiscoveryGroup.parse("group", group), Environment.system());
    }

    private static int freePort() throws IOException {
        try (var socket = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }
}
