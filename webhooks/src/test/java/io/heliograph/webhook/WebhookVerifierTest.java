package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.ConfigException;
import io.heliograph.testkit.ManualClock;
import io.heliograph.webhook.Verification.Refusal;
import io.heliograph.webhook.Verification.Refused;
import io.heliograph.webhook.Verification.Verified;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookVerifierTest {

    private static final String SECONDS = Long.toString(Vectors.SECONDS);
    private static final String WRONG = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=";

    private final ManualClock clock = new ManualClock(0, Vectors.AT);
    private final WebhookVerifier verifier = WebhookVerifier.of(VerifyingKey.parse(Vectors.SECRET)).withClock(clock);

    @Test
    void verifiesThePublishedVectors() {
        assertThat(verify(verifier, Vectors.V1)).isEqualTo(new Verified(Vectors.ID, Vectors.AT));
        assertThat(verify(WebhookVerifier.of(VerifyingKey.parse(Vectors.PUBLIC_KEY)).withClock(clock), Vectors.V1A))
                .isEqualTo(new Verified(Vectors.ID, Vectors.AT));
    }

    @Test
    void findsTheOneThatMatchesAmongMany() {
        assertThat(verify(verifier, WRONG + " v2,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= " + Vectors.V1 + " " + WRONG))
                .isInstanceOf(Verified.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "v1,", "v1", ",", " ", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1O",
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1O==", "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "v1,***", "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="})
    void refusesWhatIsNotTheKeysSignature(String signatures) {
        assertThat(reason(verify(verifier, signatures))).isEqualTo(Refusal.NO_MATCH);
    }

    @Test
    void refusesV1aSignaturesThatAreNone() {
        WebhookVerifier ofPair = WebhookVerifier.of(VerifyingKey.parse(Vectors.PUBLIC_KEY)).withClock(clock);

        assertThat(reason(verify(ofPair, "v1a,"))).isEqualTo(Refusal.NO_MATCH);
        assertThat(reason(verify(ofPair, "v1a,AAAA"))).isEqualTo(Refusal.NO_MATCH);
        assertThat(reason(verify(ofPair, Vectors.V1A.replace("hnO3", "hnO4")))).isEqualTo(Refusal.NO_MATCH);
    }

    @Test
    void refusesAnotherBodyIdOrTimestamp() {
        byte[] other = "{\"test\":2432232314}".getBytes(StandardCharsets.UTF_8);

        assertThat(reason(verifier.verify(Vectors.headers(Vectors.ID.text(), SECONDS, Vectors.V1), other))).isEqualTo(Refusal.NO_MATCH);
        assertThat(reason(verifier.verify(Vectors.headers("msg_other", SECONDS, Vectors.V1), Vectors.BODY))).isEqualTo(Refusal.NO_MATCH);
        assertThat(reason(verifier.verify(Vectors.headers(Vectors.ID.text(), "" + (Vectors.SECONDS + 1), Vectors.V1), Vectors.BODY)))
                .isEqualTo(Refusal.NO_MATCH);
    }

    @ParameterizedTest
    @CsvSource({"-301,TOO_NEW", "-300,", "0,", "300,", "301,TOO_OLD"})
    void takesClocksThatDifferByTheTolerance(long secondsLater, Refusal refusal) {
        WebhookVerifier later = verifier.withClock(new ManualClock(0, Vectors.AT.plusSeconds(secondsLater)));

        Verification verification = verify(later, Vectors.V1);

        if (refusal == null) {
            assertThat(verification).isInstanceOf(Verified.class);
        } else {
            assertThat(reason(verification)).isEqualTo(refusal);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hello", "1614265330.5", "-1614265330", "+1614265330", " 1614265330", "99999999999999999999", "١٦١٤٢٦٥٣٣٠"})
    void refusesTimestampsThatAreNoSeconds(String seconds) {
        assertThat(reason(verifier.verify(Vectors.headers(Vectors.ID.text(), seconds, Vectors.V1), Vectors.BODY)))
                .isEqualTo(Refusal.BAD_TIMESTAMP);
    }

    @ParameterizedTest
    @ValueSource(strings = {"webhook-id", "webhook-timestamp", "webhook-signature"})
    void wantsEachFieldOnce(String name) {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(Vectors.headers(Vectors.ID.text(), SECONDS, Vectors.V1));
        List<String> value = headers.remove(name);
        assertThat(reason(verifier.verify(headers, Vectors.BODY))).isEqualTo(Refusal.MISSING_HEADER);

        headers.put(name, List.of(value.getFirst(), value.getFirst()));
        assertThat(reason(verifier.verify(headers, Vectors.BODY))).isEqualTo(Refusal.MISSING_HEADER);

        Map<String, List<String>> twice = new TreeMap<>(headers);
        twice.put(name, value);
        twice.put(name.toUpperCase(java.util.Locale.ROOT), value);
        assertThat(reason(verifier.verify(twice, Vectors.BODY))).isEqualTo(Refusal.MISSING_HEADER);
    }

    @Test
    void refusesAnIdThatCouldBeReadOtherwise() {
        assertThat(reason(verifier.verify(Vectors.headers("msg.1", SECONDS, Vectors.V1), Vectors.BODY))).isEqualTo(Refusal.BAD_ID);
    }

    @Test
    void refusesTheSameAttemptTwiceAndTakesALaterOne() {
        WebhookSecret secret = WebhookSecret.parse(Vectors.SECRET);
        var later = Signer.of(List.of(secret)).sign(Vectors.ID, Vectors.AT.plusSeconds(5), Vectors.BODY);

        assertThat(verify(verifier, Vectors.V1)).isInstanceOf(Verified.class);
        assertThat(reason(verify(verifier, Vectors.V1))).isEqualTo(Refusal.REPLAYED);
        assertThat(verifier.verify(Vectors.headers(later), Vectors.BODY)).isInstanceOf(Verified.class);
        clock.advance(Duration.ofSeconds(300));
        assertThat(reason(verify(verifier, Vectors.V1))).isEqualTo(Refusal.REPLAYED);
        clock.advance(Duration.ofSeconds(1));
        assertThat(reason(verify(verifier, Vectors.V1))).isEqualTo(Refusal.TOO_OLD);
    }

    @Test
    void doesNotCountWhatItRefusedAsSeen() {
        assertThat(reason(verify(verifier, WRONG))).isEqualTo(Refusal.NO_MATCH);
        assertThat(verify(verifier, Vectors.V1)).isInstanceOf(Verified.class);
    }

    @Test
    void forgetsTheOldestWhenItHasSeenTooMany() {
        WebhookVerifier small = verifier.withMemory(2);
        Signer signer = Signer.of(List.of(WebhookSecret.parse(Vectors.SECRET)));
        for (int i = 0; i < 3; i++) {
            var fields = signer.sign(Vectors.ID, Vectors.AT.plusSeconds(i), Vectors.BODY);
            assertThat(small.verify(Vectors.headers(fields), Vectors.BODY)).isInstanceOf(Verified.class);
        }

        assertThat(small.forgottenEarly()).isEqualTo(1);
        assertThat(verify(small, Vectors.V1)).isInstanceOf(Verified.class);
        assertThat(reason(small.verify(Vectors.headers(signer.sign(Vectors.ID, Vectors.AT.plusSeconds(2), Vectors.BODY)), Vectors.BODY)))
                .isEqualTo(Refusal.REPLAYED);
    }

    @Test
    void remembersNothingIfToldSo() {
        WebhookVerifier forgetful = verifier.withMemory(0);

        assertThat(verify(forgetful, Vectors.V1)).isInstanceOf(Verified.class);
        assertThat(verify(forgetful, Vectors.V1)).isInstanceOf(Verified.class);
        assertThat(forgetful.forgottenEarly()).isZero();
    }

    @Test
    void takesEitherKeyWhileASenderRotates() {
        WebhookSecret old = WebhookSecret.parse(Vectors.SECRET);
        WebhookSecret next = WebhookSecret.generate(new SecureRandom());
        WebhookVerifier both = WebhookVerifier.of(next, old).withClock(clock);

        assertThat(verify(both, Vectors.V1)).isInstanceOf(Verified.class);
        assertThat(both.verify(Vectors.headers(Signer.of(List.of(next)).sign(new MessageId("msg_2"), Vectors.AT, Vectors.BODY)),
                Vectors.BODY)).isInstanceOf(Verified.class);
    }

    @Test
    void looksAtSoManySignaturesAndNoMore() {
        assertThat(verify(verifier, "v1,A ".repeat(31) + Vectors.V1)).isInstanceOf(Verified.class);
        assertThat(reason(verify(verifier.withMemory(0), "v1,A ".repeat(32) + Vectors.V1))).isEqualTo(Refusal.NO_MATCH);
        assertThat(reason(verify(verifier.withMemory(0), Vectors.V1 + " " + "x".repeat(9_000)))).isEqualTo(Refusal.NO_MATCH);
    }

    @Test
    void verifiesBytesThatAreNoText() {
        byte[] body = {(byte) 0xff, 0, (byte) 0xc3, '\n', (byte) 0x80};
        WebhookKeyPair pair = WebhookKeyPair.parse(Vectors.KEY_PAIR);
        WebhookSecret secret = WebhookSecret.parse(Vectors.SECRET);
        var fields = Signer.of(List.of(secret, pair)).sign(Vectors.ID, Vectors.AT, body);

        assertThat(verifier.verify(Vectors.headers(fields), body)).isInstanceOf(Verified.class);
        assertThat(WebhookVerifier.of(pair.verifier()).withClock(clock).verify(Vectors.headers(fields), body)).isInstanceOf(Verified.class);
    }

    @Test
    void refusesSettingsOutOfTheirBounds() {
        assertThatThrownBy(WebhookVerifier::of).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> verifier.withTolerance(Duration.ZERO)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> verifier.withTolerance(Duration.ofMillis(1500))).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> verifier.withTolerance(Duration.ofDays(2))).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> verifier.withMemory(-1)).isInstanceOf(ConfigException.class);
        assertThat(verifier.toString()).doesNotContain("MfKQ9");
    }

    private static Verification verify(WebhookVerifier verifier, String signatures) {
        return verifier.verify(Vectors.headers(Vectors.ID.text(), SECONDS, signatures), Vectors.BODY);
    }

    private static Refusal reason(Verification verification) {
        assertThat(verification).isInstanceOf(Refused.class);
        return ((Refused) verification).reason();
    }
}
