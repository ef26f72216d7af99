package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.heliograph.ConfigException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a key is read from its file, and what is said where it is not. */
class PresharedKeyTest {

    private static final byte[] KEY = randomBytes(PresharedKey.BYTES);

    @TempDir
    Path folder;

    @BeforeEach
    void permissionsAreKnownHere() {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"), "no permissions of POSIX here");
    }

    @Test
    void hexadecimalDigitsAndBase64GiveTheSameKey() throws IOException {
        String digits = HexFormat.of().formatHex(KEY);
        String base64 = Base64.getEncoder().encodeToString(KEY);
        for (String text : new String[] {digits, digits.toUpperCase(Locale.ROOT), digits + "\n", " " + base64 + "\r\n",
            base64, base64.replace("=", "")}) {
            PresharedKey key = read(keyFile(folder, text));
            assertThat(key.bytes()).isEqualTo(KEY);
            key.bytes()[0]++;
            assertThat(key.bytes()).as("a caller's copy is the caller's").isEqualTo(KEY);
        }
    }

    @Test
    void aKeyShowsNothingOfItself() throws IOException {
        PresharedKey key = read(keyFile(folder, HexFormat.of().formatHex(KEY)));
        assertThat(key).hasToString("PresharedKey[hidden]");
        assertThat(key).isEqualTo(read(keyFile(folder, Base64.getEncoder().encodeToString(KEY)))).hasSameHashCodeAs(
                read(keyFile(folder, Base64.getEncoder().encodeToString(KEY))));
        assertThat(key).isNotEqualTo(read(keyFile(folder, "00".repeat(32))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "secret", "00", "zz", "hidden-secret-hidden-secret-hidden-secret-hidden-secret-hidden-secret"})
    void whatIsNoKeyIsRefusedWithoutShowingIt(String content) throws IOException {
        Path file = keyFile(folder, content);
        assertThatThrownBy(() -> read(file)).isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("key-file '" + file + "'").hasMessageContaining("32 bytes").hasMessageContaining("64 hexadecimal")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
    }

    @Test
    void aKeyOfAnotherLengthIsRefused() throws IOException {
        for (int length : new int[] {16, 31, 33, 48, 64}) {
            for (String text : new String[] {HexFormat.of().formatHex(randomBytes(length)),
                Base64.getEncoder().encodeToString(randomBytes(length))}) {
                Path file = keyFile(folder, text);
                assertThatThrownBy(() -> read(file)).as(text).isInstanceOf(ConfigException.class).hasMessageContaining("32 bytes");
            }
        }
        Path endless = keyFile(folder, HexFormat.of().formatHex(KEY) + " ".repeat(2_000));
        assertThatThrownBy(() -> read(endless)).isInstanceOf(ConfigException.class).hasMessageContaining("32 bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw------x", "rw-rw-rw-"})
    void aFileThatOthersMayUseIsRefused(String permissions) throws IOException {
        Path file = keyFile(folder, HexFormat.of().formatHex(KEY));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        assertThatThrownBy(() -> read(file)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("chmod 600").hasMessageContaining("this one is " + permissions);
    }

    @Test
    void aFolderOrNothingAtAllIsRefused() {
        assertThatThrownBy(() -> read(folder)).isInstanceOf(ConfigException.class).hasMessageContaining("this is none");
        assertThatThrownBy(() -> read(folder.resolve("absent"))).isInstanceOf(ConfigException.class)
                .hasMessageContaining("there is none here");
        assertThatThrownBy(() -> PresharedKey.read("a\0b")).isInstanceOf(ConfigException.class).hasMessageContaining("there is none");
    }

    /** A file in {@code folder} that its owner alone may use. */
    static Path keyFile(Path folder, String content) throws IOException {
        Path file = Files.createTempFile(folder, "key", "");
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    private static PresharedKey read(Path file) {
        return PresharedKey.read(file.toString());
    }

    private static byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
