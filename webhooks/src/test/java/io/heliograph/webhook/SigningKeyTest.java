package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.ConfigException;
import java.security.SecureRandom;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SigningKeyTest {

    private final SecureRandom random = new SecureRandom();

    @ParameterizedTest
    @ValueSource(strings = {"", "whsec_", "whsk_", "whpk_", "hunter2hunter2hunter2hunter2hunter2", "whsec_***", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa",
        "v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS-",
        "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbc="})
    void refusesWhatIsNoKeyAndShowsNothingOfIt(String text) {
        assertThatThrownBy(() -> SigningKey.parse(text)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("(not shown)")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("MfKQ9", "6Xb/d", "hunter"));
        assertThatThrownBy(() -> VerifyingKey.parse(text)).isInstanceOf(ConfigException.class);
    }

    @Test
    void takesSecretsOf24To64Bytes() {
        assertThatThrownBy(() -> SigningKey.parse(secretOf(23))).hasMessageContaining("this one has 23");
        assertThat(SigningKey.parse(secretOf(24)).reveal()).isEqualTo(secretOf(24));
        assertThat(SigningKey.parse(secretOf(64)).reveal()).isEqualTo(secretOf(64));
        assertThatThrownBy(() -> SigningKey.parse(secretOf(65))).hasMessageContaining("this one has 65");
    }

    @Test
    void saysThatASecretWasPastedWithTheVersionOfASignature() {
        assertThatThrownBy(() -> SigningKey.parse("v1," + Vectors.SECRET)).hasMessageContaining("without 'v1,' before it");
    }

    @Test
    void refusesAPairWhoseHalvesDoNotBelongTogether() {
        byte[] one = Base64.getDecoder().decode(Vectors.KEY_PAIR.substring(5));
        byte[] other = Base64.getDecoder().decode(WebhookKeyPair.generate(random).reveal().substring(5));
        System.arraycopy(other, 32, one, 32, 32);

        assertThatThrownBy(() -> SigningKey.parse("whsk_" + Base64.getEncoder().encodeToString(one)))
                .isInstanceOf(ConfigException.class).hasMessageContaining("belong together");
    }

    @Test
    void refusesAPrivateKeyWhereAPublicOneIsWanted() {
        assertThatThrownBy(() -> VerifyingKey.parse(Vectors.KEY_PAIR)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> SigningKey.parse(Vectors.PUBLIC_KEY)).isInstanceOf(ConfigException.class);
    }

    @Test
    void readsBackWhatItReveals() {
        WebhookSecret secret = WebhookSecret.generate(random);
        WebhookKeyPair pair = WebhookKeyPair.generate(random);

        assertThat(SigningKey.parse(secret.reveal())).isEqualTo(secret).hasSameHashCodeAs(secret);
        assertThat(SigningKey.parse(pair.reveal())).isEqualTo(pair).hasSameHashCodeAs(pair);
        assertThat(VerifyingKey.parse(pair.verifier().text())).isEqualTo(pair.verifier());
        assertThat(Base64.getDecoder().decode(secret.reveal().substring(6))).hasSize(32);
    }

    @Test
    void makesAnotherKeyEachTime() {
        assertThat(WebhookSecret.generate(random)).isNotEqualTo(WebhookSecret.generate(random));
        assertThat(WebhookKeyPair.generate(random)).isNotEqualTo(WebhookKeyPair.generate(random));
    }

    @Test
    void showsNothingOfAKey() {
        WebhookSecret secret = WebhookSecret.parse(Vectors.SECRET);
        WebhookKeyPair pair = WebhookKeyPair.parse(Vectors.KEY_PAIR);

        assertThat(secret.toString()).isEqualTo("WebhookSecret[hidden]");
        assertThat(pair.toString()).contains(Vectors.PUBLIC_KEY).doesNotContain("6Xb/d");
        assertThat(KeyRing.of(secret).toString()).contains("hidden").doesNotContain("MfKQ9");
    }

    @Test
    void makesIdsOf22LettersAndDigits() {
        assertThat(MessageId.generate(random).text()).matches("msg_[0-9A-Za-z]{22}");
        assertThat(MessageId.generate(random)).isNotEqualTo(MessageId.generate(random));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a.b", "a b", "a\r\nb", "é", "a\u007f"})
    void refusesIdsThatCouldBeReadOtherwiseInWhatIsSigned(String id) {
        assertThatThrownBy(() -> new MessageId(id)).isInstanceOf(ConfigException.class);
    }

    private static String secretOf(int bytes) {
        return "whsec_" + Base64.getEncoder().encodeToString(new byte[bytes]);
    }
}
