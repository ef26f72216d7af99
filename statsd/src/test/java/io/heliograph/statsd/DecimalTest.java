package io.heliograph.statsd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalTest {

    @Test
    void roundsAsTheJdkDoes() {
        long seed = 0xdec1;
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 20_000; i++) {
            String text = randomNumber(random);
            assertThat(parse(text)).as("seed %x, %s", seed, text).isEqualTo(Double.parseDouble(text));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "9007199254740991", "9007199254740992", "9007199254740993", "1e22", "1e23", "1e-22",
        "4.9e-324", "2.2250738585072014e-308", "1.7976931348623157e308", "0.1e-9999999", "1e9999999999999999999",
        "123456789012345678901234567890e-30", "8.41E21", "0.0000000000000000000000000000000000001e37"})
    void roundsTheHardOnesAsTheJdkDoes(String text) {
        assertThat(parse(text)).isEqualTo(Double.parseDouble(text));
    }

    private static String randomNumber(SplittableRandom random) {
        var text = new StringBuilder(random.nextInt(3) == 0 ? "-" : "");
        int before = random.nextInt(1, 20);
        for (int i = 0; i < before; i++) {
            text.append(random.nextInt(10));
        }
        if (random.nextBoolean()) {
            text.append('.');
            int after = random.nextInt(20);
            for (int i = 0; i < after; i++) {
                text.append(random.nextInt(10));
            }
        }
        if (random.nextInt(3) == 0) {
            text.append('e').append(random.nextInt(-330, 330));
        }
        return text.toString();
    }

    private static double parse(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return Decimal.parse(bytes, 0, bytes.length);
    }
}
