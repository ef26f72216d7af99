package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LineSkewTest {

    private final LineSkew skew = new LineSkew(Duration.ofMillis(2));

    @Test
    void isTheLongestDifferenceBetweenFirstAndSecond() {
        skew.first(1, 100);
        skew.first(2, 200);
        skew.second(2, 230);
        assertThat(skew.ns()).isEqualTo(30);
        skew.second(1, 300);
        assertThat(skew.ns()).isEqualTo(200);
    }

    @Test
    void isWaitedForTwiceOverWithinBounds() {
        assertThat(skew.waitNs()).isEqualTo(2_000_000);
        skew.first(1, 0);
        skew.second(1, 4_000_000);
        assertThat(skew.waitNs()).isEqualTo(8_000_000);
        skew.first(2, 0);
        skew.second(2, 900_000_000);
        assertThat(skew.waitNs()).isEqualTo(50_000_000);
    }

    @Test
    void fadesAsShorterOnesFollow() {
        skew.first(0, 0);
        skew.second(0, 1_000_000);
        for (long sequence = 1; sequence <= 10_000; sequence++) {
            skew.first(sequence, 0);
            skew.second(sequence, 1_000);
        }
        assertThat(skew.ns()).isBetween(1_000L, 20_000L);
    }

    @Test
    void theSlowerLineMayBringWhatItHasNotPassed() {
        assertThat(skew.mayStillBring(1)).as("nothing ever came by two lines").isFalse();
        skew.first(4, 100);
        skew.second(4, 130);
        assertThat(skew.mayStillBring(5)).isFalse();
        assertThat(skew.mayStillBring(6)).isTrue();
        skew.standsStill();
        assertThat(skew.mayStillBring(6)).isFalse();
        skew.first(5, 200);
        skew.second(5, 230);
        assertThat(skew.mayStillBring(7)).isTrue();
    }

    @Test
    void aThirdCopyAndOneOfLongAgoSayNothing() {
        skew.first(1, 100);
        skew.second(1, 110);
        skew.second(1, 9_000);
        skew.first(2, 100);
        skew.first(2 + 1_024, 200);
        skew.second(2, 9_000);
        assertThat(skew.ns()).isEqualTo(10);
    }
}
