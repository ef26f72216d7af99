package io.heliograph.webhook;

import static io.heliograph.webhook.WebhookClientFixture.LONG;
import static io.heliograph.webhook.WebhookClientFixture.SHORT;
import static io.heliograph.webhook.WebhookClientFixture.SLACK;
import static io.heliograph.webhook.WebhookClientFixture.assertNothingLeaks;
import static io.heliograph.webhook.WebhookClientFixture.failed;
import static io.heliograph.webhook.WebhookClientFixture.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.spi.Environment;
import io.heliograph.webhook.AttemptResult.Delivered;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebhookTlsTest {

    private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");

    @TempDir
    static Path folder;

    private static ServerSocketFactory valid;
    private static ServerSocketFactory expired;
    private static SSLContext trust;

    private final WebhookClient client = client(trust);

    @BeforeAll
    static void makeCertificates() throws Exception {
        var certificates = new TestCertificate(folder);
        valid = certificates.sockets("valid", "hooks.example");
        expired = certificates.sockets("expired", "hooks.example", "-startdate", "-10d", "-validity", "5");
        trust = certificates.trust();
    }

    private static WebhookClient client(SSLContext trust) {
        return WebhookClient.open(WebhookClientConfig.defaults().withTls(trust), WebhookClientFixture.loopback(), Environment.system());
    }

    @Test
    void deliversToTheHostThatTheCertificateNames() throws Exception {
        try (var receiver = answering(valid)) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.deliver(request("https://hooks.example:" + receiver.port() + "/", LONG))).isInstanceOf(Delivered.class);
            }
            assertThat(receiver.accepted()).isEqualTo(1);
            assertThat(receiver.requests().getFirst().header("host")).contains("hooks.example:" + receiver.port());
            assertNothingLeaks(client, receiver);
        }
    }

    @Test
    void refusesACertificateOfAnotherHost() throws Exception {
        assertRefused(client, valid, "other.example");
        assertRefused(client, valid, "127.0.0.1");
    }

    @Test
    void refusesACertificateThatIsOver() throws Exception {
        assertRefused(client, expired, "hooks.example");
    }

    @Test
    void refusesACertificateThatNobodyTrusts() throws Exception {
        try (var suspicious = client(SSLContext.getDefault())) {
            assertRefused(suspicious, valid, "hooks.example");
        }
    }

    @Test
    void refusesOldVersionsOfTls() throws Exception {
        try (var receiver = TestReceiver.start(new OldTls(valid), HERE, TestReceiver.Connection::read)) {
            assertThat(failed(client.deliver(request("https://hooks.example:" + receiver.port() + "/", LONG))).reason()).isEqualTo(FailureReason.TLS);
            assertThat(receiver.requests()).isEmpty();
        }
    }

    @Test
    void refusesAReceiverWithoutTls() throws Exception {
        try (var receiver = TestReceiver.start(connection -> {
            connection.write(TestReceiver.answer(400, "", "this is HTTP"));
            connection.awaitEnd();
        })) {
            assertThat(failed(client.deliver(request("https://hooks.example:" + receiver.port() + "/", LONG))).reason()).isEqualTo(FailureReason.TLS);
            assertNothingLeaks(client, receiver);
        }
    }

    @Test
    void waitsForNoHandshakeBeyondTheDeadline() throws IOException {
        try (var receiver = TestReceiver.start(TestReceiver.Connection::awaitEnd)) {
            AttemptResult.Failed result = failed(client.deliver(request("https://hooks.example:" + receiver.port() + "/", SHORT)));

            assertThat(result.reason()).isEqualTo(FailureReason.TIMEOUT);
            assertThat(result.latency()).isBetween(SHORT, SHORT.plus(SLACK));
            assertNothingLeaks(client, receiver);
        }
    }

    @Test
    void waitsForNoAnswerBeyondTheDeadline() throws Exception {
        try (var receiver = TestReceiver.start(valid, HERE, connection -> {
            connection.read();
            connection.awaitEnd();
        })) {
            assertThat(failed(client.deliver(request("https://hooks.example:" + receiver.port() + "/", SHORT))).reason())
                    .isEqualTo(FailureReason.TIMEOUT);
            assertNothingLeaks(client, receiver);
        }
    }

    private static void assertRefused(WebhookClient client, ServerSocketFactory sockets, String host) throws IOException {
        try (var receiver = answering(sockets)) {
            AttemptResult.Failed result = failed(client.deliver(request("https://" + host + ":" + receiver.port() + "/", LONG)));

            assertThat(result.reason()).as(result.detail()).isEqualTo(FailureReason.TLS);
            assertThat(receiver.requests()).isEmpty();
        }
    }

    private static TestReceiver answering(ServerSocketFactory sockets) {
        return TestReceiver.start(sockets, HERE, connection -> {
            while (connection.read().isPresent()) {
                connection.write(TestReceiver.answer(204, "", ""));
            }
        });
    }

    /** Sockets that speak TLS 1.1 at most. */
    private static final class OldTls extends ServerSocketFactory {
        private final ServerSocketFactory sockets;

        OldTls(ServerSocketFactory sockets) {
            this.sockets = sockets;
        }

        @Override
        public SSLServerSocket createServerSocket(int port) throws IOException {
            return old(sockets.createServerSocket(port));
        }

        @Override
        public SSLServerSocket createServerSocket(int port, int backlog) throws IOException {
            return old(sockets.createServerSocket(port, backlog));
        }

        @Override
        public SSLServerSocket createServerSocket(int port, int backlog, InetAddress address) throws IOException {
            return old(sockets.createServerSocket(port, backlog, address));
        }

        private static SSLServerSocket old(ServerSocket socket) {
            var old = (SSLServerSocket) socket;
            old.setEnabledProtocols(new String[] {"TLSv1.1"});
            return old;
        }
    }
}
