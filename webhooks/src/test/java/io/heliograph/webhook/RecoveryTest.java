package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.ConfigException;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveryTest {

    private static final String OKAY = TestReceiver.answer(204, "", "");

    @TempDir
    private Path folder;

    @Test
    void sendsAgainWhatAnEndpointMissedAndNothingTwice() throws Exception {
        try (TestReceiver receiver = TestReceiver.answering(OKAY);
                WebhookClient client = WebhookClientFixture.client();
                OutboxFixture fixture = OutboxFixture.open(folder);
                Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
            Endpoint endpoint = fixture.add(OutboxFixture.spec(receiver.url()));
            fixture.outbox.publish(OutboxFixture.event(0)).join();
            Soon.until(() -> fixture.sums(endpoint).delivered() == 1);
            fixture.outbox.endpoints().disable(endpoint.id(), "for a test").join();
            for (int i = 1; i < 500; i++) {
                fixture.outbox.publish(OutboxFixture.event(i)).join();
            }
            assertThat(fixture.sums(endpoint).known()).isEqualTo(1);
            fixture.outbox.endpoints().resume(endpoint.id()).join();

            assertThat(fixture.outbox.recover(endpoint.id(), Instant.EPOCH).join()).isEqualTo(499);
            Soon.until(() -> fixture.sums(endpoint).delivered() == 500);
            assertThat(fixture.outbox.recover(endpoint.id(), Instant.EPOCH).join()).isZero();
            assertThat(receiver.requests().stream().map(request -> request.header("webhook-id")).distinct()).hasSize(500);
            assertThat(receiver.requests()).hasSize(500);
            Soon.until(() -> deliveries.underWay() == 0);
            fixture.assertLaw();
        }
    }

    @Test
    void recoversNoMoreThanTheQueueHasRoomFor() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            for (int i = 0; i < 5; i++) {
                fixture.outbox.publish(OutboxFixture.event(i)).join();
            }
            Endpoint endpoint = fixture.add(OutboxFixture.spec("https://hooks.example.com/in")
                    .withPolicy(FlowPolicy.dropOldest(Limit.events(3))));
            assertThat(fixture.outbox.recover(endpoint.id(), Instant.EPOCH).join()).isEqualTo(3);
            assertThat(fixture.sums(endpoint).lost()).isEmpty();
            fixture.assertLaw();
        }
    }

    @Test
    void sendsAnAttemptsEventAgainWithItsIdAndTellsWhereItWent() throws Exception {
        try (TestReceiver receiver = TestReceiver.answering(OKAY);
                WebhookClient client = WebhookClientFixture.client();
                OutboxFixture fixture = OutboxFixture.open(folder);
                Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
            Endpoint endpoint = fixture.add(OutboxFixture.spec(receiver.url()));
            Publication publication = fixture.outbox.publish(OutboxFixture.event(7)).join();
            Soon.until(() -> fixture.sums(endpoint).delivered() == 1);
            Attempt attempt = fixture.outbox.attempts(endpoint.id(), Long.MAX_VALUE, 10).getFirst();

            assertThat(fixture.outbox.resend(attempt.id()).join().text()).isEqualTo(publication.receipt().orElseThrow().id());
            Soon.until(() -> fixture.sums(endpoint).delivered() == 2);
            assertThat(receiver.requests().stream().map(request -> request.header("webhook-id")).distinct()).hasSize(1);
            assertThatThrownBy(() -> fixture.outbox.resend(1_000_000).join()).isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(ConfigException.class).hasMessageContaining("attempt '1000000'");

            EventTrace trace = fixture.outbox.trace("default", "o-7").orElseThrow();
            assertThat(trace.deliveries()).hasSize(2).allMatch(leg -> leg.state().equals("delivered") && leg.attempts() == 1
                    && leg.reason().isEmpty() && leg.endpoint().equals(endpoint.id()));
            assertThat(fixture.outbox.trace("default", trace.message().text())).contains(trace);
            assertThat(fixture.outbox.trace("other", "o-7")).isEqualTo(Optional.empty());
            assertThat(fixture.outbox.attempts(trace.message(), 10)).hasSize(2);
            Soon.until(() -> deliveries.underWay() == 0);
            fixture.assertLaw();
        }
    }

    @Test
    void sendsATestToOneEndpointAlone() throws Exception {
        try (TestReceiver receiver = TestReceiver.answering(OKAY); TestReceiver other = TestReceiver.answering(OKAY);
                WebhookClient client = WebhookClientFixture.client();
                OutboxFixture fixture = OutboxFixture.open(folder);
                Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
            Endpoint endpoint = fixture.add(OutboxFixture.spec(receiver.url()));
            fixture.add(OutboxFixture.spec(other.url()));
            fixture.outbox.test(endpoint.id()).join();
            Soon.until(() -> fixture.sums(endpoint).delivered() == 1);
            assertThat(new String(receiver.requests().getFirst().body(), StandardCharsets.UTF_8)).contains("heliograph.test");
            assertThat(other.accepted()).isZero();
            Soon.until(() -> deliveries.underWay() == 0);
        }
    }
}
