package io.heliograph.webhook;

import static io.heliograph.webhook.WebhookClientFixture.LONG;
import static io.heliograph.webhook.WebhookClientFixture.SHORT;
import static io.heliograph.webhook.WebhookClientFixture.assertNothingLeaks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.ConfigException;
import io.heliograph.spi.Environment;
import io.heliograph.webhook.HandshakeResult.Failed;
import io.heliograph.webhook.HandshakeResult.Granted;
import io.heliograph.webhook.HandshakeResult.Refused;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakeTest {

    private static final Handshake WITHOUT_RATE = Handshake.of("events.example.com");
    private static final Handshake WITH_RATE = new Handshake("events.example.com", OptionalInt.of(120),
            Optional.of(TargetUrl.parse("https://events.example.com/agree?id=1")));

    private final WebhookClient client = WebhookClientFixture.client();

    @Test
    void asksByOptionsAtTheVeryTarget() throws IOException {
        try (var receiver = TestReceiver.answering(TestReceiver.answer(200, "WebHook-Allowed-Origin: *\r\nWebHook-Allowed-Rate: 100\r\n", ""))) {
            HandshakeResult result = client.shakeHands(TargetUrl.parse(receiver.url() + "?token=x"), WITH_RATE,
                    new CustomHeaders(List.of(new HttpHeader("Authorization", "Bearer y"))), LONG);

            assertThat(result).isEqualTo(new Granted(OptionalInt.of(100)));
            TestReceiver.Request request = receiver.requests().getFirst();
            assertThat(request.line()).isEqualTo("OPTIONS /hook?token=x HTTP/1.1");
            assertThat(request.header("WebHook-Request-Origin")).contains("events.example.com");
            assertThat(request.header("WebHook-Request-Rate")).contains("120");
            assertThat(request.header("WebHook-Request-Callback")).contains("https://events.example.com/agree?id=1");
            assertThat(request.header("Authorization")).contains("Bearer y");
            assertThat(request.body()).isEmpty();
            assertNothingLeaks(client, receiver);
        }
    }

    @ParameterizedTest
    @CsvSource({"events.example.com,,-1", "*,,-1", "*,*,-1", "*,50,50", "events.example.com,120,120", "*,999999999,999999999"})
    void isGrantedByOriginAndRate(String origin, String rate, int perMinute) throws IOException {
        assertThat(shake(rate == null ? WITHOUT_RATE : WITH_RATE, 200, origin, rate))
                .isEqualTo(new Granted(perMinute < 0 ? OptionalInt.empty() : OptionalInt.of(perMinute)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "example.com", "EVENTS.EXAMPLE.COM", "events.example.com.evil.example", "evil.events.example.com",
        "events.example.com, other.example", "https://events.example.com", "null", "**"})
    void isRefusedByAnyOtherOrigin(String origin) throws IOException {
        assertThat(shake(WITHOUT_RATE, 200, origin, null)).isInstanceOf(Refused.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1.5", "many", "1000000000", "**", ""})
    void isRefusedByARateThatIsNone(String rate) throws IOException {
        assertThat(shake(WITH_RATE, 200, "*", rate)).isInstanceOf(Refused.class);
    }

    @Test
    void isNotGrantedByTheStatusAlone() throws IOException {
        assertThat(shake(WITHOUT_RATE, 200, null, null)).isInstanceOf(Refused.class);
        assertThat(shake(WITHOUT_RATE, 204, null, null)).isInstanceOf(Refused.class);
        assertThat(shake(WITH_RATE, 200, "*", null)).isInstanceOfSatisfying(Refused.class, r -> assertThat(r.why()).contains("rate"));
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 401, 403, 404, 405, 500})
    void isNotGrantedByAnErrorThatNamesTheOrigin(int status) throws IOException {
        assertThat(shake(WITHOUT_RATE, status, "*", null)).isInstanceOfSatisfying(Refused.class,
                refused -> assertThat(refused.answer().status()).isEqualTo(status));
    }

    @Test
    void isNotGrantedByTwoOrigins() throws IOException {
        try (var receiver = TestReceiver.answering(TestReceiver.answer(200,
                "WebHook-Allowed-Origin: other.example\r\nWebHook-Allowed-Origin: *\r\n", ""))) {
            assertThat(client.shakeHands(TargetUrl.parse(receiver.url()), WITHOUT_RATE, CustomHeaders.NONE, LONG)).isInstanceOf(Refused.class);
        }
    }

    @Test
    void failsLikeADelivery() throws IOException {
        try (var silent = TestReceiver.start(TestReceiver.Connection::awaitEnd);
                var guarded = WebhookClient.open(WebhookClientConfig.defaults(),
                        TargetGuard.of(List.of(), host -> List.of(InetAddress.ofLiteral("127.0.0.1"))), Environment.system())) {
            assertThat(client.shakeHands(TargetUrl.parse(silent.url()), WITHOUT_RATE, CustomHeaders.NONE, SHORT))
                    .isInstanceOfSatisfying(Failed.class, failed -> assertThat(failed.reason()).isEqualTo(FailureReason.TIMEOUT));
            assertThat(guarded.shakeHands(TargetUrl.parse(silent.url()), WITHOUT_RATE, CustomHeaders.NONE, LONG))
                    .isInstanceOfSatisfying(Failed.class, failed -> assertThat(failed.reason()).isEqualTo(FailureReason.BARRED));
            assertThat(guarded.shakeHands(TargetUrl.parse("http://name.example/"), WITHOUT_RATE, CustomHeaders.NONE, LONG))
                    .isInstanceOfSatisfying(Failed.class, failed -> assertThat(failed.detail()).doesNotContain("127.0.0.1", "loopback"));
            assertNothingLeaks(client, silent);
        }
    }

    @Test
    void becomesTheEndpointsRate() {
        assertThat(new Granted(OptionalInt.of(100)).rate()).contains(new RateLimit(100, Duration.ofMinutes(1)));
        assertThat(new Granted(OptionalInt.of(999_999_999)).rate()).contains(new RateLimit(1_000_000, Duration.ofMinutes(1)));
        assertThat(new Granted(OptionalInt.empty()).rate()).isEmpty();
        assertThat(WITHOUT_RATE.onDelivery()).isEqualTo(new HttpHeader("webhook-request-origin", "events.example.com"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*", "a b", "a\r\nb", "ü"})
    void refusesNamesThatAreNone(String origin) {
        assertThatThrownBy(() -> Handshake.of(origin)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new Handshake("a", OptionalInt.of(0), Optional.empty())).isInstanceOf(ConfigException.class);
    }

    private HandshakeResult shake(Handshake handshake, int status, String origin, String rate) throws IOException {
        String fields = (origin == null ? "" : "WebHook-Allowed-Origin: " + origin + "\r\n")
                + (rate == null ? "" : "WebHook-Allowed-Rate: " + rate + "\r\n");
        try (var receiver = TestReceiver.answering(TestReceiver.answer(status, fields, ""))) {
            return client.shakeHands(TargetUrl.parse(receiver.url()), handshake, CustomHeaders.NONE, LONG);
        }
    }
}
