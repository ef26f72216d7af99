package io.heliograph.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.ConfigException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Beacons to bytes and back, and what is said of bytes that are none. */
final class BeaconCodecTest {

    private static final Beacon PRICES = new Beacon(0x0123_4567_89ab_cdefL, "prices", List.of("udp://239.77.1.1:4770"),
            List.of("prices.>"), 3_000);
    private static final String PRICES_BYTES = "48474201" + "b80b" + "01" + "01" + "efcdab8967452301"
            + "06" + hex("prices") + "15" + hex("udp://239.77.1.1:4770") + "08" + hex("prices.>");

    @Test
    void writesTheBytesOfTheLayout() {
        assertThat(hex(BeaconCodec.encode(PRICES))).isEqualTo(PRICES_BYTES);
        assertThat(hex(BeaconCodec.encode(PRICES.goodbye())))
                .isEqualTo("48474201" + "0000" + "00" + "00" + "efcdab8967452301" + "06" + hex("prices"));
    }

    @Test
    void readsWhatItWrites() {
        var full = new Beacon(-1, "n".repeat(63), Collections.nCopies(8, "a".repeat(60)), Collections.nCopies(32, "t".repeat(18)), 60_000);
        var longest = new Beacon(0, "_", List.of("a".repeat(255)), List.of("t".repeat(255)), 1);
        for (Beacon beacon : List.of(PRICES, PRICES.goodbye(), full, longest)) {
            ByteBuffer bytes = BeaconCodec.encode(beacon);
            assertThat(bytes.remaining()).isLessThanOrEqualTo(BeaconCodec.MAX_BYTES);
            assertThat(BeaconCodec.decode(bytes)).isEqualTo(beacon);
            assertThat(bytes.position()).as("what was read stays").isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        // What is changed: from which byte on, by which bytes, and how many bytes there are then.
        "0,  49474201,   54, FOREIGN",
        "0,  48474202,   54, UNKNOWN_VERSION",
        "4,  61ea,       54, BAD_EXPIRY",
        "4,  0000,       54, BAD_EXPIRY",
        "4,  00000001,   54, BAD_EXPIRY",
        "6,  00,         54, BAD_ADDRESS",
        "6,  09,         54, BAD_ADDRESS",
        "6,  02,         54, BAD_TOPIC",
        "6,  03,         54, BAD_ADDRESS",
        "7,  21,         54, BAD_TOPIC",
        "7,  00,         54, TRAILING_BYTES",
        "7,  02,         54, BAD_TOPIC",
        "16, 00,         54, BAD_NAME",
        "16, ff,         54, BAD_NAME",
        "17, 20,         54, BAD_NAME",
        "17, c3a9,       54, BAD_NAME",
        "23, 00,         54, BAD_ADDRESS",
        "23, 7f,         54, BAD_ADDRESS",
        "24, 1b,         54, BAD_ADDRESS",
        "24, 20,         54, BAD_ADDRESS",
        "45, 09,         54, BAD_TOPIC",
        "45, 07,         54, BAD_TOPIC",
        "46, 2e,         54, BAD_TOPIC",
        "0,  48,         17, TOO_SHORT",
        "0,  48,         0,  TOO_SHORT",
        "0,  48,         23, BAD_ADDRESS",
        "0,  48,         53, BAD_TOPIC",
        "0,  48,         55, TRAILING_BYTES",
        "0,  48,       1200, TRAILING_BYTES",
        "0,  48,       1201, TOO_LONG"})
    void namesWhatIsWrongWithBytesThatAreNoBeacon(int at, String change, int length, MalformedBeacon reason) {
        byte[] bytes = new byte[Math.max(length, 54)];
        byte[] whole = HexFormat.of().parseHex(PRICES_BYTES);
        System.arraycopy(whole, 0, bytes, 0, whole.length);
        byte[] changed = HexFormat.of().parseHex(change);
        System.arraycopy(changed, 0, bytes, at, changed.length);

        assertThat(BeaconCodec.decode(ByteBuffer.wrap(bytes, 0, length))).isEqualTo(reason);
    }

    @Test
    void refusesToSayWhatNoBeaconCan() {
        assertRefused("announce 'two words'", "two words", List.of("a"), List.of(), 1);
        assertRefused("announce ''", "", List.of("a"), List.of(), 1);
        assertRefused("announce 'n", "n".repeat(64), List.of("a"), List.of(), 1);
        assertRefused("announced address 'caf\u00e9'", "n", List.of("caf\u00e9"), List.of(), 1);
        assertRefused("announced address 'a", "n", List.of("a".repeat(256)), List.of(), 1);
        assertRefused("announced addresses '0'", "n", List.of(), List.of(), 1);
        assertRefused("announced addresses '9'", "n", Collections.nCopies(9, "a"), List.of(), 1);
        assertRefused("announced addresses '1'", "n", List.of("a"), List.of(), 0);
        assertRefused("announced topics '1'", "n", List.of(), List.of("t"), 0);
        assertRefused("announced topics '33'", "n", List.of("a"), Collections.nCopies(33, "t"), 1);
        assertRefused("topic filter 'a..b'", "n", List.of("a"), List.of("a..b"), 1);
        assertRefused("expiry in ms '60001'", "n", List.of("a"), List.of(), 60_001);
        assertRefused("expiry in ms '-1'", "n", List.of("a"), List.of(), -1);
        assertRefused("announcement in bytes '1298'", "n", Collections.nCopies(5, "a".repeat(255)), List.of(), 1);
    }

    private static void assertRefused(String what, String name, List<String> addresses, List<String> topics, int expiryMs) {
        assertThatThrownBy(() -> new Beacon(1, name, addresses, topics, expiryMs)).isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(what).hasMessageContaining("allowed is");
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String hex(ByteBuffer bytes) {
        return HexFormat.of().formatHex(bytes.array(), 0, bytes.limit());
    }
}
