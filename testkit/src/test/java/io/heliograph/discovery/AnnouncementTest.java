package io.heliograph.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heliograph.AddressInUseException;
import io.heliograph.Notice;
import io.heliograph.NoticeListener;
import io.heliograph.spi.Environment;
import io.heliograph.spi.Interfaces;
import io.heliograph.testkit.ManualClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Real sockets and real multicast on the loopback interface; the clock is moved by hand. */
final class AnnouncementTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final NetworkInterface LOOPBACK = Interfaces.named("loopback");

    private final long seed = System.nanoTime();
    private final ManualClock clock = new ManualClock();
    private final List<Notice> notices = new CopyOnWriteArrayList<>();
    private final Environment environment = new Environment(clock, clock, new Random(seed), notices::add);
    private final DiscoveryGroup group = freshGroup();

    @Test
    void whoAnnouncesItselfIsHeardAtOnceThenOnceAPeriodAndGoneWithItsGoodbye() throws InterruptedException {
        try (var listener = PeerListener.open(LOOPBACK, group, environment)) {
            var announcement = announce("prices", environment);
            try (announcement) {
                await().atMost(SOON).until(() -> names(listener).equals(List.of("prices")));
                assertThat(listener.peers().list()).singleElement().satisfies(peer -> {
                    assertThat(peer.beacon()).isEqualTo(announcement.beacon());
                    assertThat(peer.beacon().addresses()).containsExactly("udp://239.77.1.1:4770", "zmq://127.0.0.1:5555");
                    assertThat(peer.beacon().topics()).containsExactly("prices.>");
                    assertThat(peer.beacon().expiryMs()).isEqualTo(3_000);
                    assertThat(peer.source().getAddress().isLoopbackAddress()).isTrue();
                });
                for (int turn = 2; turn <= 20; turn++) {
                    int wanted = turn;
                    assertThat(clock.awaitWaiting(1, SOON)).isTrue();
                    clock.advance(Duration.ofMillis(749));
                    assertThat(announcement.sent()).as("before its turn, seed %d", seed).isEqualTo(turn - 1);
                    clock.advance(Duration.ofMillis(251));
                    await().atMost(SOON).until(() -> listener.peers().counters().beacons() == wanted);
                }
            }
            await().atMost(SOON).until(() -> names(listener).isEmpty());
            assertThat(listener.peers().counters()).satisfies(counters -> {
                assertThat(counters.departed()).isEqualTo(1);
                assertThat(counters.expired()).isZero();
                assertThat(counters.beacons()).isEqualTo(21);
            });
            assertThat(announcement.sent()).isEqualTo(21);
            assertThat(announcement.notSent()).isZero();
        }
        assertThat(notices).isEmpty();
    }

    @Test
    void beaconsOfManyDoNotKeepStep() throws InterruptedException {
        var turns = new TreeSet<Long>();
        try (var announcement = announce("prices", environment)) {
            for (int turn = 1; turn <= 20; turn++) {
                assertThat(clock.awaitWaiting(1, SOON)).isTrue();
                long sent = announcement.sent();
                long waitedMs = 0;
                while (announcement.sent() == sent) {
                    clock.advance(Duration.ofMillis(1));
                    waitedMs++;
                    assertThat(clock.awaitWaiting(1, SOON)).isTrue();
                }
                turns.add(waitedMs);
            }
        }
        assertThat(turns.first()).as("seed %d", seed).isGreaterThanOrEqualTo(750);
        assertThat(turns.last()).as("seed %d", seed).isLessThanOrEqualTo(1_000);
        assertThat(turns).as("seed %d", seed).hasSizeGreaterThan(5);
    }

    @Test
    void twoOfOneNameAndTwoListenersOfOneGroupDoNotDisturbEachOther() {
        try (var first = PeerListener.open(LOOPBACK, group, environment);
                var second = PeerListener.open(LOOPBACK, group, environment);
                var one = announce("prices", environment);
                var other = announce("prices", environment)) {
            assertThat(one.beacon().peer()).isNotEqualTo(other.beacon().peer());
            await().atMost(SOON).until(() -> names(first).equals(List.of("prices", "prices")));
            await().atMost(SOON).until(() -> names(second).equals(List.of("prices", "prices")));
        }
    }

    @Test
    void whoDiesWithoutAGoodbyeIsGoneAfterThreePeriods() throws IOException {
        try (var listener = PeerListener.open(LOOPBACK, group, environment)) {
            send(BeaconCodec.encode(new Beacon(7, "killed", List.of("local:a"), List.of(), 3_000)));
            await().atMost(SOON).until(() -> names(listener).equals(List.of("killed")));
            clock.advance(Duration.ofMillis(2_999));
            assertThat(names(listener)).containsExactly("killed");
            clock.advance(Duration.ofMillis(1));
            assertThat(names(listener)).isEmpty();
            assertThat(listener.peers().counters().expired()).isEqualTo(1);
        }
    }

    @Test
    void garbageAtTheGroupHurtsNobody() throws IOException {
        try (var listener = PeerListener.open(LOOPBACK, group, environment)) {
            var random = new Random(seed);
            int lost = 0;
            for (int i = 0; i < 200; i++) {
                byte[] garbage = new byte[random.nextInt(i % 10 == 0 ? 60_000 : 1_300)];
                random.nextBytes(garbage);
                lost += send(ByteBuffer.wrap(garbage)) ? 0 : 1;
                long wanted = i + 1 - lost;
                await().atMost(SOON).pollInterval(Duration.ofMillis(1)).until(() -> listener.peers().counters().ignored() == wanted);
            }
            try (var announcement = announce("prices", environment)) {
                await().atMost(SOON).until(() -> names(listener).equals(List.of("prices")));
                assertThat(announcement.notSent()).isZero();
            }
            assertThat(lost).as("seed %d", seed).isLessThan(100);
        }
    }

    @Test
    void aListenerThatIsClosedLeavesNoThreadAndTellsNothing() {
        var listener = PeerListener.open(LOOPBACK, group, environment);
        listener.close();
        listener.close();

        assertThat(Thread.getAllStackTraces().keySet()).noneMatch(thread -> thread.getName().endsWith(group.toString()));
        assertThat(notices).isEmpty();
    }

    @Test
    void anAnnouncementThatIsClosedTwiceOrByAnInterruptedThreadSaysGoodbyeOnce() throws Exception {
        try (var listener = PeerListener.open(LOOPBACK, group, environment);
                var executor = Executors.newSingleThreadExecutor()) {
            var announcement = announce("prices", environment);
            boolean wasInterrupted = executor.submit(() -> {
                Thread.currentThread().interrupt();
                announcement.close();
                return Thread.interrupted();
            }).get(SOON.toSeconds(), TimeUnit.SECONDS);
            assertThat(wasInterrupted).isTrue();
            announcement.close();
            await().atMost(SOON).until(() -> listener.peers().counters().departed() == 1);
            assertThat(announcement.sent()).isEqualTo(2);
        }
    }

    @Test
    void aPortThatIsHeldAloneIsTold() throws IOException {
        try (var holder = DatagramChannel.open(StandardProtocolFamily.INET)) {
            holder.bind(new InetSocketAddress(group.address().getPort()));
            assertThatThrownBy(() -> PeerListener.open(LOOPBACK, group, environment))
                    .isInstanceOf(AddressInUseException.class).hasMessageContaining(group.toString());
        }
    }

    @Test
    void aRunThatNobodyListensToIsNoFault() {
        var quiet = environment.withNotices(NoticeListener.NONE);
        try (var announcement = announce("unheard", quiet)) {
            await().atMost(SOON).until(() -> announcement.sent() == 1);
        }
    }

    private Announcement announce(String name, Environment environment) {
        return Announcement.open(AnnouncementConfig.named(name).withGroup(group).withTopics(List.of("prices.>")), LOOPBACK,
                List.of("udp://239.77.1.1:4770", "zmq://127.0.0.1:5555"), environment);
    }

    private boolean send(ByteBuffer bytes) throws IOException {
        try (var channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
            channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, LOOPBACK);
            return channel.send(bytes, group.address()) >= 0;
        } catch (IOException e) {
            // Larger than what this machine sends in one datagram.
            return false;
        }
    }

    private static List<String> names(PeerListener listener) {
        return listener.peers().list().stream().map(peer -> peer.beacon().name()).toList();
    }

    private static DiscoveryGroup freshGroup() {
        try (var socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return DiscoveryGroup.parse("group", "239.77.2.9:" + socket.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
