package io.heliograph.statsd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatsdFuzzTest {

    private static final int DATAGRAMS = 20_000;
    private static final String[] GOOD = {
        "page.views:1|c", "cpu:0.25|g|#host:a,zone:b", "cpu:+3|g", "checkout:12.5:13|ms|@0.1", "users:anna|s",
        "K\u00e9:1e3|h|c:83|T1656581400", "heliograph.seq.f:7|g", "size:-5|d|#x", "_e{1,1}:a|b"};
    private static final byte[] PIECES = ":|@#,.+-e\n\r \0cgmshdT_\u00e9".getBytes(StandardCharsets.UTF_8);

    @ParameterizedTest
    @ValueSource(longs = {1, 0xbadL, 0x5eedL})
    void countsEveryLineOfGarbageOnceAndNeverThrows(long seed) {
        var random = new SplittableRandom(seed);
        DatagramIntake intake = Samples.intake(StatsdConfig.defaults().withMaxNames(500));
        for (int i = 0; i < DATAGRAMS; i++) {
            byte[] datagram = datagram(random);
            try {
                intake.onDatagram(ByteBuffer.wrap(datagram));
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", datagram " + i + ": " + Arrays.toString(datagram), e);
            }
        }
        assertThat(intake.datagrams()).isEqualTo(DATAGRAMS);
        assertThat(Samples.difference(intake)).as("seed %d", seed).isZero();
        assertThat(intake.applied()).as("seed %d", seed).isPositive();
        assertThat(intake.bad().size()).as("kinds of faults, seed %d", seed).isGreaterThanOrEqualTo(9);
        assertThat(intake.rejected()).as("seed %d", seed).containsKey(Rejection.NAMES_FULL);
        assertThat(MetricEvents.of(intake.closePane(Samples.NOON, Samples.SECOND))).isNotEmpty();
    }

    private static byte[] datagram(SplittableRandom random) {
        int kind = random.nextInt(4);
        if (kind == 0) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            return noise;
        }
        var text = new StringBuilder();
        int lines = random.nextInt(1, 8);
        for (int i = 0; i < lines; i++) {
            text.append(i == 0 ? "" : "\n").append(GOOD[random.nextInt(GOOD.length)]);
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        if (kind == 1) {
            return Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
        }
        int changes = random.nextInt(1, 6);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(bytes.length);
            bytes[at] = kind == 2 ? PIECES[random.nextInt(PIECES.length)] : (byte) (bytes[at] ^ 1 << random.nextInt(8));
        }
        return bytes;
    }
}
