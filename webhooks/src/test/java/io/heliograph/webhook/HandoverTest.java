package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an outbox tells whoever sends. */
class HandoverTest {

    @TempDir
    private Path folder;

    /** Takes what it is let, and keeps what it is told. */
    private static final class Sender implements Handover {
        private final boolean isWilling;
        private final List<DueDelivery> claimed = new ArrayList<>();
        private final List<String> ready = new ArrayList<>();

        Sender(boolean isWilling) {
            this.isWilling = isWilling;
        }

        @Override
        public boolean takes(String endpoint, int already, int bytes) {
            return isWilling;
        }

        @Override
        public void stored(List<DueDelivery> stored, Set<String> now) {
            claimed.addAll(stored);
            ready.addAll(now);
        }
    }

    private static Endpoint addOrdered(OutboxFixture fixture) {
        EndpointSpec spec = OutboxFixture.spec("http://example.com/hook");
        return fixture.add(spec.withLimits(spec.limits().withOrdering(Ordering.KEY)));
    }

    private static Event event(String key) {
        return Event.builder("orders.created").subject(key).data(new byte[] {'1'}, "text/plain").build();
    }

    @Test
    void tellsOfNothingReadyWhenAnEventParksBehindItsKey() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            Endpoint endpoint = addOrdered(fixture);
            var sender = new Sender(false);
            fixture.outbox.handTo(sender);

            fixture.outbox.publish(event("a")).join();
            assertThat(sender.ready).containsExactly(endpoint.id());
            fixture.outbox.publish(event("a")).join();
            assertThat(sender.ready).hasSize(1);
            fixture.outbox.publish(event("b")).join();
            assertThat(sender.ready).hasSize(2);
        }
    }

    @Test
    void handsOverWhatHasTheRowsThatAreStored() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            Endpoint endpoint = addOrdered(fixture);
            var sender = new Sender(true);
            fixture.outbox.handTo(sender);
            for (int i = 0; i < 100; i++) {
                fixture.outbox.publish(event("key-" + i % 60)).join();
            }

            assertThat(sender.claimed).hasSize(60).allSatisfy(one -> {
                assertThat(one.endpoint()).isEqualTo(endpoint.id());
                assertThat(fixture.count("SELECT count(*) FROM webhooks_delivery d JOIN webhooks_event e ON e.id = d.event WHERE d.id = ?"
                        + " AND d.event = ? AND e.message = ? AND d.state = 1", one.id(), one.event(), one.message().text())).isOne();
            });
        }
    }

    @Test
    void freesTheNextOfAKeyWithItsEvent() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            addOrdered(fixture);
            var sender = new Sender(true);
            fixture.outbox.handTo(sender);
            var messages = new ArrayList<String>();
            for (int i = 0; i < 150; i++) {
                messages.add(fixture.outbox.publish(event("key-" + i % 75)).join().receipt().orElseThrow().id());
            }
            List<Settlement> outcomes = sender.claimed.stream().map(HandoverTest::taken).toList();

            Settlement.Freed freed = fixture.store.write(sql ->
                    Settlement.writeAll(sql, outcomes, fixture.outbox.endpoints(), sender, 0)).join();

            assertThat(freed.ready()).isEmpty();
            assertThat(freed.claimed()).extracting(one -> one.message().text())
                    .containsExactlyInAnyOrderElementsOf(messages.subList(75, 150));
            assertThat(freed.claimed()).allSatisfy(one -> assertThat(new String(one.content(), StandardCharsets.UTF_8))
                    .contains(one.message().text()).contains("\"" + one.orderKey().orElseThrow() + "\""));
            fixture.assertLaw();
        }
    }

    private static Settlement taken(DueDelivery delivery) {
        var result = new AttemptResult.Delivered(new Answer(204, Optional.empty(), ""), Duration.ofMillis(1));
        return new Settlement(delivery, result, 0, new Settlement.Next.Done(), Optional.empty());
    }
}
