package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heliograph.AddressInUseException;
import io.heliograph.ConfigException;
import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.Heliograph;
import io.heliograph.Interest;
import io.heliograph.Notice;
import io.heliograph.PublishResult;
import io.heliograph.Subscription;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.CollectedNotices;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real sockets on the loopback interface. */
class LoopbackTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final List<Delivery> delivered = new CopyOnWriteArrayList<>();

    @ParameterizedTest
    @ValueSource(strings = {"239.77.1.2", "127.0.0.1"})
    void whatIsPublishedIsDeliveredInOrderAndBothSumsClose(String host) throws Exception {
        String address = address(host, freePort());
        try (var subscriber = Heliograph.subscriber(address); var publisher = Heliograph.publisher(address)) {
            Subscription subscription = subscriber.subscribe(">", delivered::add);
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            for (int i = 0; i < 100; i++) {
                assertThat(publisher.publish(Event.of("prices.eurusd", "tick " + i))).isEqualTo(PublishResult.ACCEPTED);
            }
            await().atMost(SOON).until(() -> delivered.size() == 100);
            assertThat(delivered).extracting(delivery -> delivery.position().sequence())
                    .containsExactlyElementsOf(java.util.stream.LongStream.range(0, 100).boxed().toList());
            assertThat(delivered).extracting(delivery -> delivery.event().text()).contains("tick 0", "tick 99");
            assertThat(publisher.sums().difference()).isZero();
            await().atMost(SOON).until(() -> subscription.sums().inFlight() == 0);
            SubscriberSums sums = subscription.sums();
            assertThat(sums.difference()).isZero();
            assertThat(sums.known()).isEqualTo(100);
        }
    }

    @Test
    void severalSubscribersOfOneGroupEachGetEverything() throws Exception {
        String address = address("239.77.1.3", freePort());
        try (var first = Heliograph.subscriber(address); var second = Heliograph.subscriber(address);
                var publisher = Heliograph.publisher(address)) {
            var atSecond = new CopyOnWriteArrayList<Delivery>();
            first.subscribe(">", delivered::add);
            second.subscribe("b.>", atSecond::add);
            assertThat(publisher.awaitSubscribers(2, SOON)).isTrue();
            publisher.publish(Event.of("a.x", "1"));
            publisher.publish(Event.of("b.x", "2"));
            await().atMost(SOON).until(() -> delivered.size() == 2 && atSecond.size() == 1);
        }
    }

    @Test
    void aSubscriberThatLeavesIsNoLongerCounted() throws Exception {
        String address = address("239.77.1.4", freePort());
        try (var publisher = Heliograph.publisher(address)) {
            try (var subscriber = Heliograph.subscriber(address)) {
                subscriber.subscribe(">", delivered::add);
                assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            }
            await().atMost(SOON).until(() -> publisher.subscribers() == 0);
        }
    }

    @Test
    void publishingToNobodyIsAcceptedAndCountedAsUnheard() throws Exception {
        try (var publisher = Heliograph.publisher(address("239.77.1.5", freePort()))) {
            assertThat(publisher.publish(Event.of("a", "x"))).isEqualTo(PublishResult.ACCEPTED);
            assertThat(publisher.sums().unheard()).isEqualTo(1);
        }
    }

    @Test
    void anEventAboveTheLargestDatagramIsTooLarge() throws Exception {
        try (var publisher = Heliograph.publisher(address("239.77.1.6", freePort()) + "&datagram=1400")) {
            assertThat(publisher.publish(Event.of("a", new byte[1_400]))).isEqualTo(PublishResult.TOO_LARGE);
            assertThat(publisher.publish("a", new byte[1_400], 0, 1_400)).isEqualTo(PublishResult.TOO_LARGE);
            assertThat(publisher.publish("a", new byte[1_400], 0, 1_300)).isEqualTo(PublishResult.ACCEPTED);
            assertThat(publisher.sums().difference()).isZero();
        }
    }

    @Test
    void aSecondUnicastSubscriberIsToldThatTheAddressIsInUseAndTakesNothing() throws Exception {
        String address = address("127.0.0.1", freePort());
        try (var subscriber = Heliograph.subscriber(address); var publisher = Heliograph.publisher(address)) {
            subscriber.subscribe(">", delivered::add);
            assertThatThrownBy(() -> Heliograph.subscriber(address))
                    .isInstanceOf(AddressInUseException.class).hasMessageContaining("is in use");
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            publisher.publish(Event.of("a", "still here"));
            await().atMost(SOON).until(() -> delivered.size() == 1);
        }
    }

    @Test
    void foreignTruncatedAndGarbageDatagramsOnBothPortsAreCountedAndIgnored() throws Exception {
        int port = freePort();
        String address = address("127.0.0.1", port);
        long seed = System.nanoTime();
        var random = new Random(seed);
        try (var subscriber = (UdpSubscriber) Heliograph.subscriber(address);
                var publisher = (UdpPublisher) Heliograph.publisher(address);
                var stranger = DatagramChannel.open()) {
            subscriber.subscribe(">", delivered::add);
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            InetSocketAddress publisherPort = publisher.localAddress();
            for (int i = 0; i < 200; i++) {
                byte[] garbage = new byte[random.nextInt(3_000)];
                random.nextBytes(garbage);
                stranger.send(ByteBuffer.wrap(garbage), new InetSocketAddress("127.0.0.1", port));
                stranger.send(ByteBuffer.wrap(garbage), publisherPort);
            }
            stranger.send(ByteBuffer.wrap(new byte[65_507]), new InetSocketAddress("127.0.0.1", port));
            publisher.publish(Event.of("a", "unharmed"));
            await().atMost(SOON).until(() -> delivered.size() == 1);
            await().atMost(SOON).until(() -> publisher.strayDatagrams() == 200);
            await().atMost(SOON).until(() -> subscriber.counters().malformed().values().stream()
                    .mapToLong(Long::longValue).sum() == 201);
            assertThat(publisher.subscribers()).as("seed %d", seed).isEqualTo(1);
        }
    }

    @Test
    void aClosedPublisherRefusesAndItsSubscribersKnowTheEnd() throws Exception {
        String address = address("239.77.1.7", freePort());
        var notices = new CollectedNotices();
        try (var subscriber = Heliograph.in(Environment.system().withNotices(notices)).openSubscriber(address)) {
            Subscription subscription = subscriber.subscribe(">", delivered::add);
            var publisher = Heliograph.publisher(address);
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            publisher.publish(Event.of("a", "last"));
            publisher.close();
            assertThat(publisher.publish(Event.of("a", "too late"))).isEqualTo(PublishResult.CLOSED);
            assertThat(publisher.sums().difference()).isZero();
            await().atMost(SOON).until(() -> delivered.size() == 1);
            await().atMost(SOON).until(() -> subscription.sums().known() == 1 && subscription.sums().inFlight() == 0);
            assertThat(notices.of(Notice.TailUnknown.class)).isEmpty();
        }
    }

    @Test
    void theBufferFormCarriesTheBytesGiven() throws Exception {
        String address = address("127.0.0.1", freePort());
        try (var subscriber = Heliograph.subscriber(address); var publisher = Heliograph.publisher(address)) {
            subscriber.subscribe(">", delivered::add);
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            publisher.publish("raw.bytes", new byte[] {9, 1, 2, 3, 9}, 1, 3);
            await().atMost(SOON).until(() -> delivered.size() == 1);
            assertThat(delivered.getFirst().event()).isEqualTo(Event.of("raw.bytes", new byte[] {1, 2, 3}));
            assertThatThrownBy(() -> publisher.publish("raw", new byte[3], 2, 2))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "udp://239.77.1.1:4770?reliable=maybe                     | true or false",
        "udp://239.77.1.1?reliable=false                          | HOST:PORT",
        "udp://239.77.1.1:99999?reliable=false                    | 1 to 65535",
        "udp://no.such.host.invalid:4770?reliable=false           | multicast group",
        "udp://239.77.1.1:4770?reliable=false&interface=nope0     | loopback, an interface's name",
        "udp://192.0.2.7:4770?reliable=false                      | reaches 192.0.2.7",
        "udp://239.77.1.1:4770?reliable=false&ttl=256             | 0 to 255",
        "udp://239.77.1.1:4770?reliable=false&datagram=10         | 548 to 65507",
        "udp://239.77.1.1:4770?reliable=false&colour=red          | interface, io, key-file",
        "udp://239.77.1.1:4770?reliable=false&io=fast             | auto, native, portable"})
    void aWrongAddressGetsOneLineThatSaysWhatIsAllowed(String address, String allowed) {
        assertThatThrownBy(() -> Heliograph.publisher(address))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(allowed)
                .message().doesNotContain("\n");
    }

    @Test
    void aPolicyThatNeedsRepairIsRefusedAtOpen() {
        FlowPolicy pressure = FlowPolicy.backPressure(Limit.DEFAULT, Duration.ofSeconds(1));
        assertThatThrownBy(() -> Heliograph.publisher("udp://239.77.1.1:4770?reliable=false", pressure))
                .isInstanceOf(ConfigException.class).hasMessageContaining("drop-oldest");
        String address = address("239.77.1.8", 4_770);
        try (var subscriber = Heliograph.subscriber(address)) {
            assertThatThrownBy(() -> subscriber.subscribe(Interest.inAll().withPolicy(pressure), delivered::add))
                    .isInstanceOf(ConfigException.class);
        }
    }

    @Test
    void theKernelsDropCounterIsReadForTheOwnSocket() {
        List<String> table = List.of(
                "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops",
                "  123: 0100007F:1FBD 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1 2 0 17",
                "  124: 0100007F:1FBD 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1 2 0 5",
                "  125: 00000000:1FBD 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1 2 0 99");
        String key = KernelDrops.tableKey(new InetSocketAddress("127.0.0.1", 8_125));
        assertThat(KernelDrops.sum(table, key)).hasValue(22);
        assertThat(KernelDrops.sum(table, "0100007F:0001")).isEmpty();
    }


    private static String address(String host, int port) {
        return "udp://" + host + ":" + port + "?reliable=false";
    }

    private static int freePort() throws IOException {
        try (var socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
