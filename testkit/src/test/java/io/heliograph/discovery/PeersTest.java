package io.heliograph.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.ConfigException;
import io.heliograph.testkit.ManualClock;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Who is in the table and who no more, on a clock that is moved by hand. */
final class PeersTest {

    private static final InetSocketAddress HERE = source(1);
    private static final InetSocketAddress THERE = source(2);

    private final ManualClock clock = new ManualClock();
    private final Peers peers = new Peers(clock, 3);

    @Test
    void whoIsSilentForItsExpiryIsGone() {
        hear(beacon(1, "a", 3_000), HERE);
        hear(beacon(2, "b", 300), HERE);
        clock.advance(Duration.ofMillis(299));
        assertThat(names()).containsExactly("a", "b");
        assertThat(peers.list().getFirst().silence()).isEqualTo(Duration.ofMillis(299));

        clock.advance(Duration.ofMillis(1));
        assertThat(names()).containsExactly("a");
        hear(beacon(1, "a", 3_000), HERE);
        clock.advance(Duration.ofMillis(2_999));
        assertThat(names()).as("each beacon begins anew").containsExactly("a");

        clock.advance(Duration.ofMillis(1));
        assertThat(names()).isEmpty();
        assertThat(peers.counters()).isEqualTo(new PeerCounters(3, 0, 0, 2, Map.of()));
    }

    @Test
    void whoSaysGoodbyeIsGoneAtOnce() {
        hear(beacon(1, "a", 3_000), HERE);
        hear(beacon(1, "a", 3_000).goodbye(), HERE);
        hear(beacon(1, "a", 3_000).goodbye(), HERE);

        assertThat(names()).isEmpty();
        assertThat(peers.counters()).isEqualTo(new PeerCounters(3, 0, 1, 0, Map.of()));
    }

    @Test
    void twoOfOneNameAreTwo() {
        hear(beacon(1, "a", 3_000), HERE);
        hear(beacon(2, "a", 3_000), HERE);

        assertThat(names()).containsExactly("a", "a");
        assertThat(peers.list()).extracting(peer -> peer.beacon().peer()).containsExactly(1L, 2L);
    }

    @Test
    void nobodyElseEndsOrChangesAPeer() {
        hear(beacon(1, "a", 3_000), HERE);
        hear(beacon(1, "a", 3_000).goodbye(), THERE);
        hear(beacon(1, "b", 3_000), THERE);

        assertThat(peers.list()).extracting(Peer::source).containsExactly(HERE, THERE);
        assertThat(names()).containsExactly("a", "b");
    }

    @Test
    void aFullTableRefusesNewcomersAndKeepsWhoWasThere() {
        for (int i = 1; i <= 3; i++) {
            hear(beacon(i, "a" + i, 3_000), HERE);
        }
        hear(beacon(4, "late", 3_000), HERE);
        hear(beacon(2, "a2", 5_000), HERE);
        assertThat(names()).containsExactly("a1", "a2", "a3");
        assertThat(peers.counters().refused()).isEqualTo(1);

        clock.advance(Duration.ofSeconds(3));
        hear(beacon(4, "late", 3_000), HERE);
        assertThat(names()).as("once others are gone there is room").containsExactly("a2", "late");
    }

    @Test
    void aBeaconMayChangeWhatItsPeerSays() {
        hear(beacon(1, "a", 3_000), HERE);
        Beacon changed = new Beacon(1, "a", List.of("zmq://127.0.0.1:5555", "udp://239.77.1.1:4770"), List.of("t"), 1_000);
        hear(changed, HERE);

        assertThat(peers.list()).extracting(Peer::beacon).containsExactly(changed);
    }

    @Test
    void garbageIsCountedByReasonAndIgnored() {
        hear(beacon(1, "a", 3_000), HERE);
        peers.hear(ByteBuffer.wrap("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII)), HERE);
        peers.hear(ByteBuffer.allocate(0), HERE);
        peers.hear(ByteBuffer.allocate(0), THERE);

        assertThat(names()).containsExactly("a");
        assertThat(peers.counters().malformed())
                .isEqualTo(Map.of(MalformedBeacon.FOREIGN, 1L, MalformedBeacon.TOO_SHORT, 2L));
        assertThat(peers.counters().ignored()).isEqualTo(3);
    }

    @Test
    void agreesWithATableThatIsLookedThroughEachTime() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var peers = new Peers(clock, 1_000);
        var deadlines = new TreeMap<Long, Duration>();
        Duration now = Duration.ZERO;
        for (int round = 0; round < 20_000; round++) {
            long number = random.nextInt(50);
            Beacon beacon = beacon(number, "n" + number, 1 + random.nextInt(500));
            if (random.nextInt(10) == 0) {
                peers.hear(BeaconCodec.encode(beacon.goodbye()), HERE);
                deadlines.remove(number);
            } else {
                peers.hear(BeaconCodec.encode(beacon), HERE);
                deadlines.put(number, now.plusMillis(beacon.expiryMs()));
            }
            Duration step = Duration.ofMillis(random.nextInt(20));
            clock.advance(step);
            now = now.plus(step);
            Duration moment = now;
            deadlines.values().removeIf(deadline -> deadline.compareTo(moment) <= 0);
            if (random.nextInt(4) == 0) {
                assertThat(peers.list()).as("round %d, seed %d", round, seed).extracting(peer -> peer.beacon().peer())
                        .containsExactlyInAnyOrderElementsOf(deadlines.keySet());
            }
        }
    }

    @Test
    void aTableHasALimit() {
        assertThatThrownBy(() -> new Peers(clock, 0)).isInstanceOf(ConfigException.class).hasMessageContaining("1 to 65536");
        assertThatThrownBy(() -> new Peers(clock, 65_537)).isInstanceOf(ConfigException.class);
    }

    private void hear(Beacon beacon, InetSocketAddress source) {
        peers.hear(BeaconCodec.encode(beacon), source);
    }

    private List<String> names() {
        return peers.list().stream().map(peer -> peer.beacon().name()).toList();
    }

    private static Beacon beacon(long peer, String name, int expiryMs) {
        return new Beacon(peer, name, List.of("udp://239.77.1.1:4770"), List.of(), expiryMs);
    }

    private static InetSocketAddress source(int port) {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    }
}
