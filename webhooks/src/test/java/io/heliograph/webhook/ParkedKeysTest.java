package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.EventBuilder;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.store.PostgresServer;
import io.heliograph.store.StoreAddress;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Of each key at most one delivery may go at a time, the oldest, whatever becomes of those before it. Nothing is sent: what claims, leases
 * and outcomes do to the queue is done by hand, in an order that a seed decides.
 */
class ParkedKeysTest {

    private static final int STEPS = 60;
    private static final AttemptResult OKAY = new AttemptResult.Delivered(new Answer(204, Optional.empty(), ""), Duration.ZERO);
    private static final AttemptResult NOT_OKAY = new AttemptResult.Failed(FailureReason.STATUS, "500",
            Optional.of(new Answer(500, Optional.empty(), "")), Duration.ZERO);

    @TempDir
    Path folder;

    private record Waiting(long id, Optional<String> key, int state) {
    }

    /** A queue by key, which gives up the oldest, and one in the order of its events, under a seed. */
    private static final class Run {
        private final SplittableRandom random;
        private final OutboxFixture fixture;
        private final List<Endpoint> endpoints;
        private final List<DueDelivery> held = new ArrayList<>();
        private int published;

        Run(long seed, OutboxFixture fixture) {
            this.random = new SplittableRandom(seed);
            this.fixture = fixture;
            EndpointSpec spec = OutboxFixture.spec("https://hooks.example.com/in");
            this.endpoints = List.of(
                    fixture.add(spec.withLimits(spec.limits().withOrdering(Ordering.KEY)).withPolicy(FlowPolicy.dropOldest(Limit.events(12)))),
                    fixture.add(spec.withLimits(spec.limits().withOrdering(Ordering.ENDPOINT))));
        }

        void step() {
            switch (random.nextInt(9)) {
                case 0, 1 -> publishTogether(1 + random.nextInt(8));
                case 2 -> fixture.outbox.publishAll(Outbox.DEFAULT_TENANT, events(1 + random.nextInt(8)), Optional.empty()).join();
                case 3, 4 -> claim(1 + random.nextInt(5));
                case 5 -> settle(OKAY, new Settlement.Next.Done());
                case 6 -> settle(NOT_OKAY, new Settlement.Next.Again(fixture.outbox.nowMs()));
                case 7 -> settle(NOT_OKAY, new Settlement.Next.GivenUp());
                default -> giveBack();
            }
        }

        private List<Event> events(int count) {
            var events = new ArrayList<Event>();
            for (int i = 0; i < count; i++) {
                EventBuilder event = Event.builder("t").id("e-" + published++);
                events.add(random.nextInt(10) == 0 ? event.build() : event.subject("k" + random.nextInt(5)).build());
            }
            return events;
        }

        /** The store's writer makes groups of them as it likes. */
        private void publishTogether(int count) {
            List<CompletableFuture<Publication>> all = events(count).stream().map(fixture.outbox::publish).toList();
            all.forEach(CompletableFuture::join);
        }

        private void claim(int most) {
            held.addAll(fixture.claim(endpoints.get(random.nextInt(2)), most));
        }

        private void settle(AttemptResult result, Settlement.Next next) {
            List<Settlement> some = some().stream()
                    .map(one -> new Settlement(one, result, fixture.outbox.nowMs(), next, Optional.empty())).toList();
            if (!some.isEmpty()) {
                fixture.store.write(sql -> Settlement.writeAll(sql, some, fixture.outbox.endpoints(), Handover.NONE, 0)).join();
            }
        }

        private void giveBack() {
            List<Long> some = some().stream().map(DueDelivery::id).toList();
            fixture.store.write(sql -> {
                DeliveryRows.release(sql, some);
                return some;
            }).join();
        }

        private List<DueDelivery> some() {
            var some = new ArrayList<DueDelivery>();
            for (int left = random.nextInt(held.size() + 1); left > 0; left--) {
                some.add(held.remove(random.nextInt(held.size())));
            }
            return some;
        }

        void check(String when) {
            for (Endpoint endpoint : endpoints) {
                Set<String> seen = new HashSet<>();
                for (Waiting one : waiting(endpoint)) {
                    boolean isFirst = one.key.isEmpty() || seen.add(one.key.get());
                    assertThat(one.state == 2).as("%s: whether %s is parked", when, one).isEqualTo(!isFirst);
                }
            }
            fixture.assertLaw();
        }

        private List<Waiting> waiting(Endpoint endpoint) {
            return fixture.store.read(sql -> sql.rows("SELECT id, order_key, state FROM webhooks_delivery WHERE endpoint = ? AND state <= 2"
                    + " ORDER BY id", row -> new Waiting(row.getLong(1), Optional.ofNullable(row.getString(2)), row.getInt(3)), endpoint.id()));
        }

