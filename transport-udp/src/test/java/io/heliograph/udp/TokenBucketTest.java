package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TokenBucketTest {

    private static final long SECOND_NS = 1_000_000_000L;

    @Test
    void itIsFullAtFirstAndRefusesWhatItHasNot() {
        var bucket = new TokenBucket(1_000, 100, 0);
        assertThat(bucket.take(60, 0)).isTrue();
        assertThat(bucket.take(41, 0)).isFalse();
        assertThat(bucket.take(40, 0)).isTrue();
        assertThat(bucket.take(1, 0)).isFalse();
        assertThat(bucket.take(0, 0)).isTrue();
    }

    @Test
    void whatItSaysToWaitIsExactlyEnough() {
        var bucket = new TokenBucket(3, 10, 0);
        assertThat(bucket.take(10, 0)).isTrue();
        long waitNs = bucket.untilNs(1, 0);
        assertThat(waitNs).isEqualTo(333_333_334L);
        assertThat(bucket.take(1, waitNs - 1)).isFalse();
        assertThat(bucket.take(1, waitNs)).isTrue();
    }

    @Test
    void itHoldsNoMoreThanItsBurst() {
        var bucket = new TokenBucket(1_000, 100, 0);
        assertThat(bucket.take(100, 3_600 * SECOND_NS)).isTrue();
        assertThat(bucket.take(1, 3_600 * SECOND_NS)).isFalse();
    }

    @Test
    void moreThanTheBurstPassesWhenFullAndIsPaidBack() {
        var bucket = new TokenBucket(1_000, 100, 0);
        assertThat(bucket.take(1_100, 0)).isTrue();
        assertThat(bucket.untilNs(1, 0)).isEqualTo(1_001_000_000L);
        assertThat(bucket.untilNs(5_000, 0)).as("when it is full again").isEqualTo(1_100_000_000L);
        assertThat(bucket.take(1, SECOND_NS)).isFalse();
        assertThat(bucket.take(1, 1_001_000_000L)).isTrue();
    }

    @Test
    void roundingLosesNothingHoweverOftenItIsAsked() {
        var bucket = new TokenBucket(7, 1_000, 0);
        assertThat(bucket.take(1_000, 0)).isTrue();
        var random = new Random(11);
        int taken = 0;
        for (long nowNs = 0; nowNs < 100 * SECOND_NS; nowNs += 1 + random.nextInt(1_000_000)) {
            taken += bucket.take(1, nowNs) ? 1 : 0;
        }
        taken += bucket.take(1, 100 * SECOND_NS) ? 1 : 0;
        assertThat(taken).isEqualTo(700);
    }

    @Test
    void fiveGigabytesASecondAreMeasuredToTheByte() {
        var bucket = new TokenBucket(5_000_000_000L, 65_536, 0);
        assertThat(bucket.take(65_536, 0)).isTrue();
        assertThat(bucket.take(5, 1)).isTrue();
        assertThat(bucket.untilNs(1_400, 1)).isEqualTo(280);
    }

    @Test
    void anotherRateLeavesWhatIsThere() {
        var bucket = new TokenBucket(1_000, 1_000, 0);
        assertThat(bucket.take(1_000, 0)).isTrue();
        bucket.limit(10, 1_000, SECOND_NS / 2);
        assertThat(bucket.take(500, SECOND_NS / 2)).isTrue();
        assertThat(bucket.untilNs(1, SECOND_NS / 2)).isEqualTo(SECOND_NS / 10);
    }

    @Test
    void anotherBurstHoldsAtOnce() {
        var bucket = new TokenBucket(1_000, 1_000, 0);
        bucket.limit(1_000, 10, 0);
        assertThat(bucket.take(10, 0)).isTrue();
        assertThat(bucket.take(1, 0)).isFalse();
        bucket.limit(1_000, 2_000, 0);
        assertThat(bucket.take(1, 0)).isFalse();
        assertThat(bucket.take(2_000, 2 * SECOND_NS)).isTrue();
    }

    @Test
    void withoutARateNothingComesBack() {
        var bucket = new TokenBucket(0, 5, 0);
        assertThat(bucket.take(5, 0)).isTrue();
        assertThat(bucket.take(1, Long.MAX_VALUE)).isFalse();
        assertThat(bucket.untilNs(1, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void timeThatGoesBackAddsNothing() {
        var bucket = new TokenBucket(1_000, 10, 1_000_000_000L);
        assertThat(bucket.take(10, 1_000_000_000L)).isTrue();
        assertThat(bucket.take(1, 0)).isFalse();
        assertThat(bucket.take(1, 1_000_999_999L)).isFalse();
        assertThat(bucket.take(1, 1_001_000_000L)).isTrue();
    }

    @Test
    void nothingOverflowsAtTheEndsOfTimeRateAndBurst() {
        for (long startNs : new long[] {Long.MIN_VALUE, Long.MAX_VALUE - 3, -1, 0}) {
            for (long rate : new long[] {1, 1_000_000_007L, TokenBucket.MAX_RATE}) {
                var bucket = new TokenBucket(rate, TokenBucket.MAX_BURST, startNs);
                assertThat(bucket.take(Integer.MAX_VALUE, startNs)).isTrue();
                assertThat(bucket.take(Integer.MAX_VALUE, startNs)).isTrue();
                assertThat(bucket.take(3, startNs)).as("%d from %d", rate, startNs).isFalse();
                assertThat(bucket.untilNs(3, startNs)).isBetween(1L, SECOND_NS);
                // Wraps around the largest time where that is where it starts.
                assertThat(bucket.take(1, startNs + SECOND_NS)).isTrue();
                assertThat(bucket.untilNs(Integer.MAX_VALUE, startNs + Long.MAX_VALUE)).isZero();
                assertThat(bucket.take(Integer.MAX_VALUE, startNs + Long.MAX_VALUE)).isTrue();
            }
        }
    }

    @Test
    void debtOverTheLargestBurstOverflowsNothing() {
        var bucket = new TokenBucket(TokenBucket.MAX_RATE, 1, 0);
        assertThat(bucket.take(Integer.MAX_VALUE, 0)).isTrue();
        assertThat(bucket.untilNs(1, 0)).isEqualTo(2);
        assertThat(bucket.take(1, 1)).isFalse();
        assertThat(bucket.take(1, 2)).isTrue();
    }

    @Test
    void whatIsOutOfRangeIsRefused() {
        assertThatThrownBy(() -> new TokenBucket(-1, 1, 0)).hasMessageContaining("rate -1");
        assertThatThrownBy(() -> new TokenBucket(TokenBucket.MAX_RATE + 1, 1, 0)).hasMessageContaining("rate");
        assertThatThrownBy(() -> new TokenBucket(1, 0, 0)).hasMessageContaining("burst 0");
        assertThatThrownBy(() -> new TokenBucket(1, TokenBucket.MAX_BURST + 1, 0)).hasMessageContaining("burst");
        assertThatThrownBy(() -> new TokenBucket(1, 1, 0).take(-1, 0)).hasMessageContaining("amount -1");
    }
}
