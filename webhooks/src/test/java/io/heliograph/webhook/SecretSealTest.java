package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.ConfigException;
import io.heliograph.webhook.SecretSeal.Opening;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretSealTest {

    private final SecureRandom random = new SecureRandom();
    private final MasterKey key = MasterKey.generate(random);
    private final SecretSeal seal = SecretSeal.of(List.of(key), random);

    @TempDir
    Path folder;

    @Test
    void opensWhatItSealed() {
        String sealed = seal.seal("ep_1", Vectors.SECRET);

        assertThat(sealed).startsWith("sealed:1:" + key.id() + ":").doesNotContain("MfKQ9");
        assertThat(seal.open("ep_1", sealed)).isEqualTo(new Opening.Opened(Vectors.SECRET));
    }

    @Test
    void sealsTheSameSecretDifferentlyEachTime() {
        assertThat(seal.seal("ep_1", Vectors.SECRET)).isNotEqualTo(seal.seal("ep_1", Vectors.SECRET));
    }

    @Test
    void saysWhichKeyIsLost() {
        SecretSeal other = SecretSeal.of(List.of(MasterKey.generate(random)), random);

        assertThat(other.open("ep_1", seal.seal("ep_1", Vectors.SECRET))).isEqualTo(new Opening.KeyLost(key.id()));
    }

    @Test
    void opensWithAnOldKeyAndSealsWithTheNewOne() {
        MasterKey next = MasterKey.generate(random);
        String sealed = seal.seal("ep_1", Vectors.SECRET);
        SecretSeal both = SecretSeal.of(List.of(next, key), random);

        assertThat(both.open("ep_1", sealed)).isEqualTo(new Opening.Opened(Vectors.SECRET));
        assertThat(both.isCurrent(sealed)).isFalse();
        assertThat(both.isCurrent(both.seal("ep_1", Vectors.SECRET))).isTrue();
    }

    @Test
    void doesNotOpenForAnotherOwner() {
        assertThat(seal.open("ep_2", seal.seal("ep_1", Vectors.SECRET))).isInstanceOf(Opening.Damaged.class);
    }

    @Test
    void noticesEachChangedBit() {
        String sealed = seal.seal("ep_1", Vectors.SECRET);
        int at = sealed.lastIndexOf(':') + 1;
        byte[] bytes = Base64.getDecoder().decode(sealed.substring(at));
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(seal.open("ep_1", sealed.substring(0, at) + Base64.getEncoder().encodeToString(bytes)))
                    .as("bit %d", bit).isInstanceOf(Opening.Damaged.class);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
        }
    }

    @Test
    void callsWhatIsCutOffDamaged() {
        String sealed = seal.seal("ep_1", Vectors.SECRET);
        for (int length = 0; length < sealed.length(); length++) {
            String cut = sealed.substring(0, length);
            assertThat(seal.open("ep_1", cut)).as(cut).isInstanceOf(Opening.Damaged.class);
        }
    }

    @Test
    void showsNoSecretAndNoKey() {
        String hex = HexFormat.of().formatHex(key.bytes());

        assertThat(seal.open("ep_1", seal.seal("ep_1", Vectors.SECRET)).toString()).isEqualTo("Opened[hidden]");
        assertThat(key + " " + seal).contains(key.id()).doesNotContain(hex);
        assertThat(hex).doesNotContain(key.id());
    }

    @Test
    void readsTheFileThatItWrote() throws Exception {
        Path file = folder.resolve("master.key");
        key.write(file);

        assertThat(MasterKey.read(file)).isEqualTo(key).hasSameHashCodeAs(key);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        assertThatThrownBy(() -> MasterKey.generate(random).write(file)).isInstanceOf(ConfigException.class).hasMessageContaining("never overwritten");
        assertThat(MasterKey.read(file)).isEqualTo(key);
    }

    @Test
    void refusesAFileThatOthersMayRead() throws Exception {
        Path file = folder.resolve("master.key");
        key.write(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

        assertThatThrownBy(() -> MasterKey.read(file)).isInstanceOf(ConfigException.class).hasMessageContaining("rw-r-----");
    }

    @Test
    void readsTheKeyFromTheEnvironment() {
        String base64 = Base64.getEncoder().encodeToString(key.bytes());

        assertThat(MasterKey.fromEnvironment(Map.of("KEY", base64), "KEY")).isEqualTo(key);
        assertThatThrownBy(() -> MasterKey.fromEnvironment(Map.of(), "KEY")).isInstanceOf(ConfigException.class).hasMessageContaining("'KEY'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "swordfish", "00", "zz00000000000000000000000000000000000000000000000000000000000000"})
    void refusesAKeyThatIsNoneAndShowsNothingOfIt(String text) throws Exception {
        Path file = Files.writeString(Files.createFile(folder.resolve("bad.key"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))), text);

        assertThatThrownBy(() -> MasterKey.read(file)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("holds something else").hasMessageNotContaining("swordfish");
        assertThatThrownBy(() -> MasterKey.read(folder.resolve("none.key"))).hasMessageContaining("none here");
        assertThatThrownBy(() -> SecretSeal.of(List.of(), random)).isInstanceOf(ConfigException.class);
    }
}
