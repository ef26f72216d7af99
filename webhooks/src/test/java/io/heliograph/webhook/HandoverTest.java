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
        private boolean takesBehind;
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
        public boolean takesBehind(Endpoint endpoint, int already) {
            return takesBehind && already < 2;
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

    private static List<Integer> states(OutboxFixture fixture) {
        return fixture.store.read(sql -> sql.rows("SELECT state FROM webhooks_delivery ORDER BY id", row -> row.getInt(1)));
    }

    @Test
    void claimsWhatIsBehindOthersOfItsKeyAsLongAsAllOfThemAre() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            addOrdered(fixture);
            var sender = new Sender(true);
            fixture.outbox.handTo(sender);
            sender.takesBehind = true;
            for (int i = 0; i < 3; i++) {
                fixture.outbox.publish(event("a")).join();
            }
            assertThat(states(fixture)).containsExactly(1, 1, 1);
            sender.takesBehind = false;
            fixture.outbox.publish(event("a")).join();
            sender.takesBehind = true;
            fixture.outbox.publish(event("a")).join();
            fixture.outbox.publish(event("b")).join();

            assertThat(states(fixture)).as("one that is parked has all behind it parked").containsExactly(1, 1, 1, 2, 2, 1);
            assertThat(sender.claimed).hasSize(4);
            fixture.assertLaw();
        }
    }

    @Test
    void parksWhatIsBehindOneThatIsNotDelivered() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            addOrdered(fixture);
            var sender = new Sender(true);
            fixture.outbox.handTo(sender);
            sender.takesBehind = true;
            for (int i = 0; i < 6; i++) {
                fixture.outbox.publish(event(i % 2 == 0 ? "a" : "b")).join();
            }
            var failed = new AttemptResult.Failed(FailureReason.STATUS, "status 500", Optional.empty(), Duration.ofMillis(1));
            var again = new Settlement(sender.claimed.getFirst(), failed, 0, new Settlement.Next.Again(0), Optional.empty());
            fixture.store.write(sql -> Settlement.writeAll(sql, List.of(again, taken(sender.claimed.get(1))), fixture.outbox.endpoints(),
                    Handover.NONE, 0)).join();

            assertThat(states(fixture)).containsExactly(0, 3, 2, 1, 2, 1);
            fixture.outbox.publish(event("a")).join();
            assertThat(states(fixture)).endsWith(2);

            var givenUp = new Settlement(sender.claimed.get(3), failed, 0, new Settlement.Next.GivenUp(), Optional.empty());
            fixture.store.write(sql -> Settlement.writeAll(sql, List.of(givenUp), fixture.outbox.endpoints(), Handover.NONE, 0)).join();
            assertThat(states(fixture)).as("the one behind it may go").containsExactly(0, 3, 2, 4, 2, 0, 2);
            fixture.assertLaw();
        }
    }

    @Test
    void ofWhatIsGivenBackOnlyTheFirstOfEachKeyIsReady() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            addOrdered(fixture);
            var sender = new Sender(true);
            fixture.outbox.handTo(sender);
            sender.takesBehind = true;
            for (int i = 0; i < 6; i++) {
                fixture.outbox.publish(event(i % 2 == 0 ? "a" : "b")).join();
            }
            List<Long> behind = sender.claimed.stream().map(DueDelivery::id).skip(1).toList();
            fixture.store.write(sql -> {
                DeliveryRows.release(sql, behind);
                return behind;
            }).join();
            assertThat(states(fixture)).containsExactly(1, 0, 2, 2, 2, 2);
        }
    }

    @Test
    void ofWhatAProcessHeldWhenItEndedOnlyTheFirstOfEachKeyIsReady() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            addOrdered(fixture);
            var sender = new Sender(true);
            fixture.outbox.handTo(sender);
            sender.takesBehind = true;
            for (int i = 0; i < 6; i++) {
                fixture.outbox.publish(event(i % 2 == 0 ? "a" : "b")).join();
            }
            fixture.store.write(sql -> DeliveryRows.releaseLeasedUntil(sql, Long.MAX_VALUE)).join();
            assertThat(states(fixture)).containsExactly(0, 0, 2, 2, 2, 2);
        }
    }

    private static Settlement taken(DueDelivery delivery) {
        var result = new AttemptResult.Delivered(new Answer(204, Optional.empty(), ""), Duration.ofMillis(1));
        return new Settlement(delivery, result, 0, new Settlement.Next.Done(), Optional.empty());
    }
}
