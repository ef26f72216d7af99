package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.EventHandler;
import io.heliograph.Gap;
import io.heliograph.Heliograph;
import io.heliograph.Interest;
import io.heliograph.PublishResult;
import io.heliograph.Subscription;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.CollectedNotices;
import io.heliograph.testkit.Faults;
import io.heliograph.testkit.ManualClock;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Publishers and subscribers that share a key, and who has none or another one; simulated, and once on loopback. */
class KeyedModeTest implements EventHandler {

    private static final Optional<PresharedKey> KEY = Optional.of(TestKey.of(1));
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final FlowPolicy AT_ONCE = FlowPolicy.backPressure(Limit.events(1_000), Duration.ZERO);

    private final ManualClock clock = new ManualClock();
    private final Environment environment = new Environment(clock, clock, new Random(7), new CollectedNotices());
    private final SimNetwork network = new SimNetwork(7, clock);
    private final List<Long> sequences = new ArrayList<>();
    private final List<Gap> gaps = new ArrayList<>();

    @Override
    public void onEvent(Delivery delivery) {
        sequences.add(delivery.position().sequence());
    }

    @Override
    public void onGap(Gap gap) {
        gaps.add(gap);
    }

    @Test
    void whoHasAnotherKeyOrNoneIsDeliveredNothingAndCountsWhy() throws IOException {
        var friend = subscriber(KEY);
        var stranger = subscriber(Optional.of(TestKey.of(2)));
        var open = subscriber(Optional.empty());
        Subscription atFriend = friend.subscribePolled(Interest.inAll());
        Subscription atStranger = stranger.subscribePolled(Interest.inAll());
        Subscription atOpen = open.subscribePolled(Interest.inAll());
        var publisher = publisher(KEY);
        publish(publisher, 3);
        work(publisher, friend, stranger, open);
        atFriend.poll(this, 100);
        assertThat(sequences).containsExactly(0L, 1L, 2L);
        assertThat(atStranger.poll(this, 100)).isZero();
        assertThat(atOpen.poll(this, 100)).isZero();
        assertThat(stranger.counters().malformed()).containsOnlyKeys(MalformedDatagram.FORGED);
        assertThat(open.counters().malformed()).containsOnlyKeys(MalformedDatagram.NO_KEY);
        assertThat(friend.counters().malformed()).isEmpty();
        assertThat(publisher.subscribers()).isEqualTo(1);
    }

    @Test
    void aPublisherWithoutTheKeyIsNotHeard() throws IOException {
        var subscriber = subscriber(KEY);
        Subscription subscription = subscriber.subscribePolled(Interest.inAll());
        var publisher = publisher(Optional.empty());
        publish(publisher, 3);
        work(publisher, subscriber);
        assertThat(subscription.poll(this, 100)).isZero();
        assertThat(subscriber.counters().malformed()).containsOnlyKeys(MalformedDatagram.UNSEALED);
        assertThat(publisher.subscribers()).isZero();
    }

    @Test
    void aForgerWithoutTheKeyChangesNothing() throws IOException {
        var subscriber = subscriber(KEY);
        Subscription subscription = subscriber.subscribePolled(Interest.inAll());
        var publisher = publisher(KEY);
        publish(publisher, 3);
        work(publisher, subscriber);
        long session = publisher.session();
        DatagramIo forger = network.subscriberIo(Faults.NONE, Faults.NONE);
        var control = new ControlWriter();
        forger.send(control.status(session, 1, 2, new ControlWriter.Report().set(0, 0, 0, 0, 0, 9),
                new ControlWriter.Echo(), new byte[0], DatagramLayout.BLOCKING), SimNetwork.PUBLISHER);
        control.beginNak(1, 2);
        control.range(0, 3);
        forger.send(control.endNak(session, 0), SimNetwork.PUBLISHER);
        network.link().send(DatagramSealTest.bytes(openData(session, 3)));
        network.link().send(DatagramSealTest.bytes(openHeartbeat(session)));
        work(publisher, subscriber);
        assertThat(publisher.malformedDatagrams()).containsEntry(MalformedDatagram.UNSEALED, 2L).hasSize(1);
        assertThat(publisher.strayDatagrams()).isEqualTo(2);
        assertThat(publisher.subscribers()).as("the forger's are not counted").isEqualTo(1);
        assertThat(publisher.repairsToOne() + publisher.repairsToGroup()).isZero();
        assertThat(subscriber.counters().malformed()).containsEntry(MalformedDatagram.UNSEALED, 2L).hasSize(1);
        publish(publisher, 2);
        work(publisher, subscriber);
        subscription.poll(this, 100);
        assertThat(sequences).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(gaps).isEmpty();
    }

