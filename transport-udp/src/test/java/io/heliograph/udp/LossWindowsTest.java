package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LossWindowsTest {

    private static final long MS = 1_000_000;
    private static final long LENGTH_NS = 20 * MS;

    private final LossWindows windows = new LossWindows(0);

    @Test
    void requestsCountForTheWindowTheirDatagramsWereSentIn() {
        windows.sent(0, 100, 140_000);
        windows.turn(LENGTH_NS, 20 * MS);
        windows.sent(100, 200, 280_000);
        windows.asked(90, 20);
        windows.asked(95, 10);
        windows.turn(LENGTH_NS, 40 * MS);
        windows.asked(299, 50);
        assertThat(windows.datagrams()).isEqualTo(100);
        assertThat(windows.lost()).isEqualTo(10);
        assertThat(windows.bytesPerSecond()).isEqualTo(7_000_000);
        windows.next();
        assertThat(windows.startNs()).isEqualTo(20 * MS);
        assertThat(windows.endNs()).isEqualTo(40 * MS);
        assertThat(windows.datagrams()).isEqualTo(200);
        assertThat(windows.lost()).isEqualTo(11);
    }

    @Test
    void aWindowIsRipeSoLongAfterItsEnd() {
        windows.sent(0, 100, 1);
        assertThat(windows.isRipe(0, 100 * MS)).as("still open").isFalse();
        windows.turn(LENGTH_NS, 20 * MS);
        assertThat(windows.isRipe(10 * MS, 30 * MS - 1)).isFalse();
        assertThat(windows.isRipe(10 * MS, 30 * MS)).isTrue();
    }

    @Test
    void aWindowWithLittleInItLastsASecond() {
        windows.sent(0, 49, 1);
        windows.turn(LENGTH_NS, 999 * MS);
        assertThat(windows.isRipe(0, 999 * MS)).isFalse();
        windows.turn(LENGTH_NS, 1_000 * MS);
        assertThat(windows.isRipe(0, 1_000 * MS)).isTrue();
    }

    @Test
    void repairsFillAWindowToo() {
        windows.sentAgain(50, 70_000);
        windows.lostAgain(3);
        windows.turn(LENGTH_NS, 20 * MS);
        assertThat(windows.isRipe(0, 20 * MS)).isTrue();
        assertThat(windows.datagrams()).isZero();
        assertThat(windows.repairs()).isEqualTo(50);
        assertThat(windows.repairsLost()).isEqualTo(3);
        assertThat(windows.bytesPerSecond()).isEqualTo(3_500_000);
    }

    @Test
    void acknowledgementsCountSinceTheWindowBegan() {
        windows.acknowledged(1_000);
        windows.sent(0, 50, 1);
        windows.turn(LENGTH_NS, 20 * MS);
        windows.acknowledged(500);
        windows.sent(50, 50, 1);
        windows.turn(LENGTH_NS, 40 * MS);
        assertThat(windows.acknowledgedSince()).isEqualTo(1_500);
        windows.next();
        assertThat(windows.acknowledgedSince()).isEqualTo(500);
    }

    @Test
    void theOldestAreForgottenWhenNobodyJudges() {
        for (int i = 0; i < 100; i++) {
            windows.sent(i * 50L, 50, 1);
            windows.asked(i * 50L, 7);
            windows.turn(LENGTH_NS, (i + 1) * 20 * MS);
        }
        int ripe = 0;
        while (windows.isRipe(0, 10_000 * MS)) {
            assertThat(windows.datagrams()).isEqualTo(50);
            assertThat(windows.lost()).isEqualTo(7);
            assertThat(windows.startNs()).isGreaterThanOrEqualTo(1_600 * MS);
            windows.next();
            ripe++;
        }
        assertThat(ripe).isEqualTo(15);
    }

    @Test
    void aSequenceIsCountedAgainOnceItsPlaceIsAnothers() {
        int all = 1 << 18;
        windows.sent(0, 100, 1);
        windows.asked(0, 100);
        windows.sent(100, all, 1);
        windows.asked(all, 100);
        assertThat(windows.lost()).isEqualTo(200);
    }
}
