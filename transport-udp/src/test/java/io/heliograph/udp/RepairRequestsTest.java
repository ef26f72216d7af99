package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.udp.MissingRanges.Removal;
import io.heliograph.udp.RepairRequests.Reach;
import io.heliograph.udp.RepairRequests.Timing;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RepairRequestsTest {

    private static final long US = 1_000;
    private static final long MS = 1_000 * US;
    private static final int MANY = 1 << 20;
    private static final Timing TIMING = new Timing(200 * US, 2 * MS, MS, 50 * MS, 10);

    private final RepairRequests unicast = new RepairRequests(64, Reach.UNICAST, TIMING, new Random(1));
    private final List<String> asked = new ArrayList<>();
    private final List<String> lost = new ArrayList<>();

    @Test
    void aGapIsAskedForAfterTheFirstDelay() {
        assertThat(unicast.untilNs(0)).isEqualTo(Long.MAX_VALUE);
        assertThat(unicast.missing(10, 13, 0)).isTrue();
        assertThat(unicast.untilNs(50 * US)).isEqualTo(150 * US);
        assertThat(request(199 * US)).isEmpty();
        assertThat(request(200 * US)).containsExactly("10+3");
        assertThat(request(200 * US)).isEmpty();
    }

    @Test
    void whatWasOnlyOutOfOrderIsNotAskedFor() {
        unicast.missing(10, 12, 0);
        assertThat(unicast.arrived(11, 20 * US)).isEqualTo(Removal.REMOVED);
        assertThat(unicast.arrived(10, 30 * US)).isEqualTo(Removal.REMOVED);
        assertThat(unicast.arrived(10, 40 * US)).isEqualTo(Removal.ABSENT);
        assertThat(request(200 * US)).isEmpty();
        assertThat(unicast.untilNs(200 * US)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void itIsAskedAgainAfterTwiceTheTimeUpToTheMostThenGivenUp() {
        unicast.missing(10, 13, 0);
        var times = new ArrayList<Long>();
        long nowNs = 0;
        while (lost.isEmpty()) {
            long waitNs = unicast.untilNs(nowNs);
            nowNs += waitNs;
            giveUp(nowNs);
            if (!request(nowNs).isEmpty()) {
                times.add(nowNs / US);
            }
        }
        assertThat(times).containsExactly(200L, 1_200L, 3_200L, 7_200L, 15_200L, 31_200L, 63_200L, 113_200L, 163_200L, 213_200L);
        assertThat(nowNs / US).isEqualTo(263_200);
        assertThat(lost).containsExactly("10+3");
        assertThat(unicast.missing().isEmpty()).isTrue();
        assertThat(unicast.givenUp()).isEqualTo(3);
        assertThat(unicast.requests()).isEqualTo(10);
        assertThat(unicast.datagramsAsked()).isEqualTo(30);
        assertThat(unicast.datagramsAskedAgain()).isEqualTo(27);
        assertThat(unicast.untilNs(nowNs)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void twoToEightRoundTripsAreWaitedForWhereTheyAreLong() {
        unicast.roundTrip(40 * MS);
        unicast.missing(1, 2, 0);
        long nowNs = 200 * US;
        for (long waitNs : new long[] {80 * MS, 160 * MS, 320 * MS, 320 * MS}) {
            assertThat(request(nowNs)).containsExactly("1+1");
            assertThat(unicast.untilNs(nowNs)).isEqualTo(waitNs);
            nowNs += waitNs;
        }
    }

    @Test
    void whileOthersAreRepairedItIsAskedTenTimesAsOften() {
        unicast.missing(0, 1, 0);
        unicast.missing(1_000, 2_000, 0);
        int times = 0;
        long nowNs = 0;
        for (int other = 1_000; lost.isEmpty(); other++) {
            nowNs += 50 * MS;
            giveUp(nowNs);
            List<String> now = request(nowNs);
            times += now.contains("0+1") ? 1 : 0;
            assertThat(now.isEmpty() || unicast.arrived(other, nowNs) == Removal.REMOVED).isTrue();
        }
        assertThat(times).isEqualTo(100);
        assertThat(lost).contains("0+1");
    }

    @Test
    void arrivalsPutOffTheRestBehindThemAndNotWhatTheyPassed() {
        unicast.missing(10, 20, 0);
        assertThat(request(200 * US)).containsExactly("10+10");
        unicast.arrived(13, 1_100 * US);
        assertThat(request(1_200 * US)).as("lost again").containsExactly("10+3");
        assertThat(request(2_099 * US)).isEmpty();
        assertThat(request(2_100 * US)).containsExactly("14+6");
    }

    @Test
    void noMoreIsAskedForAtOnceThanThereIsCreditFor() {
        unicast.missing(0, 100, 0);
        unicast.missing(200, 300, 0);
        assertThat(request(200 * US, 30)).containsExactly("0+30");
        assertThat(request(200 * US, 30)).isEmpty();
        assertThat(unicast.untilNs(200 * US)).as("looks again soon").isEqualTo(MS);
        arrive(0, 20, 300 * US);
        assertThat(unicast.untilNs(300 * US)).isZero();
        assertThat(request(300 * US, 30)).containsExactly("30+20");
        assertThat(request(300 * US, 0)).isEmpty();
        assertThat(request(300 * US, 150)).containsExactly("50+50", "200+70");
    }

    @Test
    void whatIsAskedAgainCountsAgainstTheCreditToo() {
        unicast.missing(0, 100, 0);
        assertThat(request(200 * US, 100)).containsExactly("0+100");
        assertThat(request(1_200 * US, 40)).containsExactly("0+40");
        assertThat(request(1_200 * US, 40)).isEmpty();
        assertThat(unicast.datagramsAskedAgain()).isEqualTo(40);
    }

    @Test
    void aRequestHasAtMost32RangesAndTheNextTakesTheRest() {
        for (int i = 0; i < 40; i++) {
            unicast.missing(10L * i, 10L * i + 2, 0);
        }
        assertThat(request(200 * US)).hasSize(32).startsWith("0+2").endsWith("310+2");
        assertThat(unicast.untilNs(200 * US)).isZero();
        assertThat(request(200 * US)).hasSize(8).startsWith("320+2").endsWith("390+2");
        assertThat(request(200 * US)).isEmpty();
    }

    @Test
    void withEveryPlaceTakenAndLittleCreditAskingStillGoesOn() {
        var full = new RepairRequests(1, Reach.UNICAST, TIMING, new Random(1));
        assertThat(full.missing(0, 100, 0)).isTrue();
        assertThat(full.missing(200, 201, 0)).as("no place").isFalse();
        asked.clear();
        assertThat(full.request(200 * US, 10, this::ask)).isOne();
        assertThat(asked).containsExactly("0+10");
        assertThat(full.arrived(5, 300 * US)).isEqualTo(Removal.NO_PLACE);
        assertThat(full.arrived(0, 300 * US)).isEqualTo(Removal.REMOVED);
    }

    @Test
    void whatNoLongerMattersIsForgotten() {
        unicast.missing(0, 10, 0);
        unicast.missing(20, 30, 0);
        assertThat(unicast.forgetBelow(25)).isEqualTo(15);
        assertThat(request(200 * US)).containsExactly("25+5");
        assertThat(unicast.forgetBelow(30)).isEqualTo(5);
        assertThat(unicast.untilNs(200 * US)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aGapTellsItsOwnTimeThoughAnEarlierOneIsWaiting() {
        unicast.missing(0, 1, 0);
        assertThat(request(200 * US)).containsExactly("0+1");
        unicast.missing(5, 6, 500 * US);
        assertThat(unicast.untilNs(500 * US)).isEqualTo(200 * US);
        assertThat(request(700 * US)).containsExactly("5+1");
        assertThat(request(1_200 * US)).containsExactly("0+1");
    }

    @Test
    void everyTimeMayWrap() {
        long startNs = Long.MAX_VALUE - 100 * US;
        unicast.missing(3, 4, startNs);
        assertThat(request(startNs + 199 * US)).isEmpty();
        assertThat(request(startNs + 200 * US)).containsExactly("3+1");
        assertThat(unicast.untilNs(startNs + 200 * US)).isEqualTo(MS);
    }

    @Test
    void inAGroupTheFirstRequestWaitsByChance() {
        var distinct = new ArrayList<Long>();
        for (long seed = 1; seed <= 50; seed++) {
            var group = new RepairRequests(8, Reach.GROUP, TIMING, new Random(seed));
            group.receivers(50);
            group.missing(0, 1, 0);
            assertThat(group.untilNs(0)).as("seed %d", seed).isBetween(200 * US, 2_200 * US);
            distinct.add(group.untilNs(0));
        }
        assertThat(distinct.stream().distinct().count()).isGreaterThan(45);
    }

    @Test
    void theOnlyOneOfAGroupDoesNotWaitForOthers() {
        var group = new RepairRequests(8, Reach.GROUP, TIMING, new Random(1));
        group.receivers(0);
        group.missing(0, 1, 0);
        assertThat(group.untilNs(0)).isEqualTo(200 * US);
    }

    @Test
    void aRepairForAnotherSparesTheRequest() {
        var group = new RepairRequests(8, Reach.GROUP, TIMING, new Random(1));
        group.receivers(50);
        group.missing(0, 5, 0);
        group.arrived(0, 150 * US);
        assertThat(group.missing().dueNs(0)).as("the others are on their way").isGreaterThanOrEqualTo(1_150 * US);
        for (int i = 1; i < 5; i++) {
            group.arrived(i, 160 * US);
        }
        assertThat(group.untilNs(160 * US)).isEqualTo(Long.MAX_VALUE);
        assertThat(group.requests()).isZero();
    }

    @Test
    void timesOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new Timing(-1, 0, 1, 1, 1)).hasMessageContaining("first delay -1");
        assertThatThrownBy(() -> new Timing(0, 0, 2, 1, 1)).hasMessageContaining("repeat 2 to 1");
        assertThatThrownBy(() -> new Timing(0, 0, 1, 1, 0)).hasMessageContaining("attempts 0");
    }

    /** A channel that loses by chance both ways: everything comes in the end or is given up, and nothing is both. */
    @Test
    void everythingMissingArrivesOrIsGivenUpOverALossyChannel() {
        long repaired = 0;
        long lostForGood = 0;
        for (long seed = 1; seed <= 30; seed++) {
            var run = new LossyRun(seed, seed % 3 == 0 ? 0.9 : 0.2);
            run.play();
            repaired += run.arrived.cardinality();
            lostForGood += run.givenUp.cardinality();
        }
        assertThat(repaired).isPositive();
        assertThat(lostForGood).as("lost for good at 90 %").isPositive();
    }

    private static final class LossyRun {
        private static final int DATAGRAMS = 2_000;
        private static final int CREDIT = 100;
        private static final long ROUND_TRIP_NS = 300 * US;

        private final long seed;
        private final Random random;
        private final double loss;
        private final RepairRequests requests;
        private final BitSet arrived = new BitSet();
        private final BitSet givenUp = new BitSet();
        private final List<long[]> coming = new ArrayList<>();
        private long highest;
        private long nowNs;

        LossyRun(long seed, double loss) {
            this.seed = seed;
            this.loss = loss;
            random = new Random(seed);
            requests = new RepairRequests(16, seed % 2 == 0 ? Reach.UNICAST : Reach.GROUP, TIMING, random);
            requests.receivers(5);
            requests.roundTrip(ROUND_TRIP_NS);
        }

        void play() {
            for (int i = 0; i < DATAGRAMS; i++) {
                nowNs += 10 * US;
                work();
                if (random.nextDouble() >= loss) {
                    first(i);
                }
            }
            while (highest < DATAGRAMS && !requests.missing(highest, DATAGRAMS, nowNs)) {
                step();
            }
            while (!requests.missing().isEmpty()) {
                step();
            }
            assertThat(arrived.cardinality() + givenUp.cardinality()).as("seed %d", seed).isEqualTo(DATAGRAMS);
            assertThat(arrived.intersects(givenUp)).as("seed %d", seed).isFalse();
        }

        private void step() {
            nowNs += Math.max(10 * US, coming.isEmpty() ? requests.untilNs(nowNs) : 10 * US);
            work();
        }

        /** An original; what finds no place is as though it had not come. */
        private void first(long sequence) {
            if (sequence > highest && !requests.missing(highest, sequence, nowNs)) {
                return;
            }
            highest = sequence + 1;
            arrived.set((int) sequence);
        }

        private void work() {
            coming.removeIf(repair -> {
                if (repair[1] > nowNs) {
                    return false;
                }
                if (requests.arrived(repair[0], nowNs) == Removal.REMOVED) {
                    assertThat(arrived.get((int) repair[0])).as("seed %d: twice", seed).isFalse();
                    arrived.set((int) repair[0]);
                }
                return true;
            });
            requests.giveUp(nowNs, (from, count) -> givenUp.set((int) from, (int) (from + count)));
            long[] together = {0};
            while (requests.request(nowNs, CREDIT, (from, count) -> {
                together[0] += count;
                for (long at = from; at < from + count; at++) {
                    if (random.nextDouble() >= loss && random.nextDouble() >= loss) {
                        coming.add(new long[] {at, nowNs + ROUND_TRIP_NS});
                    }
                }
            }) > 0) {
                assertThat(together[0]).as("seed %d: credit", seed).isLessThanOrEqualTo(CREDIT);
            }
        }
    }

    private List<String> request(long nowNs) {
        return request(nowNs, MANY);
    }

    private List<String> request(long nowNs, int credit) {
        asked.clear();
        int given = unicast.request(nowNs, credit, this::ask);
        assertThat(given).isEqualTo(asked.size());
        return List.copyOf(asked);
    }

    private void ask(long from, long count) {
        asked.add(from + "+" + count);
    }

    private void giveUp(long nowNs) {
        unicast.giveUp(nowNs, (from, count) -> lost.add(from + "+" + count));
    }

    private void arrive(long from, long to, long nowNs) {
        for (long at = from; at < to; at++) {
            assertThat(unicast.arrived(at, nowNs)).isEqualTo(Removal.REMOVED);
        }
    }
}
