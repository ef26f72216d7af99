package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An endpoint that is to agree before it is sent anything. */
class AgreementTest {

    private static final RateLimit SLOW = new RateLimit(60, Duration.ofMinutes(1));
    private static final RateLimit SLOWER = new RateLimit(1, Duration.ofMinutes(1));

    @TempDir
    Path folder;

    @Test
    void isSentNothingUntilItAgreesAndThenUnderTheNameItAgreedTo() throws Exception {
        String id;
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            EndpointSpec spec = OutboxFixture.spec("https://hooks.example.com/in").withOrigin("sender.example");
            id = fixture.outbox.endpoints().add("default", spec, EndpointState.PENDING).join().id();
            fixture.outbox.publish(OutboxFixture.event(1)).join();
            assertThat(fixture.outbox.endpoints().sums(id).orElseThrow().known()).isZero();
            fixture.outbox.endpoints().awaitAgreement(id, "it answered 403").join();
        }
        try (TestReceiver receiver = TestReceiver.answering(TestReceiver.answer(204, "", ""));
                WebhookClient client = WebhookClientFixture.client();
                OutboxFixture fixture = OutboxFixture.open(folder);
                Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
            Endpoint pending = fixture.outbox.endpoints().find(id).orElseThrow();
            assertThat(pending.state()).isEqualTo(EndpointState.PENDING);
            assertThat(pending.reason()).isEqualTo("it answered 403");
            fixture.outbox.endpoints().update(id, spec -> spec.withTarget(TargetUrl.parse(receiver.url()))).join();

            Endpoint agreed = fixture.outbox.endpoints().agreed(id, Optional.of(SLOW)).join();
            fixture.outbox.publish(OutboxFixture.event(2)).join();

            assertThat(agreed.spec().limits().rate()).contains(SLOW);
            Soon.until(() -> fixture.outbox.endpoints().sums(id).orElseThrow().delivered() == 1 && deliveries.underWay() == 0);
            assertThat(receiver.requests().getFirst().header("webhook-request-origin")).contains("sender.example");
        }
    }

    @Test
    void theLowerOfTwoRatesHolds() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            EndpointSpec spec = OutboxFixture.spec("https://hooks.example.com/in");
            Endpoint endpoint = fixture.add(spec.withLimits(EndpointLimits.defaults().withRate(SLOW)));

            assertThat(fixture.outbox.endpoints().agreed(endpoint.id(), Optional.of(SLOWER)).join().spec().limits().rate()).contains(SLOWER);
            assertThat(fixture.outbox.endpoints().agreed(endpoint.id(), Optional.of(SLOW)).join().spec().limits().rate()).contains(SLOWER);
            assertThat(fixture.outbox.endpoints().list("default", "", 10)).hasSize(1);
            assertThat(fixture.outbox.endpoints().list("default", endpoint.id(), 10)).isEmpty();
            assertThat(fixture.outbox.endpoints().sumsOf("default")).containsOnlyKeys(endpoint.id());
        }
    }
}
