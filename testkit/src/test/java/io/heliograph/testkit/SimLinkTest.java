package io.heliograph.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimLinkTest {

    private static final Faults ALL = Faults.NONE.withDrop(0.1).withDuplicate(0.05).withReorder(0.1).withDelay(0.2)
            .withTruncate(0.05).withBitFlip(0.05).withLongest(Duration.ofMillis(3));

    private final ManualClock clock = new ManualClock();

    @Test
    void deliversAllInOrderWithoutFaults() {
        var link = new SimLink(1, clock);
        SimReceiver receiver = link.receiver(Faults.NONE);
        assertThat(run(link, receiver, 500)).containsExactlyElementsOf(datagrams(500));
        assertThat(link.faultCounts()).isEqualTo(FaultCounts.NONE);
        assertThat(link.sent()).isEqualTo(500);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 42, -7})
    void replaysTheSameRunFromTheSameSeed(long seed) {
        List<List<String>> runs = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            var link = new SimLink(seed, clock);
            runs.add(run(link, link.receiver(ALL), 3_000));
        }
        assertThat(runs.get(0)).as("seed " + seed).isEqualTo(runs.get(1));
        var other = new SimLink(seed + 1, clock);
        assertThat(run(other, other.receiver(ALL), 3_000)).isNotEqualTo(runs.get(0));
    }

    @Test
    void strikesEachReceiverForItself() {
        var alone = new SimLink(5, clock);
        List<String> first = run(alone, alone.receiver(ALL), 2_000);
        var together = new SimLink(5, clock);
        SimReceiver same = together.receiver(ALL);
        SimReceiver clean = together.receiver(Faults.NONE);
        assertThat(run(together, same, 2_000)).isEqualTo(first);
        assertThat(drain(clean)).containsExactlyElementsOf(datagrams(2_000));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void countsExactlyWhatHappened(long seed) {
        var link = new SimLink(seed, clock);
        SimReceiver receiver = link.receiver(ALL);
        List<String> arrived = run(link, receiver, 5_000);
        FaultCounts counts = link.faultCounts();
        counts.requireHappened(FaultKind.DROP, FaultKind.DUPLICATE, FaultKind.REORDER, FaultKind.DELAY, FaultKind.TRUNCATE,
                FaultKind.BIT_FLIP);
        assertThat(arrived.size()).as("seed " + seed)
                .isEqualTo((int) (5_000 - counts.of(FaultKind.DROP) + counts.of(FaultKind.DUPLICATE)));
        assertThat(receiver.received()).isEqualTo(arrived.size());
        assertThat(receiver.queued()).isZero();
        assertThat(counts.of(FaultKind.DROP)).isBetween(400L, 600L);
    }

    @Test
    void countsTruncationsAndBitFlipsExactly() {
        var cutting = new SimLink(9, clock);
        List<String> cut = run(cutting, cutting.receiver(Faults.NONE.withTruncate(0.2)), 1_000);
        assertThat(cut.stream().filter(hex -> hex.length() < 16).count())
                .isEqualTo(cutting.faultCounts().of(FaultKind.TRUNCATE)).isPositive();
        var flipping = new SimLink(9, clock);
        List<String> flipped = run(flipping, flipping.receiver(Faults.NONE.withBitFlip(0.2)), 1_000);
        List<String> whole = datagrams(1_000);
        long changed = 0;
        for (int i = 0; i < whole.size(); i++) {
            long difference = Long.parseUnsignedLong(flipped.get(i), 16) ^ Long.parseUnsignedLong(whole.get(i), 16);
            changed += Long.bitCount(difference);
        }
        assertThat(changed).isEqualTo(flipping.faultCounts().of(FaultKind.BIT_FLIP)).isPositive();
    }

    @Test
    void countsReorderOnlyWhereALaterOneCameFirst() {
        var link = new SimLink(3, clock);
        List<String> arrived = run(link, link.receiver(Faults.NONE.withReorder(0.05).withReorderSpan(4)), 1_000);
        int overtaken = 0;
        String highest = "";
        for (String hex : arrived) {
            if (hex.compareTo(highest) < 0) {
                overtaken++;
            } else {
                highest = hex;
            }
        }
        assertThat(arrived).containsExactlyInAnyOrderElementsOf(datagrams(1_000));
        assertThat(link.faultCounts().of(FaultKind.REORDER)).isEqualTo(overtaken).isPositive();
    }

    @Test
    void deliversADelayedDatagramWhenItIsDue() {
        var link = new SimLink(4, clock);
        SimReceiver receiver = link.receiver(Faults.NONE.withDelay(1).withLongest(Duration.ofMillis(10)));
        link.send(new byte[] {1});
        assertThat(receiver.poll()).isEmpty();
        clock.advance(Duration.ofMillis(10));
        assertThat(receiver.poll()).contains(new byte[] {1});
    }

    @Test
    void releasesAHeldDatagramThatNobodyOvertakes() {
        var link = new SimLink(4, clock);
        SimReceiver receiver = link.receiver(Faults.NONE.withReorder(1));
        link.send(new byte[] {1});
        assertThat(receiver.poll()).isEmpty();
        clock.advance(Faults.NONE.longest());
        assertThat(receiver.poll()).isPresent();
        assertThat(link.faultCounts().of(FaultKind.REORDER)).isZero();
    }

    @Test
    void losesAndCountsWhatIsSentWhileCut() {
        var link = new SimLink(6, clock);
        SimReceiver one = link.receiver(Faults.NONE);
        SimReceiver other = link.receiver(Faults.NONE);
        link.cut();
        link.send(new byte[] {1});
        link.heal();
        one.cut();
        link.send(new byte[] {2});
        one.heal();
        link.send(new byte[] {3});
        assertThat(drain(one)).containsExactly("03");
        assertThat(drain(other)).containsExactly("02", "03");
        assertThat(link.faultCounts().of(FaultKind.PARTITION)).isEqualTo(3);
        assertThat(one.faultCounts().of(FaultKind.PARTITION)).isEqualTo(2);
    }

    @Test
    void boundsWhatIsOnItsWay() {
        var link = new SimLink(7, clock, 10);
        SimReceiver receiver = link.receiver(Faults.NONE.withDuplicate(1));
        for (int i = 0; i < 20; i++) {
            link.send(new byte[] {(byte) i});
        }
        assertThat(receiver.queued()).isEqualTo(10);
        assertThat(link.faultCounts().of(FaultKind.DUPLICATE)).isEqualTo(5);
        assertThat(link.faultCounts().of(FaultKind.QUEUE_FULL)).isEqualTo(5 + 2 * 15 - 5);
        assertThat(drain(receiver)).hasSize(10);
    }

    @Test
    void failsASuiteThatClaimsWhatNeverHappened() {
        var link = new SimLink(8, clock);
        link.receiver(Faults.NONE.withDrop(1));
        link.send(new byte[1]);
        link.faultCounts().requireHappened(FaultKind.DROP);
        assertThatThrownBy(() -> link.faultCounts().requireHappened(FaultKind.DROP, FaultKind.REORDER))
                .isInstanceOf(AssertionError.class).hasMessageContaining("REORDER");
    }

    @Test
    void leavesAnEmptyDatagramWhole() {
        var link = new SimLink(8, clock);
        SimReceiver receiver = link.receiver(Faults.NONE.withTruncate(1).withBitFlip(1));
        link.send(new byte[0]);
        assertThat(receiver.poll().map(bytes -> bytes.length)).isEqualTo(Optional.of(0));
        assertThat(link.faultCounts()).isEqualTo(FaultCounts.NONE);
    }

    @Test
    void refusesWhatIsNoProbability() {
        assertThatThrownBy(() -> Faults.NONE.withDrop(1.01)).hasMessageContaining("drop").hasMessageContaining("1.01");
        assertThatThrownBy(() -> Faults.NONE.withBitFlip(-0.1)).hasMessageContaining("bitFlip");
        assertThatThrownBy(() -> Faults.NONE.withDelay(Double.NaN)).hasMessageContaining("delay");
    }

    /** One datagram every 100 us, polled at once; then time runs until all have arrived. */
    private List<String> run(SimLink link, SimReceiver receiver, int count) {
        List<String> arrived = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            link.send(datagram(i));
            arrived.addAll(drain(receiver));
            clock.advance(Duration.ofNanos(100_000));
        }
        clock.advance(Duration.ofSeconds(1));
        arrived.addAll(drain(receiver));
        return arrived;
    }

    private static List<String> drain(SimReceiver receiver) {
        List<String> arrived = new ArrayList<>();
        for (Optional<byte[]> next = receiver.poll(); next.isPresent(); next = receiver.poll()) {
            arrived.add(HexFormat.of().formatHex(next.get()));
        }
        return arrived;
    }

    private static byte[] datagram(int i) {
        return ByteBuffer.allocate(8).putLong(i).array();
    }

    private static List<String> datagrams(int count) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(HexFormat.of().formatHex(datagram(i)));
        }
        return all;
    }
}
