package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RateControlTest {

    private static final long MS = 1_000_000;
    private static final long SECOND_NS = 1_000 * MS;
    private static final int BYTES = 1_400;
    private static final int FAST = 1_000_000_000;
    private static final int LINK = 12_500_000;

    private long nowNs = Long.MAX_VALUE - SECOND_NS;
    private long next;
    private RateControl control = new RateControl(nowNs);

    @Test
    void aBottleneckIsFilledAndNotFlooded() {
        for (long seed = 1; seed <= 3; seed++) {
            requireFilled(new BottleneckLink(seed, LINK, 250_000, FAST, 0), "seed " + seed);
        }
        requireFilled(new BottleneckLink(1, LINK, 50_000, FAST, 0), "a queue of 4 ms");
        requireFilled(new BottleneckLink(1, LINK, 250_000, LINK * 9 / 8, 0), "little more than fits");
        requireFilled(new BottleneckLink(1, LINK, 250_000, FAST, 0.01), "1 % of chance besides");
    }

    private static void requireFilled(BottleneckLink link, String what) {
        link.run(20 * SECOND_NS);
        assertThat(link.control.engagements()).as(what).isPositive();
        assertThat(link.lost).as(what).isZero();
        // 0.844 is 0.85 of what is left of the link once each datagram's header is paid.
        assertThat(link.payloadBytes() / 20).as(what).isGreaterThan((long) (0.844 * LINK));
        assertThat((double) link.wireBytes / link.payloadBytes()).as(what).isLessThan(1.2);
    }

    @Test
    void onceTheLinkIsFullItStaysSoAndNextToNothingIsDropped() {
        for (long seed = 1; seed <= 3; seed++) {
            var link = new BottleneckLink(seed, LINK, 250_000, FAST, 0);
            link.run(5 * SECOND_NS);
            long delivered = link.payloadBytes();
            long dropped = link.dropped;
            link.run(20 * SECOND_NS);
            assertThat(link.payloadBytes() - delivered).as("seed " + seed).isGreaterThan((long) (0.93 * 15 * LINK));
            assertThat(link.dropped - dropped).as("dropped, seed " + seed).isLessThan(15 * LINK / BottleneckLink.DATAGRAM_BYTES / 1_000);
        }
    }

    @Test
    void theRateGoesOnGrowingFromWhatTheLastLossLeftWhateverFractionThatWas() {
        for (int lost = 150; lost < 250; lost += 7) {
            control = new RateControl(nowNs);
            loseOfEach(100, 20, 5);
            sendAtTheRate(200 * MS);
            while (control.decreases() < 2) {
                int together = (int) (control.bytesPerSecond() / 100 / BYTES);
                send(together, 10 * MS + 12_377);
                control.asked(next - together, together * lost / 1_000, nowNs);
            }
            long before = control.bytesPerSecond();
            sendUntilRaised(control.increases() + 8);
            assertThat((double) control.bytesPerSecond() / before).as("lost " + lost).isGreaterThan(1.28);
        }
    }

    @Test
    void aQueueThatDrainsEndsTheGrowthAndOneThatGrowsLowersTheRateALittle() {
        limitWithSamplesOf(MS);
        lowerUntilItIsKnownWhatIsCarried();
        sendWithSamples(200 * MS, MS, 0);
        long before = control.decreases();
        long grown = control.bytesPerSecond();

        sendWithSamples(400 * MS, 20 * MS, -MS / 20);
        long held = control.bytesPerSecond();
        assertThat(held).as("a queue that drains").isBetween(grown, (long) (1.11 * grown));
        sendWithSamples(400 * MS, 12 * MS, MS / 20);
        assertThat(control.bytesPerSecond()).as("a queue that grows").isBetween((long) (0.7 * held), (long) (0.98 * held));
        assertThat(control.decreases()).isEqualTo(before);

        long lowered = control.bytesPerSecond();
        sendWithSamples(600 * MS, MS, 0);
        assertThat(control.bytesPerSecond()).as("an empty queue").isGreaterThan((long) (1.05 * lowered));
    }

    @Test
    void aQueueThatDoesNotDrainThoughItWasGivenWayToIsOthersAndHoldsNobodyBackForLong() {
        limitWithSamplesOf(MS);
        lowerUntilItIsKnownWhatIsCarried();
        sendWithSamples(200 * MS, MS, 0);
        long free = control.bytesPerSecond();
        sendWithSamples(600 * MS, 5 * MS, MS / 20);
        assertThat(control.bytesPerSecond()).as("as long as it may be its own").isLessThan((long) (1.11 * free));
        sendWithSamples(400 * MS, 17 * MS, MS / 20);
        sendWithSamples(2 * SECOND_NS, 25 * MS, 0);
        assertThat(control.bytesPerSecond()).isGreaterThan(2 * free);
    }

    private void lowerUntilItIsKnownWhatIsCarried() {
        sendWithSamples(200 * MS, MS, 0);
        while (control.decreases() < 2) {
            int together = (int) (control.bytesPerSecond() / 100 / BYTES);
            send(together, 10 * MS);
            control.asked(next - together, together / 10, nowNs);
        }
    }

    @Test
    void longRoundTripsAmongShortOnesHoldNothingBack() {
        limitWithSamplesOf(MS);
        long free = control.bytesPerSecond();
        for (int i = 0; i < 200; i++) {
            control.sampled(i % 2 == 0 ? MS : 50 * MS, nowNs);
            sendAtTheRate(10 * MS);
        }
        assertThat(control.bytesPerSecond()).isGreaterThan(5 * free);
    }

    private void limitWithSamplesOf(long roundTripNs) {
        control.sampled(roundTripNs, nowNs);
        loseOfEach(1_000, 100, 10);
        assertThat(control.isLimited()).isTrue();
    }

    /** One round trip each 2.5 ms, each longer by {@code moreNs}. */
    private void sendWithSamples(long forNs, long roundTripNs, long moreNs) {
        long ns = roundTripNs;
        for (long passedNs = 0; passedNs < forNs; passedNs += 10 * MS) {
            for (int i = 0; i < 4; i++) {
                control.sampled(ns, nowNs);
                ns += moreNs;
            }
            sendAtTheRate(10 * MS);
        }
    }

    @Test
    void aSenderSlowerThanTheLinkIsNeverLimited() {
        var link = new BottleneckLink(1, LINK, 250_000, LINK * 9 / 10, 0);
        link.run(5 * SECOND_NS);
        assertThat(link.control.engagements()).isZero();
        assertThat(link.dropped).isZero();
    }

    @Test
    void lossThatDoesNotDependOnTheRateIsTolerated() {
        var link = new BottleneckLink(1, 10L * FAST, 100_000_000, FAST, 0.05);
        link.run(10 * SECOND_NS);
        assertThat(link.control.decreases()).isPositive();
        assertThat(link.payloadBytes() / 10).isGreaterThan(20_000_000);
        assertThat(link.lost).isZero();
    }

    @Test
    void onePercentOfChanceNeverLimitsWhateverTheRate() {
        for (long datagramsPerSecond : new long[] {60, 1_000, 20_000, 400_000, 5_000_000_000L / BYTES}) {
            for (long seed = 1; seed <= 3; seed++) {
                control = new RateControl(nowNs);
                loseByChance(new Random(seed), datagramsPerSecond);
                assertThat(control.engagements()).as("%d datagrams/s, seed %d", datagramsPerSecond, seed).isZero();
                assertThat(control.bytesPerSecond()).isEqualTo(RateControl.UNLIMITED);
                assertThat(control.inFlightBytes()).isEqualTo(RateControl.UNLIMITED);
            }
        }
    }

    /** A hundred steps a second, or fewer where there is less to send; each loss is asked for twice. */
    private void loseByChance(Random random, long datagramsPerSecond) {
        int together = (int) Math.max(1, datagramsPerSecond / 100);
        long stepNs = SECOND_NS / Math.min(100, datagramsPerSecond);
        long steps = Math.min(2_000, 10_000_000 / together);
        double worst = 0;
        for (long step = 0; step < steps; step++) {
            long first = next;
            send(together, stepNs);
            worst = Math.max(worst, control.lossRatio());
            for (long at = first; at < next; at++) {
                if (random.nextInt(100) == 0) {
                    control.asked(at, 1, nowNs);
                    control.asked(at, 1, nowNs);
                }
            }
        }
        assertThat(worst).as("loss seen").isPositive();
    }

    @Test
    void moreThanThreePercentLimitsToWhatCameThrough() {
        for (int step = 0; step < 20 && !control.isLimited(); step++) {
            loseOfEach(1_000, 100, 1);
        }
        assertThat(control.engagements()).isOne();
        assertThat(control.lossRatio()).isEqualTo(0.1);
        // 100,000 datagrams/s, 90 % of which came through and were acknowledged.
        assertThat(control.bytesPerSecond()).isBetween((long) (0.5 * 90_000 * BYTES), (long) (0.9 * 90_000 * BYTES));
        assertThat(control.inFlightBytes()).isEqualTo((long) (control.bytesPerSecond() * 0.08));
    }

    @Test
    void aLongerRoundTripIsWaitedForBeforeItIsJudged() {
        control.roundTrip(200 * MS);
        loseOfEach(1_000, 100, 40);
        assertThat(control.isLimited()).as("400 ms").isFalse();
        loseOfEach(1_000, 100, 3);
        assertThat(control.isLimited()).isTrue();
    }

    @Test
    void repeatedRequestsForTheSameCountOnce() {
        for (int step = 0; step < 100; step++) {
            send(1_000, 10 * MS);
            for (int times = 0; times < 5; times++) {
                control.asked(next - 1_000, 20, nowNs);
            }
        }
        assertThat(control.engagements()).isZero();
        assertThat(control.lossRatio()).isEqualTo(0.02);
    }

    @Test
    void theBacklogOfACollapseLowersTheRateOnce() {
        loseOfEach(1_000, 500, 10);
        assertThat(control.decreases()).isOne();
        for (int step = 0; step < 100; step++) {
            send(100, 10 * MS);
            control.asked(step * 100L, 100, nowNs);
        }
        assertThat(control.decreases()).isOne();
        assertThat(control.increases()).isPositive();
    }

    @Test
    void withoutLossTheRateGrowsSlowerNearWhatWasTooMuchAndFasterAfterALongSpell() {
        loseOfEach(100, 20, 5);
        sendAtTheRate(200 * MS);
        for (int step = 0; step < 20 && control.decreases() < 2; step++) {
            loseOfEach(1_000, 200, 1);
        }
        assertThat(control.decreases()).isEqualTo(2);
        long before = control.bytesPerSecond();
        long more = control.increases() + 5;
        sendUntilRaised(more);
        long after = control.bytesPerSecond();
        // Up to the rate at which it was too much, once by a tenth and the rest; then three times by a fiftieth.
        assertThat((double) after / before).isBetween(1.24, 1.26);
        sendUntilRaised(more + 17);
        assertThat(control.bytesPerSecond()).isGreaterThan(10 * after);
    }

    @Test
    void whoOffersFarLessThanTheRateIsFreeAgainAfterAWhile() {
        loseOfEach(1_000, 100, 10);
        for (int step = 0; step < 450; step++) {
            send(1, 10 * MS);
        }
        assertThat(control.isLimited()).isTrue();
        for (int step = 0; step < 150; step++) {
            send(1, 10 * MS);
        }
        assertThat(control.isLimited()).isFalse();
    }

    @Test
    void whoIsSilentIsFreeAgainAfterAWhile() {
        loseOfEach(1_000, 100, 10);
        control.onTime(nowNs + 3 * SECOND_NS);
        assertThat(control.isLimited()).isTrue();
        control.onTime(nowNs + 10 * SECOND_NS);
        control.onTime(nowNs + 11 * SECOND_NS);
        assertThat(control.isLimited()).isFalse();
    }

    @Test
    void itIsNeverLimitedToLessThanTheFloor() {
        for (int step = 0; step < 200; step++) {
            control.sent(next, 60, 60, nowNs);
            next += 60;
            nowNs += 20 * MS;
            control.asked(next - 60, 30, nowNs);
        }
        control.onTime(nowNs);
        assertThat(control.engagements()).isPositive();
        assertThat(control.bytesPerSecond()).isEqualTo(RateControl.LEAST_BYTES_PER_SECOND);
        assertThat(control.inFlightBytes()).isEqualTo(RateControl.LEAST_IN_FLIGHT_BYTES);
    }

    @Test
    void repairsThatKeepGettingLostLowerTheRateToo() {
        loseOfEach(1_000, 500, 10);
        long before = control.bytesPerSecond();
        for (int step = 0; step < 100; step++) {
            nowNs += 10 * MS;
            control.repaired(500, 500L * BYTES, nowNs);
            control.repairsLost(300, nowNs);
        }
        assertThat(control.bytesPerSecond()).isLessThan(before / 4);
    }

    /** So many datagrams each 10 ms, of which so many are asked for right away. */
    private void loseOfEach(int together, int lost, int steps) {
        for (int step = 0; step < steps; step++) {
            send(together, 10 * MS);
            control.asked(next - together, lost, nowNs);
            control.acknowledged((long) (together - lost) * BYTES, nowNs);
        }
    }

    private void send(int datagrams, long stepNs) {
        control.sent(next, datagrams, (long) datagrams * BYTES, nowNs);
        next += datagrams;
        nowNs += stepNs;
        control.onTime(nowNs);
    }

    private void sendUntilRaised(long increases) {
        for (int step = 0; step < 1_000 && control.increases() < increases; step++) {
            sendAtTheRate(10 * MS);
        }
        assertThat(control.increases()).isEqualTo(increases);
    }

    private void sendAtTheRate(long forNs) {
        for (long passedNs = 0; passedNs < forNs; passedNs += 10 * MS) {
            send((int) Math.min(100_000, control.bytesPerSecond() / 100 / BYTES), 10 * MS);
        }
    }
}
