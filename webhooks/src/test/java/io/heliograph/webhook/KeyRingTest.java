package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.ConfigException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeyRingTest {

    private static final Duration DAY = Duration.ofDays(1);

    private final SecureRandom random = new SecureRandom();
    private final WebhookSecret old = WebhookSecret.generate(random);
    private final WebhookSecret next = WebhookSecret.generate(random);

    @Test
    void signsWithBothKeysWhileTheyOverlap() {
        KeyRing ring = KeyRing.of(old).rotate(next, DAY, Vectors.AT);

        assertThat(signatures(ring, Vectors.AT)).containsExactly(signature(next), signature(old));
        assertThat(signatures(ring, Vectors.AT.plus(DAY).minusNanos(1))).containsExactly(signature(next), signature(old));
        assertThat(signatures(ring, Vectors.AT.plus(DAY))).containsExactly(signature(next));
    }

    @Test
    void dropsTheOldKeyAtOnceWithoutOverlap() {
        KeyRing ring = KeyRing.of(old).rotate(next, Duration.ZERO, Vectors.AT);

        assertThat(ring.keys()).hasSize(1);
        assertThat(signatures(ring, Vectors.AT)).containsExactly(signature(next));
    }

    @Test
    void neverProlongsAKeyByRotatingAgain() {
        WebhookSecret third = WebhookSecret.generate(random);
        KeyRing ring = KeyRing.of(old).rotate(next, Duration.ofHours(1), Vectors.AT).rotate(third, DAY, Vectors.AT);

        assertThat(ring.keys()).extracting(KeyRing.Entry::until)
                .containsExactly(Optional.empty(), Optional.of(Vectors.AT.plus(DAY)), Optional.of(Vectors.AT.plusSeconds(3600)));
    }

    @Test
    void leavesKeysOfTheOtherKindAlone() {
        WebhookKeyPair pair = WebhookKeyPair.generate(random);
        KeyRing ring = KeyRing.of(old).plus(pair).rotate(next, Duration.ZERO, Vectors.AT);

        assertThat(ring.keys()).extracting(KeyRing.Entry::key).containsExactly(next, pair);
        assertThat(signatures(ring, Vectors.AT.plus(DAY))).hasSize(2);
    }

    @Test
    void refusesMoreKeysThanGoIntoAHeader() {
        KeyRing ring = KeyRing.of(old);
        for (int i = 1; i < KeyRing.MAX_KEYS; i++) {
            ring = ring.rotate(WebhookSecret.generate(random), DAY, Vectors.AT);
        }
        KeyRing full = ring;

        assertThat(signatures(full, Vectors.AT)).hasSize(KeyRing.MAX_KEYS);
        assertThatThrownBy(() -> full.rotate(next, DAY, Vectors.AT)).isInstanceOf(ConfigException.class).hasMessageContaining("1 to 10");
        assertThat(full.rotate(next, DAY, Vectors.AT.plus(DAY)).keys()).hasSize(2);
    }

    @Test
    void refusesARingThatMayRunOutOfKeys() {
        assertThatThrownBy(() -> new KeyRing(List.of(new KeyRing.Entry(old, Optional.of(Vectors.AT))))).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new KeyRing(List.of())).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> KeyRing.of(old).rotate(next, Duration.ofSeconds(-1), Vectors.AT)).isInstanceOf(ConfigException.class);
    }

    private static List<String> signatures(KeyRing ring, Instant now) {
        return List.of(ring.signerAt(now).sign(Vectors.ID, Vectors.AT, Vectors.BODY).getLast().value().split(" "));
    }

    private static String signature(SigningKey key) {
        return Signer.of(List.of(key)).sign(Vectors.ID, Vectors.AT, Vectors.BODY).getLast().value();
    }
}
