package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.TopicFilter;
import io.heliograph.ledger.SubscriberSums;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands beside an endpoint's sum. */
class EndpointSumsTest {

    @TempDir
    private Path folder;

    @Test
    void countsEachAttemptThatFailedAtItsReceiver() throws Exception {
        try (TestReceiver receiver = TestReceiver.answering(TestReceiver.answer(500, "", ""));
                WebhookClient client = WebhookClientFixture.client();
                OutboxFixture fixture = OutboxFixture.open(folder);
                Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
            Endpoint endpoint = fixture.add(OutboxFixture.spec(receiver.url()).withRetry(RetrySchedule.defaults().withDelays(
                    List.of(Duration.ZERO, Duration.ZERO, Duration.ZERO))));
            fixture.outbox.publish(OutboxFixture.event(1)).join();
            Soon.until(() -> fixture.sums(endpoint).waiting() == 0);
            assertThat(fixture.sums(endpoint).failures()).isEqualTo(3);
            assertThat(fixture.sums(endpoint).asSubscriber().failures()).isEqualTo(3);
            Soon.until(() -> deliveries.underWay() == 0);
            fixture.assertLaw();
        }
    }

    @Test
    void countsWhatItsReceiverTookTwiceBesideTheSum() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            Endpoint endpoint = fixture.add(OutboxFixture.spec("https://hooks.example.com/in"));
            fixture.outbox.publish(OutboxFixture.event(1)).join();
            fixture.outbox.publish(OutboxFixture.event(2)).join();
            List<DueDelivery> claimed = fixture.claim(endpoint, 10);
            // The second one is still under way, and the first one's outcome comes twice, as it does where its lease was over.
            for (List<DueDelivery> delivered : List.of(claimed.subList(0, 1), claimed)) {
                fixture.delivered(delivered);
            }
            assertThat(fixture.sums(endpoint).asSubscriber()).isEqualTo(new SubscriberSums(2, 2, 0, Map.of(), 0, 1, 0, 0));
            fixture.assertLaw();
        }
    }

    @Test
    void countsADeliveryForTheEndpointThatHasItWhoeverSentIt() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            Endpoint one = fixture.add(OutboxFixture.spec("https://hooks.example.com/in"));
            Endpoint other = fixture.add(OutboxFixture.spec("https://hooks.example.com/other").withTopics(List.of(TopicFilter.of("nothing"))));
            fixture.outbox.publish(OutboxFixture.event(1)).join();
            List<DueDelivery> claimed = fixture.claim(one, 10);
            fixture.store.write(sql -> {
                var balances = new Balances(sql);
                DeliveryRows.bequeath(sql, balances, one.id(), other.id(), claimed.stream().map(DueDelivery::id).toList(), 0);
                balances.flush();
                return 0;
            }).join();
            assertThat(fixture.claim(other, 10)).hasSize(1);

            fixture.delivered(claimed);
            assertThat(fixture.sums(one).delivered()).isZero();
            assertThat(fixture.sums(other).delivered()).isEqualTo(1);
            fixture.assertLaw();
        }
    }
}
