package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PathDelayTest {

    private static final long MS = 1_000_000;
    private static final long SECOND_NS = 1_000 * MS;

    private long nowNs = Long.MAX_VALUE - SECOND_NS;
    private final PathDelay delay = new PathDelay(nowNs);

    @Test
    void aQueueIsWhatEvenTheShortestRoundTripOfLateIsLongerThanTheShortestOfAll() {
        look(3 * MS, 2 * MS, 9 * MS);
        assertThat(delay.queueNs()).isZero();

        nowNs += 50 * MS;
        look(30 * MS, 7 * MS, 8 * MS);
        assertThat(delay.queueNs()).isEqualTo(5 * MS);
        assertThat(delay.growth()).isEqualTo(0.1);

        nowNs += 50 * MS;
        look(6 * MS, 100 * MS);
        assertThat(delay.queueNs()).isEqualTo(4 * MS);
        assertThat(delay.growth()).isEqualTo(-0.02);

        look(MS, 2 * MS);
        assertThat(delay.queueNs()).isZero();
    }

    @Test
    void oneRoundTripIsTooFewToTell() {
        look(MS, MS);
        look(6 * MS, 6 * MS);
        look(MS);
        assertThat(delay.queueNs()).isEqualTo(5 * MS);
        look(MS);
        assertThat(delay.queueNs()).as("two of them by now").isZero();
    }

    @Test
    void aPathThatHasBecomeLongerIsTakenAsSuchAfterAWhile() {
        look(MS, MS);
        for (int i = 0; i < 9; i++) {
            nowNs += SECOND_NS;
            look(8 * MS, 8 * MS);
            assertThat(delay.queueNs()).isEqualTo(7 * MS);
        }
        for (int i = 0; i < 11; i++) {
            nowNs += SECOND_NS;
            look(8 * MS, 8 * MS);
        }
        assertThat(delay.queueNs()).isZero();
    }

    @Test
    void whoHeardNothingForLongKnowsOfNoQueue() {
        assertThat(delay.queueNs()).isZero();
        delay.look(nowNs);
        assertThat(delay.queueNs()).isZero();
        assertThat(delay.isFree()).as("nothing is known").isFalse();
        look(5 * MS, 6 * MS);
        assertThat(delay.queueNs()).isZero();
        assertThat(delay.isFree()).isTrue();
        look(6 * MS, 6 * MS);
        assertThat(delay.isFree()).as("1 ms of queue").isFalse();
    }

    @Test
    void aQueueStandsFromTwoMillisecondsOn() {
        look(MS, MS);
        look(3 * MS, 3 * MS);
        assertThat(delay.isStanding()).isFalse();
        look(3 * MS + 1, 4 * MS);
        assertThat(delay.isStanding()).isTrue();
    }

    @Test
    void aQueueThatIsOthersDoesNotCountForTwentySeconds() {
        look(MS, MS);
        look(9 * MS, 9 * MS);
        assertThat(delay.isStanding()).isTrue();
        delay.others(nowNs);
        for (int i = 0; i < 20; i++) {
            assertThat(delay.isStanding()).as("after %d s", i).isFalse();
            look(MS, MS);
            look(9 * MS, 9 * MS);
            nowNs += SECOND_NS;
        }
        look(9 * MS, 9 * MS);
        assertThat(delay.isStanding()).isTrue();
    }

    private void look(long... roundTripsNs) {
        for (long ns : roundTripsNs) {
            delay.roundTrip(ns, nowNs);
        }
        delay.look(nowNs);
    }
}
