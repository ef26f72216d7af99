package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CookiesTest {

    private static final long MINUTE_NS = 60_000_000_000L;
    private static final byte[] HOST = {10, 77, 0, 1};
    private static final int PORT = 40_123;
    private static final long RECEIVER = 0x0123_4567_89ab_cdefL;
    private static final long NOW_NS = 1_000 * MINUTE_NS + 17;

    private final Cookies cookies = new Cookies(new Random(3));
    private final long given = cookies.cookie(HOST, PORT, RECEIVER, NOW_NS);

    @Test
    void aCookieIsGoodForItsMinuteAndTheNextAlone() {
        long minuteStartNs = NOW_NS - 17;
        assertThat(cookies.isGood(given, HOST, PORT, RECEIVER, minuteStartNs)).isTrue();
        assertThat(cookies.isGood(given, HOST, PORT, RECEIVER, minuteStartNs + 2 * MINUTE_NS - 1)).isTrue();
        assertThat(cookies.isGood(given, HOST, PORT, RECEIVER, minuteStartNs + 2 * MINUTE_NS)).isFalse();
        assertThat(cookies.isGood(given, HOST, PORT, RECEIVER, minuteStartNs - 1)).isFalse();
    }

    @Test
    void aCookieIsGoodForItsAddressPortAndReceiverAlone() {
        assertThat(cookies.isGood(given, new byte[] {10, 77, 0, 2}, PORT, RECEIVER, NOW_NS)).isFalse();
        assertThat(cookies.isGood(given, new byte[] {10, 77, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, PORT, RECEIVER, NOW_NS))
                .isFalse();
        assertThat(cookies.isGood(given, HOST, PORT + 1, RECEIVER, NOW_NS)).isFalse();
        assertThat(cookies.isGood(given, HOST, PORT, RECEIVER + 1, NOW_NS)).isFalse();
        assertThat(new Cookies(new Random(4)).isGood(given, HOST, PORT, RECEIVER, NOW_NS)).as("another secret").isFalse();
    }

    @Test
    void aCookieWithAnyBitTurnedIsRefused() {
        for (int bit = 0; bit < Long.SIZE; bit++) {
            assertThat(cookies.isGood(given ^ 1L << bit, HOST, PORT, RECEIVER, NOW_NS)).as("bit %d", bit).isFalse();
        }
        assertThat(cookies.isGood(given, HOST, PORT, RECEIVER, NOW_NS)).isTrue();
    }

    @Test
    void noCookieIsNeverGoodAndNeverGiven() {
        Set<Long> distinct = new HashSet<>();
        for (long receiver = 0; receiver < 2_000; receiver++) {
            assertThat(cookies.isGood(0, HOST, PORT, receiver, NOW_NS)).isFalse();
            distinct.add(cookies.cookie(HOST, PORT, receiver, NOW_NS));
        }
        assertThat(distinct).hasSize(2_000).doesNotContain(0L);
    }

    @Test
    void theClockMayBeBelowZeroAndPassIt() {
        long cookie = cookies.cookie(HOST, PORT, RECEIVER, -1);
        assertThat(cookies.isGood(cookie, HOST, PORT, RECEIVER, MINUTE_NS - 1)).isTrue();
        assertThat(cookies.isGood(cookie, HOST, PORT, RECEIVER, MINUTE_NS)).isFalse();
    }

    @Test
    void addressesOfBothFamiliesAreTakenAndNoOthers() {
        byte[] ipv6 = new byte[16];
        assertThat(cookies.isGood(cookies.cookie(ipv6, PORT, RECEIVER, 0), ipv6, PORT, RECEIVER, 0)).isTrue();
        assertThatThrownBy(() -> cookies.cookie(new byte[5], PORT, RECEIVER, 0)).hasMessageContaining("5 bytes");
    }
}
