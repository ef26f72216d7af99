package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.spi.Environment;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** A client that may connect to loopback, and what its tests check at their end. */
final class WebhookClientFixture {

    static final byte[] BODY = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);
    static final Duration LONG = Duration.ofSeconds(10);
    static final Duration SHORT = Duration.ofMillis(300);
    /** So much later than its deadline may an attempt end on a busy machine. */
    static final Duration SLACK = Duration.ofMillis(1_500);

    private WebhookClientFixture() {
    }

    /** Allows loopback; every name leads there. */
    static TargetGuard loopback() {
        return TargetGuard.of(List.of(Cidr.parse("127.0.0.0/8"), Cidr.parse("::1")), host -> List.of(InetAddress.ofLiteral("127.0.0.1")));
    }

    static WebhookClient client() {
        return WebhookClient.open(WebhookClientConfig.defaults(), loopback(), Environment.system());
    }

    static WebhookRequest request(TestReceiver receiver, Duration timeout) {
        return request(receiver.url(), timeout);
    }

    static WebhookRequest request(String url, Duration timeout) {
        return new WebhookRequest(TargetUrl.parse(url), List.of(new HttpHeader("content-type", "application/json")), BODY, timeout);
    }

    static AttemptResult.Failed failed(AttemptResult result) {
        assertThat(result).isInstanceOf(AttemptResult.Failed.class);
        return (AttemptResult.Failed) result;
    }

    /** Every attempt has one outcome, and nothing is left of those that ended. */
    static void assertNothingLeaks(WebhookClient client, TestReceiver... receivers) {
        WebhookClientCounts counts = client.counts();
        long failures = counts.failed().values().stream().mapToLong(Long::longValue).sum();
        assertThat(counts.begun()).as("%s", counts).isEqualTo(counts.delivered() + counts.gone() + failures + counts.underWay());
        assertThat(counts.underWay()).isZero();
        assertThat(client.deadlines()).isZero();
        // Whoever ends an attempt from outside hands its connection back a moment after the attempt has ended.
        Soon.until(() -> client.counts().usedConnections() == 0);
        for (TestReceiver receiver : receivers) {
            Soon.until(() -> receiver.open() <= client.counts().idleConnections());
        }
        client.close();
        for (TestReceiver receiver : receivers) {
            Soon.until(() -> receiver.open() == 0);
        }
        assertThat(client.counts().idleConnections()).isZero();
    }
}