        /** All that is left can go. */
        void finish() {
            for (int round = 0; round < 10_000 && endpoints.stream().anyMatch(one -> fixture.sums(one).waiting() > 0); round++) {
                claim(100);
                settle(OKAY, new Settlement.Next.Done());
            }
            endpoints.forEach(endpoint -> assertThat(fixture.sums(endpoint).waiting()).isZero());
            assertThat(fixture.sums(endpoints.get(1)).known()).isEqualTo(published);
            assertThat(fixture.sums(endpoints.get(0)).lost()).as("a seed under which nothing was given up proves less").isNotEmpty();
        }
    }

    private static void run(long seed, StoreAddress address) {
        try (OutboxFixture fixture = OutboxFixture.open(address)) {
            var run = new Run(seed, fixture);
            for (int i = 0; i < STEPS; i++) {
                run.step();
                run.check("seed " + seed + ", step " + i);
            }
            run.finish();
            run.check("seed " + seed + ", end");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void onlyTheFirstOfEachKeyMayGo(long seed) {
        run(seed, StoreAddress.parse(folder.toString()));
    }

    @Test
    @EnabledIf("io.heliograph.store.PostgresServer#isInstalled")
    void onlyTheFirstOfEachKeyMayGoOnPostgresToo() throws Exception {
        run(4, PostgresServer.shared().freshSchema());
    }

    @Test
    void whatWaitsBehindOneThatGotAnOrderOnItsWayIsFreedOnceThatIsDelivered() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            EndpointSpec spec = OutboxFixture.spec("https://hooks.example.com/in");
            Endpoint endpoint = fixture.add(spec);
            fixture.outbox.publish(Event.builder("t").subject("k").build()).join();
            fixture.outbox.publish(Event.builder("t").subject("k").build()).join();
            DueDelivery first = fixture.claim(endpoint, 1).getFirst();
            fixture.outbox.endpoints().update(endpoint.id(), one -> one.withLimits(one.limits().withOrdering(Ordering.KEY))).join();
            assertThat(fixture.claim(endpoint, 10)).as("parked behind the first").isEmpty();

            var settlement = new Settlement(first, OKAY, 0, new Settlement.Next.Done(), Optional.empty());
            fixture.store.write(sql -> Settlement.writeAll(sql, List.of(settlement), fixture.outbox.endpoints(), Handover.NONE, 0)).join();
            assertThat(fixture.claim(endpoint, 10)).hasSize(1);
            fixture.assertLaw();
        }
    }

    @Test
    void aWriteKnowsWhatWaitsAndWhatItHasPlannedItself() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            EndpointSpec spec = OutboxFixture.spec("https://hooks.example.com/in");
            Endpoint endpoint = fixture.add(spec.withLimits(spec.limits().withOrdering(Ordering.KEY)));
            for (String key : List.of("waits", "done", "many-1999")) {
                fixture.outbox.publish(Event.builder("t").subject(key).build()).join();
            }
            DueDelivery done = fixture.claim(endpoint, 10).stream()
                    .filter(one -> one.orderKey().equals(Optional.of("done"))).findFirst().orElseThrow();
            var settlement = new Settlement(done, OKAY, 0, new Settlement.Next.Done(), Optional.empty());
            fixture.store.write(sql -> Settlement.writeAll(sql, List.of(settlement), fixture.outbox.endpoints(), Handover.NONE, 0)).join();

            fixture.store.write(sql -> {
                var keys = new BusyKeys(sql);
                assertThat(keys.last(endpoint.id(), "waits")).isEqualTo(BusyKeys.Last.CLAIMED);
                assertThat(keys.last(endpoint.id(), "done")).as("what was delivered is in nobody's way").isEqualTo(BusyKeys.Last.NONE);
                keys.add(endpoint.id(), "done", BusyKeys.Last.WAITING);
                assertThat(keys.last(endpoint.id(), "done")).as("but the one that this write has planned is").isEqualTo(BusyKeys.Last.WAITING);
                assertThat(keys.last("another", "waits")).as("a key is its endpoint's").isEqualTo(BusyKeys.Last.NONE);
                keys.forget();
                assertThat(keys.last(endpoint.id(), "done")).as("as the tables say: nothing was written").isEqualTo(BusyKeys.Last.NONE);

                var many = new HashSet<String>();
                for (int i = 0; i < 2_000; i++) {
                    many.add("many-" + i);
                }
                keys.ask(endpoint.id(), many);
                assertThat(many.stream().filter(key -> isBusy(keys, endpoint, key))).containsExactly("many-1999");
                return many;
            }).join();
        }
    }

    private static boolean isBusy(BusyKeys keys, Endpoint endpoint, String key) {
        try {
            return keys.last(endpoint.id(), key) != BusyKeys.Last.NONE;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
