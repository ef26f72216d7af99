package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class HkdfTest {

    private static final byte[] NOTHING = {};

    /** RFC 5869, A.1. */
    @Test
    void itGivesTheBasicTestCaseOfTheRfc() {
        assertThat(derive("0b".repeat(22), "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9", 42)).isEqualTo(
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    }

    /** RFC 5869, A.3. */
    @Test
    void itGivesTheTestCaseWithoutSaltAndInfo() {
        assertThat(derive("0b".repeat(22), "", "", 42)).isEqualTo(
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
    }

    @Test
    void tooManyBytesAreRefused() {
        assertThat(Hkdf.derive(new byte[16], NOTHING, NOTHING, 8_160)).hasSize(8_160);
        assertThatThrownBy(() -> Hkdf.derive(new byte[16], NOTHING, NOTHING, 8_161)).hasMessageContaining("1 to 8160");
        assertThatThrownBy(() -> Hkdf.derive(new byte[16], NOTHING, NOTHING, 0)).hasMessageContaining("derive 0");
    }

    private static String derive(String secret, String salt, String info, int bytes) {
        HexFormat hex = HexFormat.of();
        return hex.formatHex(Hkdf.derive(hex.parseHex(secret), hex.parseHex(salt), hex.parseHex(info), bytes));
    }
}
