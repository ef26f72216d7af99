package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecentArrivalsTest {

    private static final int REMEMBERED = 4_096;

    private final RecentArrivals recent = new RecentArrivals();

    private void arrive(long from, long end) {
        for (long sequence = from; sequence < end; sequence++) {
            recent.arrived(sequence);
        }
    }

    @Test
    void tellsWhatWasGivenUpFromWhatArrived() {
        arrive(0, 10);
        recent.givenUp(10, 12);
        arrive(12, 20);
        for (long sequence = 0; sequence < 20; sequence++) {
            assertThat(recent.isGivenUp(sequence, 20)).as("datagram %d", sequence).isEqualTo(sequence == 10 || sequence == 11);
        }
    }

    @Test
    void takesWhatIsTooLongAgoForADuplicate() {
        recent.givenUp(0, 1);
        arrive(1, REMEMBERED);
        assertThat(recent.isGivenUp(0, REMEMBERED)).isTrue();
        assertThat(recent.isGivenUp(0, REMEMBERED + 1)).isFalse();
    }

    @Test
    void forgetsArrivalsWhosePlaceIsGivenUpLater() {
        arrive(0, REMEMBERED);
        recent.givenUp(REMEMBERED, 10L * REMEMBERED);
        for (long sequence = 9L * REMEMBERED; sequence < 10L * REMEMBERED; sequence++) {
            assertThat(recent.isGivenUp(sequence, 10L * REMEMBERED)).as("datagram %d", sequence).isTrue();
        }
    }
}
