package io.heliograph.webhook;

import static io.heliograph.webhook.WebhookClientFixture.LONG;
import static io.heliograph.webhook.WebhookClientFixture.SHORT;
import static io.heliograph.webhook.WebhookClientFixture.assertNothingLeaks;
import static io.heliograph.webhook.WebhookClientFixture.failed;
import static io.heliograph.webhook.WebhookClientFixture.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.ConfigException;
import io.heliograph.Event;
import io.heliograph.Notice;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.ManualClock;
import io.heliograph.webhook.AttemptResult.Delivered;
import io.heliograph.webhook.AttemptResult.Gone;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ServerSocketFactory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookClientTest {

    private final WebhookClient client = WebhookClientFixture.client();

    @Test
    void deliversWhatIsSigned() throws IOException {
        WebhookSecret secret = WebhookSecret.generate(new SecureRandom());
        Event event = Event.json("orders.created", "{\"ü\":\"\\u00e9 😀\"}");
        HttpContent content = CloudEventHttp.write(event, "o-1", ContentMode.BINARY);
        MessageId id = MessageId.generate(new SecureRandom());
        var signature = Signer.of(List.of(secret)).sign(id, Instant.now(), content.body());
        var custom = new CustomHeaders(List.of(new HttpHeader("Authorization", "Bearer x")));
        try (var receiver = TestReceiver.answering(TestReceiver.answer(204, "", ""))) {
            AttemptResult result = client.deliver(WebhookRequest.of(TargetUrl.parse(receiver.url() + "//a/../b?c=%41%2f&d"),
                    content, signature, custom, LONG));

            assertThat(result).isInstanceOfSatisfying(Delivered.class, d -> assertThat(d.answer()).isEqualTo(new Answer(204, Optional.empty(), "")));
            TestReceiver.Request request = receiver.requests().getFirst();
            assertThat(request.line()).isEqualTo("POST /hook//a/../b?c=%41%2f&d HTTP/1.1");
            assertThat(request.body()).isEqualTo("{\"ü\":\"\\u00e9 😀\"}".getBytes(StandardCharsets.UTF_8));
            assertThat(WebhookVerifier.of(secret).verify(request.headers(), request.body())).isInstanceOf(Verification.Verified.class);
            assertThat(CloudEventHttp.read(request.headers(), request.body())).isEqualTo(event.toBuilder().id("o-1").build());
            assertThat(request.header("host")).contains("127.0.0.1:" + receiver.port());
            assertThat(request.header("authorization")).contains("Bearer x");
            assertThat(request.header("user-agent")).contains("Heliograph");
            assertThat(request.headers()).doesNotContainKeys("accept-encoding", "cookie", "upgrade", "expect", "transfer-encoding");
            assertNothingLeaks(client, receiver);
        }
    }

    @Test
    void usesAConnectionAgain() throws IOException {
        try (var receiver = TestReceiver.answering(TestReceiver.answer(200, "Set-Cookie: a=b\r\n", "ok"))) {
            for (int i = 0; i < 20; i++) {
                assertThat(client.deliver(request(receiver, LONG))).isInstanceOf(Delivered.class);
            }

            assertThat(receiver.accepted()).isEqualTo(1);
            assertThat(receiver.requests()).hasSize(20).noneMatch(request -> request.headers().containsKey("cookie"));
            assertNothingLeaks(client, receiver);
        }
    }

    @Test
    void keepsTheBeginningOfAnAnswerFitToBeShown() throws IOException {
        try (var receiver = TestReceiver.answering(TestReceiver.answer(200, "", "a\r\nb\u001b[31m\0c" + "x".repeat(2000)))) {
            Delivered result = (Delivered) client.deliver(request(receiver, LONG));

            assertThat(result.answer().snippet()).startsWith("a  b [31m cxxx").hasSize(1024);
            assertThat(result.latency()).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204, 299})
    void takesEvery2xxForADelivery(int status) throws IOException {
        try (var receiver = TestReceiver.answering(TestReceiver.answer(status, "", ""))) {
            assertThat(client.deliver(request(receiver, LONG))).isInstanceOf(Delivered.class);
            assertNothingLeaks(client, receiver);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 304, 400, 401, 404, 407, 413, 500, 503, 599, 999})
    void takesEverythingElseForAFailure(int status) throws IOException {
        String fields = "WWW-Authenticate: Basic realm=x\r\nProxy-Authenticate: Basic realm=x\r\n";
        try (var receiver = TestReceiver.answering(TestReceiver.answer(status, fields, ""))) {
            AttemptResult.Failed result = failed(client.deliver(request(receiver, LONG)));

            assertThat(result.reason()).isEqualTo(status < 400 ? FailureReason.REDIRECT : FailureReason.STATUS);
            assertThat(result.answer().orElseThrow().status()).isEqualTo(status);
            assertThat(receiver.requests()).hasSize(1);
            assertNothingLeaks(client, receiver);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void followsNoRedirect(int status) throws IOException {
        try (var other = TestReceiver.answering(TestReceiver.answer(200, "", ""));
                var receiver = TestReceiver.answering(TestReceiver.answer(status, "Location: " + other.url() + "\r\n", ""))) {
            assertThat(failed(client.deliver(request(receiver, LONG))).reason()).isEqualTo(FailureReason.REDIRECT);

            assertThat(other.accepted()).isZero();
            assertThat(receiver.requests()).hasSize(1);
        }
    }

    @Test
    void tellsThatAnEndpointIsGone() throws IOException {
        try (var receiver = TestReceiver.answering(TestReceiver.answer(410, "", "bye"))) {
            assertThat(client.deliver(request(receiver, LONG))).isInstanceOfSatisfying(Gone.class,
                    gone -> assertThat(gone.answer().snippet()).isEqualTo("bye"));
            assertThat(client.counts().gone()).isEqualTo(1);
            assertNothingLeaks(client, receiver);
        }
    }

    @Test
    void tellsHowLongAReceiverWantsToBeLeftAlone() throws IOException {
        try (var receiver = TestReceiver.answering(TestReceiver.answer(429, "Retry-After: 120\r\n", ""))) {
            assertThat(failed(client.deliver(request(receiver, LONG))).retryAfter()).contains(Duration.ofSeconds(120));
        }
        try (var receiver = TestReceiver.answering(TestReceiver.answer(503, "Retry-After: Thu, 01 Jan 2026 00:00:30 GMT\r\n", ""))) {
            var clock = new ManualClock();
            try (var atNewYear = WebhookClient.open(WebhookClientConfig.defaults(), WebhookClientFixture.loopback(),
                    new Environment(clock, clock, new SecureRandom(), notice -> { }))) {
                assertThat(failed(atNewYear.deliver(request(receiver, LONG))).retryAfter()).contains(Duration.ofSeconds(30));
            }
        }
    }

    @Test
    void connectsToNobodyBarred() throws IOException {
        try (var receiver = TestReceiver.answering(TestReceiver.answer(204, "", ""));
                var guarded = WebhookClient.open(WebhookClientConfig.defaults(),
                        TargetGuard.of(List.of(), host -> List.of(InetAddress.ofLiteral("127.0.0.1"))), Environment.system())) {
            for (String host : List.of("127.0.0.1", "name.example", "[::ffff:127.0.0.1]")) {
                AttemptResult.Failed result = failed(guarded.deliver(request("http://" + host + ":" + receiver.port() + "/", LONG)));

                assertThat(result.reason()).as(host).isEqualTo(FailureReason.BARRED);
                assertThat(result.detail()).contains("not public", "--allow-target");
            }
            assertThat(receiver.accepted()).isZero();
            assertNothingLeaks(guarded, receiver);
        }
    }

    @Test
    void whereABarredNameLeadsIsTheOperatorsToKnow() {
        var told = new CopyOnWriteArrayList<Notice>();
        try (var guarded = WebhookClient.open(WebhookClientConfig.defaults(),
                TargetGuard.of(List.of(), host -> List.of(InetAddress.ofLiteral("10.1.2.3"))), Environment.system().withNotices(told::add))) {
            assertThat(failed(guarded.deliver(request("http://name.example/", LONG))).detail()).isEqualTo(
                    "its host leads to an address that is not public; the server's operator may allow it with --allow-target");
            assertThat(told).singleElement().asString().contains("http://name.example/", "name.example leads to 10.1.2.3", "private");

            assertThat(failed(guarded.deliver(request("http://10.1.2.3/", LONG))).detail()).startsWith(
                    "its host leads to 10.1.2.3, which is not public (").endsWith("the server's operator may allow it with --allow-target");
            assertThat(told).as("an address that its owner wrote").hasSize(1);
        }
    }

    @Test
    void whereANameLeadsThatMayBeConnectedToIsTheOperatorsToo() throws IOException {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            port = socket.getLocalPort();
        }
        TargetGuard guard = TargetGuard.of(List.of(Cidr.parse("127.0.0.0/8")),
                host -> List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("127.0.0.2")));
        try (var allowed = WebhookClient.open(WebhookClientConfig.defaults(), guard, Environment.system())) {
            AttemptResult.Failed result = failed(allowed.deliver(request("http://name.example:" + port + "/", LONG)));

            assertThat(result.reason()).isEqualTo(FailureReason.CONNECT);
            assertThat(result.detail()).contains("name.example", "refused").doesNotContain("127.0.0.");
        }
    }

    @Test
    void judgesAnewForEachConnectionWhereANameLeads() throws IOException {
        var lookups = new AtomicInteger();
        // A name server under the attacker's rule: first what passes, then what does not.
        HostResolver rebinding = host -> List.of(InetAddress.ofLiteral(lookups.getAndIncrement() == 0 ? "127.0.0.1" : "127.0.0.2"));
        TargetGuard guard = TargetGuard.of(List.of(Cidr.parse("127.0.0.1")), rebinding);
        try (var receiver = TestReceiver.answering("HTTP/1.1 204 x\r\nConnection: close\r\n\r\n");
                var guarded = WebhookClient.open(WebhookClientConfig.defaults(), guard, Environment.system())) {
            WebhookRequest request = request("http://rebinding.example:" + receiver.port() + "/", LONG);

            assertThat(guarded.deliver(request)).isInstanceOf(Delivered.class);
            assertThat(lookups).hasValue(1);
            assertThat(failed(guarded.deliver(request)).reason()).isEqualTo(FailureReason.BARRED);
            assertThat(lookups).hasValue(2);
            assertThat(receiver.accepted()).isEqualTo(1);
            assertThat(receiver.requests().getFirst().header("host")).contains("rebinding.example:" + receiver.port());
            assertNothingLeaks(guarded, receiver);
        }
    }

    @Test
    void triesEachAddressOfAName() throws IOException {
        TargetGuard guard = TargetGuard.of(List.of(Cidr.parse("127.0.0.0/8")),
                host -> List.of(InetAddress.ofLiteral("127.0.0.2"), InetAddress.ofLiteral("127.0.0.1")));
        try (var receiver = TestReceiver.answering(TestReceiver.answer(204, "", ""));
                var twoFold = WebhookClient.open(WebhookClientConfig.defaults(), guard, Environment.system())) {
            assertThat(twoFold.deliver(request("http://two.example:" + receiver.port() + "/", LONG))).isInstanceOf(Delivered.class);
            assertNothingLeaks(twoFold, receiver);
        }
    }

    @Test
    void deliversToIpv6() throws IOException {
        Assumptions.assumeTrue(NetworkInterface.getByInetAddress(InetAddress.ofLiteral("::1")) != null, "no IPv6 loopback here");
        try (var receiver = TestReceiver.start(ServerSocketFactory.getDefault(), InetAddress.ofLiteral("::1"), connection -> {
            while (connection.read().isPresent()) {
                connection.write(TestReceiver.answer(204, "", ""));
            }
        })) {
            assertThat(client.deliver(request("http://[::1]:" + receiver.port() + "/", LONG))).isInstanceOf(Delivered.class);
            assertThat(receiver.requests().getFirst().header("host")).contains("[::1]:" + receiver.port());
        }
    }

    @Test
    void saysThatAHostIsUnknown() {
        try (var lost = WebhookClient.open(WebhookClientConfig.defaults(), TargetGuard.of(List.of(), host -> {
            throw new UnknownHostException(host);
        }), Environment.system())) {
            assertThat(failed(lost.deliver(request("http://nobody.example/", LONG))).reason()).isEqualTo(FailureReason.UNKNOWN_HOST);
            assertNothingLeaks(lost);
        }
    }

    @Test
    void waitsForNoResolverBeyondTheDeadline() throws InterruptedException {
        var release = new CountDownLatch(1);
        var lookups = new AtomicInteger();
        try (var slow = WebhookClient.open(WebhookClientConfig.defaults(), TargetGuard.of(List.of(), host -> {
            lookups.incrementAndGet();
            awaitQuietly(release);
            return List.of(InetAddress.ofLiteral("127.0.0.1"));
        }), Environment.system())) {
            for (int i = 0; i < 3; i++) {
                AttemptResult.Failed result = failed(slow.deliver(request("http://slow.example/", Duration.ofMillis(50))));

                assertThat(result.reason()).isEqualTo(FailureReason.TIMEOUT);
                assertThat(result.latency()).isBetween(Duration.ofMillis(50), WebhookClientFixture.SLACK);
            }
            assertThat(lookups).as("lookups of one host at a time").hasValue(1);
            release.countDown();
            assertNothingLeaks(slow);
        }
    }

    @Test
    void judgesATargetBeforeAnythingIsSent() {
        assertThat(client.judge(TargetUrl.parse("http://name.example/"), LONG)).isInstanceOf(Resolution.Allowed.class);
        assertThat(client.judge(TargetUrl.parse("http://10.0.0.1/"), LONG)).isInstanceOf(Resolution.Barred.class);
        var release = new CountDownLatch(1);
        try (var slow = WebhookClient.open(WebhookClientConfig.defaults(), TargetGuard.of(List.of(), host -> {
            awaitQuietly(release);
            throw new StackOverflowError("on purpose");
        }), Environment.system())) {
            assertThat(slow.judge(TargetUrl.parse("http://name.example/"), SHORT)).isInstanceOfSatisfying(Resolution.Unknown.class,
                    unknown -> assertThat(unknown.why()).contains("in time"));
            release.countDown();
            Soon.until(() -> slow.judge(TargetUrl.parse("http://name.example/"), LONG)
                    .equals(new Resolution.Unknown("the lookup failed: java.lang.StackOverflowError: on purpose")));
        }
    }

    @Test
    void saysThatNobodyListens() throws IOException {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            port = socket.getLocalPort();
        }

        assertThat(failed(client.deliver(request("http://127.0.0.1:" + port + "/", LONG))).reason()).isEqualTo(FailureReason.CONNECT);
        assertNothingLeaks(client);
    }

    @Test
    void keepsToItsDeadlineOnAnyClock() throws Exception {
        var clock = new ManualClock();
        try (var silent = TestReceiver.start(TestReceiver.Connection::awaitEnd);
                var manual = WebhookClient.open(WebhookClientConfig.defaults(), WebhookClientFixture.loopback(),
                        new Environment(clock, clock, new SecureRandom(), notice -> { }))) {
            var result = new CompletableFuture<AttemptResult>();
            Thread.startVirtualThread(() -> result.complete(manual.deliver(request(silent, WebhookRequest.DEFAULT_TIMEOUT))));
            Soon.until(() -> silent.accepted() == 1 && manual.deadlines() == 1);

            clock.advance(WebhookRequest.DEFAULT_TIMEOUT.minusMillis(1));
            assertThat(manual.deadlines()).isEqualTo(1);
            clock.advance(Duration.ofMillis(1).plus(DeadlineTimer.TICK));

            assertThat(failed(result.get(5, TimeUnit.SECONDS)).reason()).isEqualTo(FailureReason.TIMEOUT);
            assertNothingLeaks(manual, silent);
        }
    }

    @Test
    void endsWhatRunsWhenItIsClosed() throws Exception {
        try (var silent = TestReceiver.start(TestReceiver.Connection::awaitEnd)) {
            var result = new CompletableFuture<AttemptResult>();
            Thread.startVirtualThread(() -> result.complete(client.deliver(request(silent, Duration.ofMinutes(2)))));
            Soon.until(() -> silent.accepted() == 1);

            client.close();

            assertThat(failed(result.get(5, TimeUnit.SECONDS)).reason()).isEqualTo(FailureReason.SENDER);
            assertThat(failed(client.deliver(request(silent, LONG))).reason()).isEqualTo(FailureReason.SENDER);
            assertNothingLeaks(client, silent);
        }
    }

    @Test
    void closesConnectionsThatNobodyUses() throws IOException {
        var clock = new ManualClock();
        var config = WebhookClientConfig.defaults().withIdle(Duration.ofMinutes(1), 0);
        try (var receiver = TestReceiver.answering(TestReceiver.answer(204, "", ""));
                var thrifty = WebhookClient.open(config, WebhookClientFixture.loopback(),
                        new Environment(clock, clock, new SecureRandom(), notice -> { }))) {
            assertThat(thrifty.deliver(request(receiver, LONG))).isInstanceOf(Delivered.class);
            assertThat(thrifty.counts().idleConnections()).isEqualTo(1);

            clock.advance(Duration.ofSeconds(1));

            Soon.until(() -> thrifty.counts().idleConnections() == 0 && receiver.open() == 0);
        }
    }

    @Test
    void connectsAnewWhereTheReceiverClosedMeanwhile() throws IOException {
        try (var receiver = TestReceiver.start(connection -> {
            connection.read();
            connection.write(TestReceiver.answer(204, "", ""));
        })) {
            assertThat(client.deliver(request(receiver, LONG))).isInstanceOf(Delivered.class);
            Soon.until(() -> receiver.open() == 0);
            // One that was used a moment ago is not looked at: HttpClient has a clock of its own for that.
            LockSupport.parkNanos(Duration.ofMillis(300).toNanos());

            assertThat(client.deliver(request(receiver, LONG))).isInstanceOf(Delivered.class);
            assertThat(receiver.accepted()).isEqualTo(2);
        }
    }

    @Test
    void refusesTimeoutsOutOfTheirBounds() {
        assertThatThrownBy(() -> request("http://a/", Duration.ofMillis(9))).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> request("http://a/", Duration.ofMinutes(3))).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> WebhookClientConfig.defaults().withConnectTimeout(Duration.ZERO)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> WebhookClientConfig.defaults().withIdle(Duration.ZERO, 1)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> WebhookClientConfig.defaults().withIdle(LONG, -1)).isInstanceOf(ConfigException.class);
        assertThat(request("http://a/?token=x", SHORT).toString()).doesNotContain("token");
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