    @Test
    void whatIsReplayedDoesNothingAndIsCounted() throws IOException {
        var recording = new RecordingIo(network.subscriberIo(Faults.NONE, Faults.NONE));
        var subscriber = new UdpSubscriber(feed(KEY), recording, UdpTransport.UNRELIABLE_DEFAULT_POLICY, environment);
        Subscription subscription = subscriber.subscribePolled(Interest.inAll());
        var publisher = publisher(KEY);
        publish(publisher, 3);
        work(publisher, subscriber);
        assertThat(publisher.subscribers()).isEqualTo(1);
        List<byte[]> heard = List.copyOf(recording.heard);
        List<byte[]> said = List.copyOf(recording.said);
        assertThat(heard).as("data and heartbeats").hasSizeGreaterThan(2);
        assertThat(said).as("statuses").isNotEmpty();
        heard.forEach(network.link()::send);
        DatagramIo replayer = network.subscriberIo(Faults.NONE, Faults.NONE);
        for (byte[] status : said) {
            replayer.send(ByteBuffer.wrap(status), SimNetwork.PUBLISHER);
        }
        work(publisher, subscriber);
        subscription.poll(this, 100);
        assertThat(sequences).containsExactly(0L, 1L, 2L);
        assertThat(publisher.subscribers()).isEqualTo(1);
        assertThat(publisher.malformedDatagrams()).containsEntry(MalformedDatagram.REPLAYED, (long) said.size());
        assertThat(subscriber.counters().malformed()).containsOnlyKeys(MalformedDatagram.REPLAYED);
        assertThat(subscriber.counters().duplicates()).as("data datagrams").isPositive();
        assertThat(subscription.sums().difference()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"239.77.1.19", "127.0.0.1"})
    void onLoopbackSealedEventsArriveOnceAndInOrder(String host) throws Exception {
        Path file = TestKey.file(7);
        int port = freePort();
        try {
            String place = "udp://" + host + ":" + port + "?datagram=1400&key-file=" + file;
            var delivered = new CopyOnWriteArrayList<Delivery>();
            try (var subscriber = Heliograph.subscriber(place); var publisher = (UdpPublisher) Heliograph.publisher(place)) {
                Subscription subscription = subscriber.subscribe(">", delivered::add);
                assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
                for (int i = 0; i < 500; i++) {
                    assertThat(publisher.publish(Event.of("a.b", i + ":" + "x".repeat(i == 99 ? 20_000 : i)))).isEqualTo(PublishResult.ACCEPTED);
                }
                try (UdpAppender appender = publisher.appender("a.b")) {
                    for (int i = 500; i < 3_000; i++) {
                        byte[] text = (i + ":").getBytes();
                        assertThat(appender.publish(text, 0, text.length)).isEqualTo(PublishResult.ACCEPTED);
                        if (i % 50 == 0) {
                            assertThat(appender.flush()).isEqualTo(PublishResult.ACCEPTED);
                        }
                    }
                }
                await().atMost(SOON).until(() -> delivered.size() >= 3_000);
                for (int i = 0; i < 3_000; i++) {
                    assertThat(delivered.get(i).event().text()).startsWith(i + ":");
                }
                assertThat(subscription.sums().difference()).isZero();
            }
        } finally {
            Files.delete(file);
        }
    }

    /** Keeps what goes through. */
    private record RecordingIo(DatagramIo io, List<byte[]> heard, List<byte[]> said) implements DatagramIo {

        RecordingIo(DatagramIo io) {
            this(io, new ArrayList<>(), new ArrayList<>());
        }

        @Override
        public int receive(Receiver receiver, long timeoutNs) throws IOException {
            return io.receive((datagram, source) -> {
                heard.add(DatagramSealTest.bytes(datagram));
                receiver.onDatagram(datagram, source);
            }, timeoutNs);
        }

        @Override
        public boolean send(ByteBuffer datagrams, int segmentBytes, InetSocketAddress target) throws IOException {
            said.add(DatagramSealTest.bytes(datagrams));
            return io.send(datagrams, segmentBytes, target);
        }

        @Override
        public void wakeUp() {
            io.wakeUp();
        }

        @Override
        public InetSocketAddress localAddress() {
            return io.localAddress();
        }

        @Override
        public int receiveBufferBytes() {
            return io.receiveBufferBytes();
        }

        @Override
        public OptionalLong kernelDrops() {
            return io.kernelDrops();
        }

        @Override
        public void close() {
            io.close();
        }
    }

    private UdpSubscriber subscriber(Optional<PresharedKey> key) {
        return new UdpSubscriber(feed(key), network.subscriberIo(Faults.NONE, Faults.NONE), UdpTransport.UNRELIABLE_DEFAULT_POLICY,
                environment);
    }

    private UdpPublisher publisher(Optional<PresharedKey> key) {
        clock.advance(Duration.ofMillis(1));
        return new UdpPublisher(feed(key), network.publisherIo(), AT_ONCE, environment);
    }

    private static Feed feed(Optional<PresharedKey> key) {
        return SimNetwork.feed(1_400, true, key, UdpLimits.defaults());
    }

    private static void publish(UdpPublisher publisher, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            assertThat(publisher.publish(Event.of("a.b", "x"))).isEqualTo(PublishResult.ACCEPTED);
        }
        publisher.doWork(0);
    }

    private void work(UdpPublisher publisher, UdpSubscriber... subscribers) throws IOException {
        for (int i = 0; i < 300; i++) {
            clock.advance(Duration.ofMillis(1));
            for (UdpSubscriber subscriber : subscribers) {
                subscriber.doWork(0);
            }
            publisher.doWork(0);
        }
    }

    private static ByteBuffer openData(long session, long sequence) {
        var chunk = new Chunk();
        chunk.clear(sequence);
        var writer = new DatagramWriter(1_400, chunk);
        writer.begin("a.b");
        writer.append(Event.of("a.b", "forged"));
        writer.sealAsItIs();
        var stamp = new Stamp(session, DatagramLayout.RELIABLE);
        stamp.firstEvent = sequence;
        chunk.stamp(stamp, new java.util.zip.CRC32C());
        return DatagramTest.copy(chunk.view(sequence, 1));
    }

    private static ByteBuffer openHeartbeat(long session) {
        var stamp = new Stamp(session, DatagramLayout.RELIABLE);
        stamp.firstEvent = 1_000;
        return DatagramTest.copy(new ControlWriter().heartbeat(stamp, 1_000, new ControlWriter.Standing(900, 900, 1, 1_400,
                new byte[0]), DatagramLayout.END_OF_STREAM));
    }

    private static int freePort() throws IOException {
        try (var probe = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }
}
