package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.udp.RepairGate.Verdict;
import io.heliograph.udp.PlannedRequests.Reach;
import io.heliograph.udp.PlannedRequests.Timing;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RepairGateTest {

    private static final long US = 1_000;
    private static final long MS = 1_000 * US;
    private static final int BYTES = 1_400;
    private static final long A = 0xa;
    private static final long B = 0xb;
    private static final long C = 0xc;

    private final RepairGate gate = new RepairGate(1_024, plenty());

    private static TokenBucket plenty() {
        return new TokenBucket(1 << 30, 1 << 30, 0);
    }

    @Test
    void theFirstToAskIsRepairedAlone() {
        assertThat(gate.asked(7, A, BYTES, 0)).isEqualTo(Verdict.UNICAST);
        assertThat(gate.asked(8, A, BYTES, 0)).isEqualTo(Verdict.UNICAST);
        assertThat(gate.asked(9, B, BYTES, 0)).as("another datagram").isEqualTo(Verdict.UNICAST);
        assertThat(gate.unicastRepairs()).isEqualTo(3);
        assertThat(gate.groupRepairs()).isZero();
    }

    @Test
    void theSecondToAskSoonIsRepairedWithTheGroupAndTheOthersNeedNothing() {
        gate.asked(7, A, BYTES, 0);
        assertThat(gate.asked(7, B, BYTES, 5 * MS)).isEqualTo(Verdict.GROUP);
        assertThat(gate.asked(7, C, BYTES, 6 * MS)).isEqualTo(Verdict.SUPPRESSED);
        assertThat(gate.asked(7, A, BYTES, 10 * MS)).isEqualTo(Verdict.SUPPRESSED);
        assertThat(gate.groupRepairs()).isOne();
        assertThat(gate.suppressed()).isEqualTo(2);
    }

    @Test
    void whoAsksLongAfterAnotherIsRepairedAlone() {
        gate.asked(7, A, BYTES, 0);
        assertThat(gate.asked(7, B, BYTES, 5 * MS + 1)).isEqualTo(Verdict.UNICAST);
    }

    @Test
    void aLongRoundTripStretchesBothTimes() {
        gate.roundTrip(40 * MS);
        gate.asked(7, A, BYTES, 0);
        assertThat(gate.asked(7, A, BYTES, 40 * MS)).isEqualTo(Verdict.SUPPRESSED);
        assertThat(gate.asked(7, B, BYTES, 80 * MS)).isEqualTo(Verdict.GROUP);
        assertThat(gate.asked(7, C, BYTES, 120 * MS)).isEqualTo(Verdict.SUPPRESSED);
        assertThat(gate.asked(7, A, BYTES, 120 * MS + 1)).as("lost again, and two ask").isEqualTo(Verdict.GROUP);
    }

    @Test
    void theSameReceiverIsNotRepairedTwiceAtOnceButLaterIs() {
        assertThat(gate.asked(7, A, BYTES, 0)).isEqualTo(Verdict.UNICAST);
        assertThat(gate.asked(7, A, BYTES, 500 * US)).isEqualTo(Verdict.SUPPRESSED);
        assertThat(gate.repeated()).isZero();
        assertThat(gate.asked(7, A, BYTES, 1_000 * US)).isEqualTo(Verdict.UNICAST);
        assertThat(gate.suppressed()).isOne();
        assertThat(gate.repeated()).isOne();
        assertThat(gate.asked(7, B, BYTES, 2_000 * US)).isEqualTo(Verdict.GROUP);
        assertThat(gate.repeated()).as("another's").isOne();
    }

    @Test
    void whatTheBucketDoesNotPayForIsRefusedAndMayBeAskedForAgain() {
        var poor = new RepairGate(16, new TokenBucket(BYTES * 1_000L, 2 * BYTES, 0));
        assertThat(poor.asked(1, A, BYTES, 0)).isEqualTo(Verdict.UNICAST);
        assertThat(poor.asked(2, A, BYTES, 0)).isEqualTo(Verdict.UNICAST);
        assertThat(poor.asked(3, A, BYTES, 0)).isEqualTo(Verdict.REFUSED);
        assertThat(poor.asked(3, A, BYTES, MS)).as("not held back, as nothing was sent").isEqualTo(Verdict.UNICAST);
        assertThat(poor.refused()).isOne();
        assertThat(poor.unicastRepairs()).isEqualTo(3);
    }

    @Test
    void aFloodOfForgedRequestsCostsNoMoreThanTheBucket() {
        long ratePerSecond = 1_000_000;
        int burst = 100_000;
        var flooded = new RepairGate(1_024, new TokenBucket(ratePerSecond, burst, 0));
        var random = new Random(9);
        long sentBytes = 0;
        for (long nowNs = 0; nowNs < 1_000 * MS; nowNs += US) {
            Verdict verdict = flooded.asked(random.nextInt(100_000), random.nextInt(1_000), BYTES, nowNs);
            sentBytes += verdict == Verdict.UNICAST || verdict == Verdict.GROUP ? BYTES : 0;
        }
        assertThat(sentBytes).isBetween(ratePerSecond, ratePerSecond + burst);
        assertThat(flooded.refused()).isPositive();
        assertThat(flooded.unicastRepairs() + flooded.groupRepairs() + flooded.suppressed() + flooded.refused())
                .isEqualTo(1_000_000);
    }

    @Test
    void aDatagramThatDisplacesAnotherIsNotTakenForIt() {
        var tiny = new RepairGate(3, plenty());
        assertThat(tiny.asked(1, A, BYTES, 0)).isEqualTo(Verdict.UNICAST);
        assertThat(tiny.asked(5, B, BYTES, 0)).isEqualTo(Verdict.UNICAST);
        assertThat(tiny.asked(1, A, BYTES, 0)).as("forgotten").isEqualTo(Verdict.UNICAST);
    }

    @Test
    void timesMayWrapAndBeBelowZero() {
        long startNs = Long.MAX_VALUE - MS;
        assertThat(gate.asked(0, A, BYTES, startNs)).isEqualTo(Verdict.UNICAST);
        assertThat(gate.asked(0, B, BYTES, startNs + 2 * MS)).isEqualTo(Verdict.GROUP);
        assertThat(gate.asked(0, C, BYTES, startNs + 3 * MS)).isEqualTo(Verdict.SUPPRESSED);
    }

    @Test
    void tooManyOrTooFewPlacesAreRefused() {
        assertThatThrownBy(() -> new RepairGate(0, plenty())).hasMessageContaining("remember 0");
        assertThatThrownBy(() -> new RepairGate((1 << 24) + 1, plenty())).hasMessageContaining("1 to 16777216");
    }

    @Test
    void fiftyReceiversThatLoseTheSameDatagramCostAtMostThreeRepairs() {
        int most = 0;
        for (long seed = 1; seed <= 100; seed++) {
            for (long oneWayNs : new long[] {10 * US, 100 * US, MS, 10 * MS}) {
                int repairs = new Group(seed, oneWayNs).repairsOfOneLoss();
                assertThat(repairs).as("seed %d, one way %d us", seed, oneWayNs / US).isBetween(1, 3);
                most = Math.max(most, repairs);
            }
        }
        assertThat(most).as("the group was ever needed").isGreaterThan(1);
    }

    /** Fifty receivers in a group, all without datagram 0, on a network that loses nothing more. */
    private static final class Group {
        private static final int RECEIVERS = 50;
        private static final long STEP_NS = 5 * US;

        private final RepairGate gate = new RepairGate(64, plenty());
        private final List<PlannedRequests> receivers = new ArrayList<>();
        private final List<long[]> requests = new ArrayList<>();
        private final List<long[]> repairs = new ArrayList<>();
        private final long oneWayNs;

        Group(long seed, long oneWayNs) {
            this.oneWayNs = oneWayNs;
            var random = new Random(seed);
            gate.roundTrip(2 * oneWayNs);
            for (int i = 0; i < RECEIVERS; i++) {
                var receiver = new PlannedRequests(4, Reach.GROUP, Timing.defaults(), random);
                receiver.receivers(RECEIVERS);
                receiver.roundTrip(2 * oneWayNs);
                // They notice within 100 us of one another.
                receiver.missing(0, 1, random.nextInt(100_000));
                receivers.add(receiver);
            }
        }

        int repairsOfOneLoss() {
            for (long nowNs = 0; receivers.stream().anyMatch(r -> !r.missing().isEmpty()); nowNs += STEP_NS) {
                step(nowNs);
            }
            return (int) (gate.unicastRepairs() + gate.groupRepairs());
        }

        private void step(long nowNs) {
            for (int i = 0; i < RECEIVERS; i++) {
                long receiver = i;
                receivers.get(i).request(nowNs, 100, (from, count) -> requests.add(new long[] {nowNs + oneWayNs, receiver}));
            }
            requests.removeIf(request -> request[0] <= nowNs && answer(request[1], nowNs));
            repairs.removeIf(repair -> repair[0] <= nowNs && hear((int) repair[1], nowNs));
        }

        private boolean answer(long receiver, long nowNs) {
            switch (gate.asked(0, receiver, BYTES, nowNs)) {
                case UNICAST -> repairs.add(new long[] {nowNs + oneWayNs, receiver});
                case GROUP -> repairs.add(new long[] {nowNs + oneWayNs, -1});
                default -> { }
            }
            return true;
        }

        private boolean hear(int receiver, long nowNs) {
            for (int i = 0; i < RECEIVERS; i++) {
                if (receiver < 0 || receiver == i) {
                    receivers.get(i).arrived(0, nowNs);
                }
            }
            return true;
        }
    }
}
