package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import io.heliograph.ConfigException;
import io.heliograph.time.WallClock;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignerTest {

    private final SecureRandom random = new SecureRandom();

    @Test
    void signsThePublishedVectorOfV1() {
        assertThat(signature(Signer.of(List.of(SigningKey.parse(Vectors.SECRET))))).isEqualTo(Vectors.V1);
    }

    @Test
    void signsThePublishedVectorOfV1a() {
        assertThat(signature(Signer.of(List.of(SigningKey.parse(Vectors.KEY_PAIR))))).isEqualTo(Vectors.V1A);
    }

    @Test
    void derivesThePublishedPublicKey() {
        assertThat(WebhookKeyPair.parse(Vectors.KEY_PAIR).verifier().text()).isEqualTo(Vectors.PUBLIC_KEY);
    }

    @Test
    void putsOneSignatureForEachKeyIntoOneField() {
        var signer = Signer.of(List.of(SigningKey.parse(Vectors.KEY_PAIR), SigningKey.parse(Vectors.SECRET)));

        assertThat(signature(signer)).isEqualTo(Vectors.V1A + " " + Vectors.V1);
    }

    @Test
    void namesTheThreeFieldsOfTheSpecification() {
        List<HttpHeader> fields = Signer.of(List.of(SigningKey.parse(Vectors.SECRET))).sign(Vectors.ID, Vectors.AT, Vectors.BODY);

        assertThat(fields).containsExactly(new HttpHeader("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
                new HttpHeader("webhook-timestamp", "1614265330"), new HttpHeader("webhook-signature", Vectors.V1));
    }

    @Test
    void datesAnAttemptBySecondsWhateverItsFraction() {
        Instant late = Vectors.AT.plusNanos(999_999_999);

        assertThat(Signer.of(List.of(SigningKey.parse(Vectors.SECRET))).sign(Vectors.ID, late, Vectors.BODY).getLast().value())
                .isEqualTo(Vectors.V1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "\r\n\r\n", "Grüße €😀", "a\0b", "{\"test\": 2432232314}"})
    void signsWhatThePublishedLibraryVerifies(String body) throws Exception {
        WebhookSecret secret = WebhookSecret.generate(random);
        MessageId id = MessageId.generate(random);
        Instant now = Instant.now();
        var fields = Signer.of(List.of(secret)).sign(id, now, body.getBytes(StandardCharsets.UTF_8));

        new Webhook(secret.reveal()).verify(body, Vectors.headers(fields));
    }

    @Test
    void verifiesWhatThePublishedLibrarySigns() throws Exception {
        WebhookSecret secret = WebhookSecret.generate(random);
        String signature = new Webhook(secret.reveal()).sign("msg_1", Vectors.SECONDS, "Grüße");
        WebhookVerifier verifier = WebhookVerifier.of(secret).withClock(at(Vectors.SECONDS));

        assertThat(verifier.verify(Vectors.headers("msg_1", "" + Vectors.SECONDS, signature), "Grüße".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(Verification.Verified.class);
    }

    @Test
    void signsFromManyThreadsAtOnce() throws InterruptedException {
        var signer = Signer.of(List.of(SigningKey.parse(Vectors.SECRET)));
        List<String> signed = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < 500; n++) {
                    signed.add(signature(signer));
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(signed).hasSize(4000).containsOnly(Vectors.V1);
    }

    @Test
    void wantsAtLeastOneKeyAndAtMostTen() {
        SigningKey key = SigningKey.parse(Vectors.SECRET);

        assertThatThrownBy(() -> Signer.of(List.of())).isInstanceOf(ConfigException.class).hasMessageContaining("1 to 10");
        assertThatThrownBy(() -> Signer.of(Collections.nCopies(11, key))).isInstanceOf(ConfigException.class);
        assertThat(Signer.of(Collections.nCopies(10, key)).sign(Vectors.ID, Vectors.AT, Vectors.BODY)).hasSize(3);
    }

    @Test
    void showsNoKeyAndNoValueOfAField() {
        var signer = Signer.of(List.of(SigningKey.parse(Vectors.SECRET)));

        assertThat(signer + " " + signer.sign(Vectors.ID, Vectors.AT, Vectors.BODY)).doesNotContain("MfKQ9r8G", "g0hM9SsE");
    }

    private static String signature(Signer signer) {
        return Map.copyOf(Vectors.headers(signer.sign(Vectors.ID, Vectors.AT, Vectors.BODY))).get(Signer.SIGNATURE).getFirst();
    }

    private static WallClock at(long seconds) {
        return () -> seconds * 1_000_000_000L;
    }
}
