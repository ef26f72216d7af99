package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.store.PostgresServer;
import io.heliograph.store.StoreAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Two processes that take from the same queues, which only a database for several knows. Nothing is sent. */
@EnabledIf("io.heliograph.store.PostgresServer#isInstalled")
class LeasesTest {

    private static final AttemptResult OKAY = new AttemptResult.Delivered(new Answer(204, Optional.empty(), ""), Duration.ZERO);
    private static final long SOON_MS = 1_000;
    private static final long LATER_MS = 2_000;

    private StoreAddress address;

    @BeforeEach
    void freshSchema() throws Exception {
        address = PostgresServer.shared().freshSchema();
    }

    private static Endpoint endpoint(OutboxFixture fixture, Ordering ordering) {
        EndpointSpec spec = OutboxFixture.spec("https://hooks.example.com/in");
        return fixture.add(spec.withLimits(spec.limits().withOrdering(ordering)));
    }

    private static List<DueDelivery> claim(OutboxFixture fixture, Endpoint endpoint, long leaseMs, int most) {
        return fixture.store.write(sql -> DeliveryRows.claim(sql, endpoint.id(), Long.MAX_VALUE, leaseMs, most)).join();
    }

    private static void delivered(OutboxFixture fixture, List<DueDelivery> some) {
        List<Settlement> all = some.stream().map(one -> new Settlement(one, OKAY, 0, new Settlement.Next.Done(), Optional.empty())).toList();
        fixture.store.write(sql -> Settlement.writeAll(sql, all, fixture.outbox.endpoints(), Handover.NONE, 0)).join();
    }

    @Test
    void neverGiveTheSameToBoth() {
        try (OutboxFixture one = OutboxFixture.open(address)) {
            Endpoint endpoint = endpoint(one, Ordering.NONE);
            IntStream.range(0, 200).mapToObj(OutboxFixture::event).map(one.outbox::publish).toList().forEach(CompletableFuture::join);
            try (OutboxFixture two = OutboxFixture.open(address)) {
                var all = new ArrayList<Long>();
                for (int round = 0; round < 20; round++) {
                    List<CompletableFuture<List<DueDelivery>>> claiming = List.of(one, two).stream().map(fixture -> fixture.store.write(sql ->
                            DeliveryRows.claim(sql, endpoint.id(), Long.MAX_VALUE, SOON_MS, 7))).toList();
                    claiming.forEach(claim -> claim.join().forEach(due -> all.add(due.id())));
                }
                claim(one, endpoint, SOON_MS, 200).forEach(due -> all.add(due.id()));
                assertThat(all).doesNotHaveDuplicates().hasSize(200);
                one.assertLaw();
            }
        }
    }

    @Test
    void giveBackWhatOneLetsLapseAndNothingElse() {
        try (OutboxFixture one = OutboxFixture.open(address)) {
            Endpoint endpoint = endpoint(one, Ordering.NONE);
            IntStream.range(0, 6).forEach(i -> one.outbox.publish(OutboxFixture.event(i)).join());
            List<DueDelivery> soon = claim(one, endpoint, SOON_MS, 3);
            List<DueDelivery> later = claim(one, endpoint, LATER_MS, 3);
            try (OutboxFixture two = OutboxFixture.open(address)) {
                assertThat(two.store.write(sql -> DeliveryRows.releaseLeasedUntil(sql, SOON_MS - 1)).join()).isEmpty();
                assertThat(claim(two, endpoint, LATER_MS, 6)).isEmpty();
                assertThat(two.store.write(sql -> DeliveryRows.releaseLeasedUntil(sql, SOON_MS)).join()).containsExactly(endpoint.id());
                assertThat(claim(two, endpoint, LATER_MS, 6)).extracting(DueDelivery::id)
                        .containsExactlyElementsOf(soon.stream().map(DueDelivery::id).toList());
                delivered(one, later);
                assertThat(two.sums(endpoint).delivered()).isEqualTo(3);
                two.assertLaw();
            }
        }
    }

    @Test
    void countOnceWhatBothHaveSent() {
        try (OutboxFixture one = OutboxFixture.open(address)) {
            Endpoint endpoint = endpoint(one, Ordering.NONE);
            one.outbox.publish(OutboxFixture.event(1)).join();
            List<DueDelivery> slow = claim(one, endpoint, SOON_MS, 1);
            try (OutboxFixture two = OutboxFixture.open(address)) {
                two.store.write(sql -> DeliveryRows.releaseLeasedUntil(sql, SOON_MS)).join();
                List<DueDelivery> again = claim(two, endpoint, LATER_MS, 1);
                assertThat(again.getFirst().message()).isEqualTo(slow.getFirst().message());
                delivered(one, slow);
                delivered(two, again);
                assertThat(two.sums(endpoint).delivered()).isEqualTo(1);
                assertThat(two.sums(endpoint).waiting()).isZero();
                assertThat(two.outbox.attempts(endpoint.id(), Long.MAX_VALUE, 10)).as("both were made").hasSize(2);
                two.assertLaw();
            }
        }
    }

    @Test
    void keepTheOrderOfAKeyThatOneStoresAndTheOtherTakes() {
        try (OutboxFixture one = OutboxFixture.open(address)) {
            Endpoint endpoint = endpoint(one, Ordering.KEY);
            try (OutboxFixture two = OutboxFixture.open(address)) {
                for (int i = 0; i < 10; i++) {
                    OutboxFixture publisher = i % 2 == 0 ? one : two;
                    publisher.outbox.publish(Event.builder("t").id("e-" + i).subject("k").build()).join();
                }
                var taken = new HashSet<Long>();
                long last = 0;
                for (int i = 0; i < 10; i++) {
                    OutboxFixture taker = i % 3 == 0 ? one : two;
                    List<DueDelivery> due = claim(taker, endpoint, SOON_MS, 10);
                    assertThat(due).as("delivery %d", i).hasSize(1);
                    assertThat(claim(taker == one ? two : one, endpoint, SOON_MS, 10)).as("beside delivery %d", i).isEmpty();
                    assertThat(due.getFirst().id()).isGreaterThan(last);
                    last = due.getFirst().id();
                    taken.add(last);
                    delivered(taker, due);
                }
                assertThat(taken).hasSize(10);
                two.assertLaw();
            }
        }
    }
}
