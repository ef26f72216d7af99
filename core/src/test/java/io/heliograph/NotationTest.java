package io.heliograph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NotationTest {

    @ParameterizedTest
    @CsvSource({"1ns, PT0.000000001S", "0s, PT0S", "7us, PT0.000007S", "100ms, PT0.1S", "5s, PT5S", "10m, PT10M", "2h, PT2H", "3d, PT72H"})
    void readsDurations(String text, Duration duration) {
        assertThat(Notation.duration("wait", text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "5B, 5", "1KiB, 1024", "64MiB, 67108864", "1GiB, 1073741824", "2TiB, 2199023255552", "8388607TiB, 9223370937343148032"})
    void readsSizes(String text, long bytes) {
        assertThat(Notation.bytes("size", text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "-1s", "1.5s", "5 s", "5S", "5sec", "\u0665s", "999999999999d", "106752d",
        "99999999999999999999s", "9999999999999999999h"})
    void refusesWhatIsNoDuration(String text) {
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Notation.duration("wait", text))
                .withMessage("wait '" + text + "': allowed is a number and one of ns, us, ms, s, m, h, d, such as 100ms, and at most 292 years");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MiB", "-1", "1.5MiB", "5 B", "5kB", "5mib", "8388608TiB", "99999999999999999999"})
    void refusesWhatIsNoSize(String text) {
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Notation.bytes("spill", text))
                .withMessage("spill '" + text + "': allowed is a number and one of B, KiB, MiB, GiB, TiB, such as 64MiB");
    }

    @Test
    void readsBackWhatItWrites() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            long number = random.nextLong(Long.MAX_VALUE) >> random.nextInt(63);
            long rounded = random.nextBoolean() ? number : number & -1L << random.nextInt(40);
            assertThat(Notation.bytes("x", Notation.write(rounded))).as("bytes, seed %d", seed).isEqualTo(rounded);
            var duration = Duration.ofNanos(random.nextBoolean() ? number : number / 1_000_000 * 1_000_000);
            assertThat(Notation.duration("x", Notation.write(duration))).as("seed %d", seed).isEqualTo(duration);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0B", "1023, 1023B", "1024, 1KiB", "1025, 1025B", "67108864, 64MiB", "1099511627776, 1TiB"})
    void writesSizesShort(long bytes, String text) {
        assertThat(Notation.write(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"PT0S, 0s", "PT1S, 1s", "PT0.1S, 100ms", "PT0.000007S, 7us", "PT0.000000001S, 1ns", "PT1H, 3600s"})
    void writesDurationsShort(Duration duration, String text) {
        assertThat(Notation.write(duration)).isEqualTo(text);
    }

    @Test
    void readsIntegersWithinBounds() {
        assertThat(Notation.integer("port", "0", 0, 65535)).isZero();
        assertThat(Notation.integer("port", "65535", 0, 65535)).isEqualTo(65535);
        for (String bad : new String[] {"-1", "65536", "", "x", "1e3", "99999999999"}) {
            assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Notation.integer("port", bad, 0, 65535))
                    .withMessage("port '" + bad + "': allowed is a whole number from 0 to 65535");
        }
    }

    @Test
    void readsFlags() {
        assertThat(Notation.flag("reliable", "true")).isTrue();
        assertThat(Notation.flag("reliable", "false")).isFalse();
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Notation.flag("reliable", "yes"))
                .withMessage("reliable 'yes': allowed is true or false");
    }
}
