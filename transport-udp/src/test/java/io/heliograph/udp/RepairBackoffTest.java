package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RepairBackoffTest {

    private static final long MOST_NS = 2_000_000;

    @Test
    void waitsLieBetweenNothingAndTheMost() {
        for (int receivers : new int[] {-1, 0, 1, 2, 50, 1_024, Integer.MAX_VALUE}) {
            assertThat(RepairBackoff.waitNs(MOST_NS, receivers, 0)).isZero();
            assertThat(RepairBackoff.waitNs(MOST_NS, receivers, 1)).isBetween(MOST_NS - 2, MOST_NS);
            assertThat(RepairBackoff.waitNs(0, receivers, 0.5)).isZero();
        }
    }

    @Test
    void itIsTheFormulaOfTheRfc() {
        double lambda = Math.log(50) + 1;
        double most = 0.002;
        double uniform = 0.37;
        double x = uniform * lambda / most + lambda / (most * (Math.exp(lambda) - 1));
        double seconds = most / lambda * Math.log(x * (Math.exp(lambda) - 1) * (most / lambda));
        assertThat(RepairBackoff.waitNs(MOST_NS, 50, uniform)).isEqualTo((long) (seconds * 1e9));
    }

    @Test
    void fewAskBeforeTheFirstRequestIsAnsweredHoweverManyTheyAre() {
        var random = new Random(5);
        for (int receivers : new int[] {10, 50, 1_000}) {
            int asked = 0;
            int rounds = 500;
            for (int round = 0; round < rounds; round++) {
                asked += askedWithin(MOST_NS / 10, receivers, random);
            }
            // A uniform wait would let a tenth of them ask: 100 of 1,000.
            assertThat(asked / (double) rounds).as("%d receivers, seed 5", receivers).isBetween(1.0, 5.0);
        }
    }

    private static int askedWithin(long answerNs, int receivers, Random random) {
        long[] waits = random.doubles(receivers).mapToLong(u -> RepairBackoff.waitNs(MOST_NS, receivers, u)).sorted().toArray();
        int count = 0;
        while (count < receivers && waits[count] <= waits[0] + answerNs) {
            count++;
        }
        return count;
    }
}
