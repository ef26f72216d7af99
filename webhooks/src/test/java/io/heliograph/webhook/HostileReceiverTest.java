package io.heliograph.webhook;

import static io.heliograph.webhook.WebhookClientFixture.LONG;
import static io.heliograph.webhook.WebhookClientFixture.SHORT;
import static io.heliograph.webhook.WebhookClientFixture.SLACK;
import static io.heliograph.webhook.WebhookClientFixture.assertNothingLeaks;
import static io.heliograph.webhook.WebhookClientFixture.failed;
import static io.heliograph.webhook.WebhookClientFixture.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.webhook.AttemptResult.Delivered;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Receivers that do what none should: each costs the sender an attempt, and nothing after its deadline. */
class HostileReceiverTest {

    private static final Duration DRIP = Duration.ofMillis(20);

    private final WebhookClient client = WebhookClientFixture.client();

    @Test
    void dripsItsFields() throws IOException {
        assertTimesOut(connection -> {
            connection.read();
            connection.write("HTTP/1.1 200 OK\r\n");
            while (true) {
                connection.write("a");
                LockSupport.parkNanos(DRIP.toNanos());
            }
        });
    }

    @Test
    void saysNothing() throws IOException {
        assertTimesOut(connection -> {
            connection.read();
            connection.awaitEnd();
        });
    }

    @Test
    void readsNothing() throws IOException {
        var release = new CountDownLatch(1);
        try (var receiver = TestReceiver.start(connection -> await(release))) {
            WebhookRequest large = new WebhookRequest(TargetUrl.parse(receiver.url()), List.of(), new byte[32 << 20], SHORT);

            assertTimedOut(client.deliver(large));

            release.countDown();
            assertNothingLeaks(client, receiver);
        }
    }

