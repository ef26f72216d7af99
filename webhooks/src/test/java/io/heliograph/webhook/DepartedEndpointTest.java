package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.Event;
import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.NoticeListener;
import io.heliograph.TopicFilter;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.store.PostgresServer;
import io.heliograph.store.Statements;
import io.heliograph.testkit.ManualClock;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of events that wait for an endpoint, and of its sums, when it is removed. */
class DepartedEndpointTest {

    private static final String OKAY = TestReceiver.answer(204, "", "");
    private static final String URL = "https://hooks.example.com/in";

    @TempDir
    private Path folder;

    private static EndpointSums departed(OutboxFixture fixture) {
        EndpointSums sums = fixture.outbox.endpoints().sumsOfRemoved("default");
        assertThat(sums.difference()).as("%s", sums).isZero();
        return sums;
    }

    private static List<String> endpointsOf(OutboxFixture fixture, int event) {
        return fixture.outbox.trace("default", "o-" + event).orElseThrow().deliveries().stream().map(EventTrace.Leg::endpoint).toList();
    }

    @Test
    void handsWhatWaitsForARemovedMemberOnToOthersThatWantIt() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            handsOn(fixture);
        }
    }

    @Test
    @EnabledIf("io.heliograph.store.PostgresServer#isInstalled")
    void doesTheSameOnPostgreSql() throws SQLException {
        try (OutboxFixture fixture = OutboxFixture.open(PostgresServer.shared().freshSchema())) {
            handsOn(fixture);
        }
    }

    @Test
    void saysSoWhenItCannotTakeLeaveAndGoesOnLater() {
        var notices = new CopyOnWriteArrayList<Notice>();
        var clock = new ManualClock();
        try (OutboxFixture fixture = OutboxFixture.open(folder, clock, OutboxConfig.defaults(), notices::add)) {
            Endpoint leaving = fixture.add(OutboxFixture.spec(URL));
            fixture.outbox.publish(OutboxFixture.event(1)).join();
            fixture.store.write(sql -> sql.update("ALTER TABLE webhooks_departed RENAME TO elsewhere")).join();
            fixture.outbox.endpoints().remove(leaving.id()).join();
            assertThat(notices).anySatisfy(notice -> assertThat(notice.toString()).contains(leaving.id(), "tried again"));

            fixture.store.write(sql -> sql.update("ALTER TABLE elsewhere RENAME TO webhooks_departed")).join();
            fixture.outbox.endpoints().goOnRemoving();
            await().atMost(Duration.ofSeconds(20)).until(() -> departed(fixture).lost().containsKey(LossReason.LEFT));
            assertThat(departed(fixture).known()).isEqualTo(1);
        }
    }

    private static void handsOn(OutboxFixture fixture) {
        Endpoint leaving = fixture.add(OutboxFixture.spec(URL).withGroup("g"));
        Endpoint one = fixture.add(OutboxFixture.spec(URL).withGroup("g"));
        Endpoint two = fixture.add(OutboxFixture.spec(URL).withGroup("g"));
        fixture.add(OutboxFixture.spec(URL).withGroup("another"));
        for (int i = 0; i < 30; i++) {
            fixture.outbox.publish(OutboxFixture.event(i)).join();
        }
        // Some are under way, and one is due much later.
        assertThat(fixture.claim(leaving, 3)).hasSize(3);
        assertThat(fixture.store.write(sql -> sql.update("UPDATE webhooks_delivery SET due_ms = ? WHERE id = (SELECT max(id) FROM"
                + " webhooks_delivery WHERE endpoint = ?)", Long.MAX_VALUE, leaving.id())).join()).isEqualTo(1);
        fixture.outbox.endpoints().remove(leaving.id()).join();

        assertThat(departed(fixture)).isEqualTo(new EndpointSums(10, 10, 0, 0, Map.of(), 0, 0, 0, 0));
        assertThat(fixture.sums(one).waiting() + fixture.sums(two).waiting()).isEqualTo(30);
        assertThat(fixture.sums(one).waiting()).isBetween(11L, 19L);
        assertThat(fixture.store.write(sql -> DeliveryRows.claim(sql, one.id(), fixture.outbox.nowMs(), Long.MAX_VALUE, 30).size()
                + DeliveryRows.claim(sql, two.id(), fixture.outbox.nowMs(), Long.MAX_VALUE, 30).size()).join()).isEqualTo(30);
        assertThat(fixture.count("SELECT count(*) FROM webhooks_endpoint")).isEqualTo(3);
        fixture.assertLaw();
    }

    @Test
    void handsOnOnlyWhatTheOtherMemberWantsAndLosesTheRest() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            Endpoint leaving = fixture.add(OutboxFixture.spec(URL).withGroup("g"));
            Endpoint other = fixture.add(OutboxFixture.spec(URL).withGroup("g").withTopics(List.of(TopicFilter.of("orders.*"))));
            fixture.outbox.endpoints().pause(other.id()).join();
            fixture.outbox.publish(OutboxFixture.event(1)).join();
            fixture.outbox.publish(Event.builder("stock.low").id("o-2").build()).join();
            fixture.outbox.endpoints().remove(leaving.id()).join();

            assertThat(endpointsOf(fixture, 1)).containsExactly(other.id());
            assertThat(fixture.sums(other).waiting()).isEqualTo(1);
            assertThat(departed(fixture).lost()).isEqualTo(Map.of(LossReason.LEFT, 1L));
            assertThat(departed(fixture).handedOn()).isEqualTo(1);
            fixture.assertLaw();
        }
    }

    @Test
    void losesNothingOfAGroupWhileAMemberIsRemovedAndOthersPublish() throws Exception {
        var mayAnswer = new CountDownLatch(1);
        try (TestReceiver slow = TestReceiver.start(connection -> {
                    while (connection.read().isPresent()) {
                        awaitQuietly(mayAnswer);
                        connection.write(OKAY);
                    }
                });
                TestReceiver working = TestReceiver.answering(OKAY);
                WebhookClient client = WebhookClientFixture.client();
                OutboxFixture fixture = OutboxFixture.open(folder);
                Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
            Endpoint leaving = fixture.add(OutboxFixture.spec(slow.url()).withGroup("g"));
            Endpoint staying = fixture.add(OutboxFixture.spec(working.url()).withGroup("g"));
            var published = new ArrayList<CompletableFuture<Publication>>();
            CompletableFuture<Void> removed = CompletableFuture.allOf();
            for (int i = 0; i < 600; i++) {
                published.add(fixture.outbox.publish(OutboxFixture.event(i)));
                if (i == 300) {
                    Soon.until(() -> slow.accepted() > 0);
                    removed = fixture.outbox.endpoints().remove(leaving.id());
                }
            }
            removed.join();
            published.forEach(CompletableFuture::join);
            Soon.until(() -> fixture.sums(staying).delivered() == 600);
            mayAnswer.countDown();
            Soon.until(() -> deliveries.underWay() == 0);
            EndpointSums left = departed(fixture);
            assertThat(left.handedOn()).isEqualTo(left.known()).isBetween(1L, 301L);
            assertThat(fixture.sums(staying).known()).isEqualTo(600);
            fixture.assertLaw();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void countsWhatWaitsForALoneEndpointAsLostAndTellsItInTheTrace() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            Endpoint endpoint = fixture.add(OutboxFixture.spec(URL).withLimits(EndpointLimits.defaults().withOrdering(Ordering.ENDPOINT)));
            for (int i = 0; i < 4; i++) {
                fixture.outbox.publish(OutboxFixture.event(i)).join();
            }
            fixture.outbox.endpoints().remove(endpoint.id()).join();

            assertThat(departed(fixture).asSubscriber()).isEqualTo(new SubscriberSums(4, 0, 0, Map.of(LossReason.LEFT, 4L), 0, 0, 0, 0));
            EventTrace.Leg leg = fixture.outbox.trace("default", "o-3").orElseThrow().deliveries().getFirst();
            assertThat(leg.endpoint()).isEqualTo(endpoint.id());
            assertThat(leg.state()).isEqualTo("lost");
            assertThat(leg.reason()).isEqualTo(Optional.of("left"));
            assertThat(fixture.outbox.endpoints().sumsOf("default")).isEmpty();
            assertThat(fixture.outbox.endpoints().sumsOfRemoved("another").known()).isZero();
        }
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            Endpoint another = fixture.add(OutboxFixture.spec(URL));
            fixture.outbox.publish(OutboxFixture.event(5)).join();
            fixture.outbox.endpoints().remove(another.id()).join();
            assertThat(departed(fixture).lost()).isEqualTo(Map.of(LossReason.LEFT, 5L));
        }
    }

    @Test
    void goesOnWithARemovalThatAProcessBeforeItHasBegun() {
        String marked;
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            Endpoint endpoint = fixture.add(OutboxFixture.spec(URL));
            var published = new ArrayList<CompletableFuture<Publication>>();
            for (int i = 0; i < 1_200; i++) {
                published.add(fixture.outbox.publish(OutboxFixture.event(i)));
            }
            published.forEach(CompletableFuture::join);
            marked = endpoint.id();
            // As it is on disk when a process is killed in the middle.
            fixture.store.write(sql -> sql.update("UPDATE webhooks_endpoint SET state = ? WHERE id = ?", Departures.LEAVING, marked)).join();
            assertThat(departed(fixture).waiting()).isEqualTo(1_200);
        }
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            assertThat(fixture.outbox.endpoints().find(marked)).isEmpty();
            Soon.until(() -> fixture.count("SELECT count(*) FROM webhooks_endpoint") == 0);
            assertThat(departed(fixture).lost()).isEqualTo(Map.of(LossReason.LEFT, 1_200L));
            assertThat(departed(fixture).waiting()).isZero();
            assertThat(fixture.count("SELECT count(*) FROM webhooks_delivery WHERE state <= 2")).isZero();
        }
    }

    @Test
    void freesWhatARemovalBeforeThisVersionLeftBehind() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            Endpoint endpoint = fixture.add(OutboxFixture.spec(URL));
            fixture.outbox.publish(OutboxFixture.event(1)).join();
            fixture.outbox.publish(OutboxFixture.event(2)).join();
            fixture.store.write(sql -> {
                backToVersion5(sql);
                return sql.update("DELETE FROM webhooks_endpoint WHERE id = ?", endpoint.id());
            }).join();
        }
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            assertThat(departed(fixture).lost()).isEqualTo(Map.of(LossReason.LEFT, 2L));
            assertThat(fixture.count("SELECT count(*) FROM webhooks_delivery WHERE state <= 2")).isZero();
        }
    }

    private static void backToVersion5(Statements sql) throws SQLException {
        for (String column : List.of("lost_left", "failed", "duplicates", "url_query")) {
            sql.update("ALTER TABLE webhooks_endpoint DROP COLUMN " + column);
        }
        sql.update("DROP TABLE webhooks_departed");
        sql.update("DROP TABLE webhooks_repeated_key");
        sql.update("DELETE FROM heliograph_migration WHERE room = 'webhooks' AND number > 5");
    }

    @Test
    void removesWhatIsLeftOverOnceTheStoreHasTimeForIt() throws Exception {
        var clock = new ManualClock();
        try (WebhookClient client = WebhookClientFixture.client();
                OutboxFixture fixture = OutboxFixture.open(folder, clock, OutboxConfig.defaults(), NoticeListener.NONE);
                Deliveries deliveries = Deliveries.start(fixture.outbox, client, fixture.environment)) {
            Endpoint endpoint = fixture.add(OutboxFixture.spec(URL));
            fixture.outbox.endpoints().pause(endpoint.id()).join();
            fixture.outbox.publish(OutboxFixture.event(1)).join();
            // The first few fail, as they do where the store's queue is full.
            fixture.store.write(sql -> sql.update("ALTER TABLE webhooks_departed RENAME TO elsewhere")).join();
            fixture.outbox.endpoints().remove(endpoint.id()).join();
            assertThat(fixture.count("SELECT waiting FROM webhooks_endpoint")).isEqualTo(1);
            fixture.store.write(sql -> sql.update("ALTER TABLE elsewhere RENAME TO webhooks_departed")).join();
            clock.advance(Duration.ofMinutes(2));
            Soon.until(() -> departed(fixture).lost().equals(Map.of(LossReason.LEFT, 1L)));
            assertThat(deliveries.underWay()).isZero();
        }
    }
}
