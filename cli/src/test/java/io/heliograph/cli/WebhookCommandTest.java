package io.heliograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.cli.Stop.Cause;
import io.heliograph.spi.Environment;
import io.heliograph.webhook.AttemptResult;
import io.heliograph.webhook.Cidr;
import io.heliograph.webhook.CustomHeaders;
import io.heliograph.webhook.Handshake;
import io.heliograph.webhook.HandshakeResult;
import io.heliograph.webhook.HostResolver;
import io.heliograph.webhook.HttpHeader;
import io.heliograph.webhook.MessageId;
import io.heliograph.webhook.Signer;
import io.heliograph.webhook.SigningKey;
import io.heliograph.webhook.TargetGuard;
import io.heliograph.webhook.TargetUrl;
import io.heliograph.webhook.WebhookClient;
import io.heliograph.webhook.WebhookClientConfig;
import io.heliograph.webhook.WebhookRequest;
import io.heliograph.webhook.WebhookSecret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WebhookCommandTest {

    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private static final String SECONDS = "1614265330";
    private static final String BODY = "{\"test\": 2432232314}";
    private static final String SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    private static final Pattern READY = Pattern.compile("ready at (http://\\S+)");

    private final WebhookClient client = WebhookClient.open(WebhookClientConfig.defaults(),
            TargetGuard.of(List.of(Cidr.parse("127.0.0.0/8")), HostResolver.SYSTEM), Environment.system());
    private final SecureRandom random = new SecureRandom();
    private final WebhookSecret secret = WebhookSecret.generate(random);

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void signsThePublishedVector() {
        Invocation sign = Invocation.of("webhook", "sign", BODY, "--secret", SECRET, "--id", ID, "--timestamp", SECONDS);

        assertThat(sign.code()).isZero();
        assertThat(sign.errors()).isEmpty();
        assertThat(sign.lines()).containsExactly("webhook-id: " + ID, "webhook-timestamp: " + SECONDS, "webhook-signature: " + SIGNATURE);
    }

    @Test
    void signsStandardInputByteByByte() {
        Invocation sign = Invocation.withInput(BODY, "webhook", "sign", "--secret", SECRET, "--id", ID, "--timestamp", SECONDS, "--json");
        Invocation other = Invocation.withInput(BODY + "\n", "webhook", "sign", "--secret", SECRET, "--id", ID, "--timestamp", SECONDS, "--json");

        assertThat(sign.output()).isEqualTo("{\"webhook-id\":\"" + ID + "\",\"webhook-timestamp\":\"" + SECONDS
                + "\",\"webhook-signature\":\"" + SIGNATURE + "\"}\n");
        assertThat(other.output()).doesNotContain(SIGNATURE);
    }

    @Test
    void signsWithEachKeyAndAnIdOfItsOwn() {
        Invocation sign = Invocation.of("webhook", "sign", BODY, "--secret", SECRET, "--secret", secret.reveal());

        assertThat(sign.lines().getFirst()).matches("webhook-id: msg_[0-9A-Za-z]{22}");
        assertThat(sign.lines().getLast()).matches("webhook-signature: v1,\\S+ v1,\\S+");
    }

    @Test
    void wantsAKey() {
        assertThat(Invocation.of("webhook", "sign", BODY).code()).isEqualTo(ExitCode.USAGE);
        assertThat(Invocation.of("webhook", "verify", BODY, "--id", ID, "--timestamp", SECONDS, "--signature", SIGNATURE).errors())
                .contains("HELIOGRAPH_WEBHOOK_SECRET");
    }

    @Test
    void verifiesThePublishedVector() {
        Invocation verify = Invocation.withInput(BODY, verify("--any-age"));

        assertThat(verify.code()).isZero();
        assertThat(verify.output()).isEqualTo("verified: " + ID + " of 2021-02-25T15:02:10Z\n");
    }

    @Test
    void refusesWhatIsOldOrNotSigned() {
        Invocation old = Invocation.withInput(BODY, verify());
        Invocation changed = Invocation.withInput(BODY + " ", verify("--any-age"));

        assertThat(old.code()).isEqualTo(ExitCode.FAILED);
        assertThat(old.errors()).contains("TOO_OLD");
        assertThat(changed.code()).isEqualTo(ExitCode.FAILED);
        assertThat(changed.output()).isEmpty();
        assertThat(changed.errors()).contains("NO_MATCH");
    }

    private static String[] verify(String... more) {
        var arguments = new ArrayList<>(List.of("webhook", "verify", "--secret", SECRET, "--id", ID, "--timestamp", SECONDS,
                "--signature", SIGNATURE));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    @Test
    void printsWhatItReceives() {
        Invocation listen = listen("--secret", secret.reveal(), "--count", "2");

        assertThat(status(send(listen, secret, "{\"a\":\n1}".getBytes(StandardCharsets.UTF_8)))).isEqualTo(204);
        assertThat(status(send(listen, secret, new byte[] {(byte) 0xff, 0}))).isEqualTo(204);

        assertThat(listen.code()).isZero();
        assertThat(listen.lines()).containsExactly("{\"a\":?1}", "/wA=");
        assertThat(listen.errors()).contains(", verified, 8 bytes").contains("2 taken, 0 not");
    }

    @Test
    void printsObjectsIfAsked() {
        Invocation listen = listen("--json", "--count", "1");

        send(listen, secret, "grüße".getBytes(StandardCharsets.UTF_8));

        assertThat(listen.code()).isZero();
        assertThat(listen.output()).startsWith("{\"status\":204,\"remark\":\"msg_").contains(", not verified: no key was given\"",
                "\"path\":\"/hook?a=b\"", "\"webhook-timestamp\":\"", "\"body\":\"grüße\"}").endsWith("\n").doesNotContain("\"verified\":");
    }

    @Test
    void refusesWhatItsKeyDidNotSign() {
        Invocation listen = listen("--secret", secret.reveal(), "--count", "1");

        assertThat(status(send(listen, WebhookSecret.generate(random), new byte[1]))).isEqualTo(400);
        assertThat(listen.isFinished()).isFalse();
        assertThat(status(send(listen, secret, new byte[1]))).isEqualTo(204);

        assertThat(listen.code()).isZero();
        assertThat(listen.errors()).contains("400, refused, NO_MATCH").contains("1 taken, 1 not");
    }

    @Test
    void refusesTheSameAttemptTwice() {
        Invocation listen = listen("--secret", secret.reveal());
        WebhookRequest request = request(listen, secret, new byte[1]);

        assertThat(status(client.deliver(request))).isEqualTo(204);
        assertThat(status(client.deliver(request))).isEqualTo(409);
        assertThat(listen.stop(Cause.TERMINATE).code()).isZero();
    }

    @Test
    void failsOnDemand() {
        Invocation listen = listen("--fail", "503x3,410", "--count", "1");

        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            statuses.add(status(send(listen, secret, new byte[1])));
        }

        assertThat(statuses).containsExactly(503, 503, 503, 410, 204);
        assertThat(listen.code()).isZero();
        assertThat(listen.errors()).contains("1 taken, 4 not");
    }

    @Test
    void handsOnWhatItTakes() {
        Invocation inner = listen("--secret", secret.reveal(), "--fail", "500", "--count", "1");
        Invocation outer = listen("--forward-to", url(inner), "--count", "1");

        assertThat(status(send(outer, secret, "on".getBytes(StandardCharsets.UTF_8)))).isEqualTo(500);
        assertThat(status(send(outer, secret, "on".getBytes(StandardCharsets.UTF_8)))).isEqualTo(204);

        assertThat(inner.code()).isZero();
        assertThat(inner.lines()).containsExactly("on");
        assertThat(outer.code()).isZero();
        assertThat(outer.lines()).containsExactly("on");
    }

    @Test
    void answers502WhereNobodyTakesItFurther() throws IOException {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            port = socket.getLocalPort();
        }
        Invocation listen = listen("--forward-to", "http://127.0.0.1:" + port + "/");

        assertThat(status(send(listen, secret, new byte[1]))).isEqualTo(502);
        assertThat(listen.stop(Cause.TERMINATE).code()).isZero();
    }

    @Test
    void agreesToTheHandshake() {
        Invocation listen = listen();
        var handshake = new Handshake("me.example", OptionalInt.of(60), Optional.empty());

        assertThat(client.shakeHands(TargetUrl.parse(url(listen)), handshake, CustomHeaders.NONE, Duration.ofSeconds(5)))
                .isEqualTo(new HandshakeResult.Granted(OptionalInt.empty()));
        assertThat(listen.stop(Cause.INTERRUPT).code()).isEqualTo(ExitCode.INTERRUPTED);
    }

    @Test
    void endsWhenNothingArrives() {
        assertThat(Invocation.of("webhook", "listen", "--port", "0", "--wait", "50ms").code()).isZero();
        assertThat(Invocation.of("webhook", "listen", "--port", "0", "--wait", "50ms", "--count", "1").code()).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void saysThatItsPortIsTaken() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            Invocation listen = Invocation.of("webhook", "listen", "--port", Integer.toString(taken.getLocalPort()));

            assertThat(listen.code()).isEqualTo(ExitCode.ENVIRONMENT);
            assertThat(listen.errors()).contains("127.0.0.1:" + taken.getLocalPort());
        }
    }

    private static Invocation listen(String... more) {
        var arguments = new ArrayList<>(List.of("webhook", "listen", "--port", "0"));
        arguments.addAll(List.of(more));
        return Invocation.start(arguments.toArray(String[]::new)).awaitMessage("ready at ");
    }

    private static String url(Invocation listen) {
        Matcher ready = READY.matcher(listen.errors());
        assertThat(ready.find()).isTrue();
        return ready.group(1);
    }

    private AttemptResult send(Invocation listen, SigningKey key, byte[] body) {
        return client.deliver(request(listen, key, body));
    }

    private WebhookRequest request(Invocation listen, SigningKey key, byte[] body) {
        List<HttpHeader> signature = Signer.of(List.of(key)).sign(MessageId.generate(random), Instant.now(), body);
        return new WebhookRequest(TargetUrl.parse(url(listen) + "hook?a=b"), signature, body, Duration.ofSeconds(5));
    }

    private static int status(AttemptResult result) {
        return result.answered().orElseThrow(() -> new AssertionError(result)).status();
    }
}