    @Test
    void dripsItsBody() throws IOException {
        try (var receiver = TestReceiver.start(connection -> {
            connection.read();
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nbegun ");
            while (true) {
                connection.write("a");
                LockSupport.parkNanos(DRIP.toNanos());
            }
        })) {
            Delivered result = (Delivered) client.deliver(request(receiver, SHORT));

            assertThat(result.answer().snippet()).startsWith("begun a");
            assertThat(result.latency()).isBetween(SHORT, SHORT.plus(SLACK));
            assertNothingLeaks(client, receiver);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 1000000000\r\n", "Transfer-Encoding: chunked\r\n", ""})
    void neverEndsItsBody(String framing) throws IOException {
        var written = new AtomicLong();
        byte[] block = "2000\r\n".concat("x".repeat(0x2000)).concat("\r\n").getBytes(StandardCharsets.US_ASCII);
        try (var receiver = TestReceiver.start(connection -> {
            connection.read();
            connection.write("HTTP/1.1 200 OK\r\n" + framing + "\r\n");
            while (true) {
                connection.out.write(block);
                written.addAndGet(block.length);
            }
        })) {
            Delivered result = (Delivered) client.deliver(request(receiver, LONG));

            assertThat(result.answer().snippet()).hasSize(1024);
            assertThat(result.latency()).isLessThan(LONG.dividedBy(2));
            assertNothingLeaks(client, receiver);
            assertThat(written.get()).as("what the sockets' buffers hold").isLessThan(32 << 20);
        }
    }

    @Test
    void packsTwentyMegabytesIntoTwenty() throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(new byte[20_000_000]);
        }
        byte[] bomb = packed.toByteArray();
        try (var receiver = TestReceiver.start(connection -> {
            while (connection.read().isPresent()) {
                connection.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + bomb.length + "\r\n\r\n");
                connection.out.write(bomb);
            }
        })) {
            Delivered result = (Delivered) client.deliver(request(receiver, LONG));

            assertThat(bomb.length).isLessThan(Body.MAX_BYTES);
            assertThat(result.answer().snippet()).hasSizeLessThanOrEqualTo(1024);
            assertThat(client.deliver(request(receiver, LONG))).isInstanceOf(Delivered.class);
            assertThat(receiver.accepted()).as("read to its end as it came, so that the connection serves again").isEqualTo(1);
            assertNothingLeaks(client, receiver);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20_000})
    void sendsFieldsWithoutEnd(int fields) throws IOException {
        String bomb = ("X-Bomb: " + "x".repeat(1_000_000 / fields) + "\r\n").repeat(fields);
        assertFails(FailureReason.MALFORMED, "HTTP/1.1 200 OK\r\n" + bomb + "\r\n");
    }

    @Test
    void sendsAStatusLineWithoutEnd() throws IOException {
        assertFails(FailureReason.MALFORMED, "HTTP/1.1 200 " + "x".repeat(1_000_000));
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 102, 103})
    void sendsInterimAnswersWithoutEnd(int status) throws IOException {
        assertFails(FailureReason.MALFORMED, ("HTTP/1.1 " + status + " x\r\nLink: </a>\r\n\r\n").repeat(2_000));
    }

    @Test
    void maySendAFewInterimAnswers() throws IOException {
        String hints = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".repeat(16);
        try (var receiver = TestReceiver.answering(hints + TestReceiver.answer(204, "", ""))) {
            assertThat(client.deliver(request(receiver, LONG))).isInstanceOf(Delivered.class);
            assertThat(client.deliver(request(receiver, LONG))).isInstanceOf(Delivered.class);
            assertNothingLeaks(client, receiver);
        }
    }

    @Test
    void wantsToSwitchProtocols() throws IOException {
        try (var receiver = TestReceiver.start(connection -> {
            connection.read();
            connection.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: TLS/1.2\r\nConnection: Upgrade\r\n\r\n");
            connection.awaitEnd();
        })) {
            assertThat(failed(client.deliver(request(receiver, LONG)))).satisfies(result -> {
                assertThat(result.reason()).isEqualTo(FailureReason.MALFORMED);
                assertThat(result.detail()).contains("nobody asked for another protocol");
            });
            assertNothingLeaks(client, receiver);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SSH-2.0-OpenSSH_9.2p1\r\n",
        "HTTP/1.1 abc\r\n\r\n", "HTTP/3.0 200 OK\r\n\r\n", "HTTP/1.1 99 x\r\n\r\n", "220 smtp.example ESMTP\r\n"})
    void speaksAnotherProtocol(String answer) throws IOException {
        try (var receiver = TestReceiver.start(connection -> {
            connection.read();
            connection.write(answer);
            connection.shutdownOutput();
            connection.awaitEnd();
        })) {
            assertThat(failed(client.deliver(request(receiver, LONG))).reason())
                    .isIn(FailureReason.MALFORMED, FailureReason.CONNECTION_LOST);
            assertNothingLeaks(client, receiver);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\nContent-", "HTTP/1.1 200 OK\r\n"})
    void closesHalfTheConnection(String answer) throws IOException {
        try (var receiver = TestReceiver.start(connection -> {
            connection.read();
            connection.write(answer);
            connection.shutdownOutput();
            connection.awaitEnd();
        })) {
            AttemptResult result = client.deliver(request(receiver, LONG));

            if (answer.startsWith("HTTP")) {
                // What stands before the end is an answer; whether it is one without its empty line is the parser's choice.
                assertThat(result).isNotNull();
            } else {
                assertThat(failed(result).reason()).isEqualTo(FailureReason.CONNECTION_LOST);
            }
            assertThat(result.latency()).isLessThan(LONG);
            assertNothingLeaks(client, receiver);
        }
    }

    @Test
    void endsInTheMiddleOfItsBody() throws IOException {
        try (var receiver = TestReceiver.start(connection -> {
            connection.read();
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        })) {
            Delivered result = (Delivered) client.deliver(request(receiver, LONG));

            assertThat(result.answer().snippet()).isEqualTo("half");
            assertNothingLeaks(client, receiver);
        }
    }

    @Test
    void closesWithoutAWord() throws IOException {
        try (var receiver = TestReceiver.start(TestReceiver.Connection::read)) {
            assertThat(failed(client.deliver(request(receiver, LONG))).reason()).isEqualTo(FailureReason.CONNECTION_LOST);
            assertNothingLeaks(client, receiver);
        }
    }

    @Test
    void saysMoreThanItWasAsked() throws IOException {
        String forged = TestReceiver.answer(204, "", "") + TestReceiver.answer(500, "X: forged\r\n", "");
        try (var receiver = TestReceiver.answering(forged)) {
            for (int i = 0; i < 10; i++) {
                assertThat(client.deliver(request(receiver, LONG))).isInstanceOfAny(Delivered.class, AttemptResult.Failed.class);
            }
            assertNothingLeaks(client, receiver);
        }
    }

    /** All at once: the good one is served as if it were alone, and the sums close. */
    @Test
    void disturbsNobodyElse() throws Exception {
        try (var good = TestReceiver.answering(TestReceiver.answer(204, "", ""));
                var silent = TestReceiver.start(TestReceiver.Connection::awaitEnd);
                var endless = TestReceiver.start(connection -> {
                    connection.read();
                    connection.write("HTTP/1.1 500 x\r\n\r\n");
                    while (true) {
                        connection.out.write(new byte[8192]);
                    }
                });
                var abrupt = TestReceiver.start(TestReceiver.Connection::read)) {
            List<TestReceiver> all = List.of(good, silent, endless, abrupt);
            var done = new CountDownLatch(400);
            var slowestNs = new AtomicLong();
            for (int i = 0; i < 400; i++) {
                TestReceiver receiver = all.get(i % all.size());
                Thread.startVirtualThread(() -> {
                    AttemptResult result = client.deliver(request(receiver, Duration.ofSeconds(2)));
                    slowestNs.accumulateAndGet(result.latency().toNanos(), Math::max);
                    done.countDown();
                });
            }

            assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
            WebhookClientCounts counts = client.counts();
            assertThat(counts.delivered()).isEqualTo(100);
            assertThat(counts.failed()).containsEntry(FailureReason.TIMEOUT, 100L).containsEntry(FailureReason.STATUS, 100L)
                    .containsEntry(FailureReason.CONNECTION_LOST, 100L);
            assertThat(Duration.ofNanos(slowestNs.get())).isLessThan(Duration.ofSeconds(2).plus(SLACK));
            assertNothingLeaks(client, good, silent, endless, abrupt);
        }
    }

    private void assertTimesOut(TestReceiver.Behaviour behaviour) throws IOException {
        try (var receiver = TestReceiver.start(behaviour)) {
            assertTimedOut(client.deliver(request(receiver, SHORT)));
            assertNothingLeaks(client, receiver);
        }
    }

    private static void assertTimedOut(AttemptResult result) {
        assertThat(failed(result).reason()).isEqualTo(FailureReason.TIMEOUT);
        assertThat(result.latency()).isBetween(SHORT, SHORT.plus(SLACK));
    }

    private void assertFails(FailureReason reason, String answer) throws IOException {
        try (var receiver = TestReceiver.start(connection -> {
            connection.read();
            connection.write(answer);
            connection.awaitEnd();
        })) {
            AttemptResult.Failed result = failed(client.deliver(request(receiver, LONG)));

            assertThat(result.reason()).isEqualTo(reason);
            assertThat(result.detail()).hasSizeLessThanOrEqualTo(200);
            assertThat(result.latency()).isLessThan(LONG.dividedBy(2));
            assertNothingLeaks(client, receiver);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
