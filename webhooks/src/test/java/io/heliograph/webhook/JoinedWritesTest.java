package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.NoticeListener;
import io.heliograph.PublishResult;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.spi.Environment;
import io.heliograph.store.SqlStore;
import io.heliograph.store.Statements;
import io.heliograph.store.StoreAddress;
import io.heliograph.store.StoreBusyException;
import io.heliograph.store.StoreLimits;
import io.heliograph.testkit.ManualClock;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Others' rows beside the outbox's events, and the outbox's events beside others' rows. */
class JoinedWritesTest {

    @TempDir
    private Path folder;

    private static EndpointSpec deaf() {
        return OutboxFixture.spec("http://127.0.0.1:9/").withTopics(List.of(TopicFilter.of("nothing.here")));
    }

    private SqlStore store() {
        return SqlStore.open(StoreAddress.parse(folder.toString()), List.of(Outbox.schema()), StoreLimits.DEFAULT, Environment.system());
    }

    private static Outbox outbox(SqlStore store, OutboxObserver observer, Environment environment) {
        return Outbox.open(store, SecretSeal.of(List.of(OutboxFixture.MASTER), new SecureRandom()), Conditions.NONE, observer,
                OutboxConfig.defaults().withRetention(Duration.ofDays(1)), environment);
    }

    /** Notes the rows it is told of, in a table of its own. */
    private static final class Noting implements OutboxObserver {
        private boolean isFull;

        @Override
        public void stored(Statements sql, List<StoredEvent> events) throws SQLException {
            for (StoredEvent event : events) {
                sql.update("INSERT INTO noted (row, tenant, topic) VALUES (?, ?, ?)", event.row(), event.tenant(), event.event().topic());
            }
            if (isFull) {
                throw new StoreBusyException("1 event waits already");
            }
        }

        @Override
        public List<Long> needed(Statements sql, List<Long> rows) throws SQLException {
            return sql.rows("SELECT row FROM noted", row -> row.getLong(1));
        }
    }

    private static void createNoted(SqlStore store) {
        store.write(sql -> sql.update("CREATE TABLE noted (row BIGINT, tenant TEXT, topic TEXT)")).join();
    }

    private static List<String> noted(SqlStore store) {
        return store.read(sql -> sql.rows("SELECT n.tenant || ' ' || e.event_id FROM noted n JOIN webhooks_event e ON e.id = n.row"
                + " AND e.topic = n.topic ORDER BY n.row", row -> row.getString(1)));
    }

    @Test
    void writesAnObserversRowsWithTheEventHoweverItIsPublished() throws Exception {
        try (SqlStore store = store(); Outbox outbox = outbox(store, new Noting(), Environment.system())) {
            createNoted(store);
            outbox.publish("a", OutboxFixture.event(1), Optional.empty()).join();
            outbox.publish("a", OutboxFixture.event(1), Optional.empty()).join();
            outbox.publishAll("b", List.of(OutboxFixture.event(1), OutboxFixture.event(2)), Optional.empty()).join();
            var many = new ArrayList<CompletableFuture<Publication>>();
            for (int i = 10; i < 30; i++) {
                many.add(outbox.publish("c", OutboxFixture.event(i), Optional.empty()));
            }
            many.forEach(CompletableFuture::join);
            assertThat(noted(store)).startsWith("a o-1", "b o-1", "b o-2", "c o-10").endsWith("c o-29").hasSize(23);
        }
    }

    @Test
    void refusesAnEventWhoseObserverHasNoRoom() {
        var observer = new Noting();
        try (SqlStore store = store(); Outbox outbox = outbox(store, observer, Environment.system())) {
            createNoted(store);
            observer.isFull = true;
            Publication refused = outbox.publish(OutboxFixture.event(1)).join();
            assertThat(refused.result()).isEqualTo(PublishResult.BACK_PRESSURED);
            assertThat(refused.detail()).contains("1 event waits already");
            assertThat(noted(store)).isEmpty();
            observer.isFull = false;
            assertThat(outbox.publish(OutboxFixture.event(1)).join().novelty()).isEqualTo(Publication.Novelty.NEW);
            assertThat(outbox.sums().refused()).isEqualTo(1);
            assertThat(outbox.sums().difference()).isZero();
        }
    }

    @Test
    void keepsAnOldEventThatAnObserverNeeds() {
        var clock = new ManualClock();
        var environment = new Environment(clock, clock, new SecureRandom(), NoticeListener.NONE);
        try (SqlStore store = store(); Outbox outbox = outbox(store, new Noting(), environment)) {
            createNoted(store);
            outbox.publish(OutboxFixture.event(1)).join();
            clock.advance(Duration.ofDays(2));
            assertThat(outbox.removeOld().join()).isZero();
            store.write(sql -> sql.update("DELETE FROM noted")).join();
            assertThat(outbox.removeOld().join()).isEqualTo(1);
        }
    }

    @Test
    void storesEventsForNamedEndpointsInsideAnothersWrite() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            Endpoint named = fixture.add(deaf());
            Endpoint wanting = fixture.add(OutboxFixture.spec("http://127.0.0.1:9/"));
            Endpoint other = fixture.add(deaf());
            Endpoint strange = fixture.outbox.endpoints().add("strange", deaf()).join();
            var heard = new ArrayList<String>();
            fixture.outbox.follow(published -> heard.add(published.event().id().orElseThrow()));
            OutboxWrite written = fixture.store.write(sql -> {
                OutboxWrite events = fixture.outbox.join(sql);
                events.add("default", OutboxFixture.event(1), Set.of(named.id(), strange.id(), "ep_gone"));
                events.add("default", OutboxFixture.event(2), Set.of());
                events.add("default", OutboxFixture.event(1), Set.of(named.id()));
                assertThat(events.finish()).extracting(Publication::novelty).containsExactly(Publication.Novelty.NEW,
                        Publication.Novelty.NEW, Publication.Novelty.REPEATED);
                return events;
            }).join();
            written.committed();
            assertThat(fixture.sums(named).known()).isEqualTo(1);
            assertThat(fixture.sums(wanting).known()).isEqualTo(2);
            assertThat(fixture.sums(other).known()).isZero();
            assertThat(fixture.sums(strange).known()).isZero();
            assertThat(heard).containsExactly("o-1", "o-2");
            assertThat(fixture.outbox.sums().accepted()).isEqualTo(3);
            fixture.assertLaw();
        }
    }

    @Test
    void undoesJoinedEventsWithTheWriteTheyAreIn() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            Endpoint named = fixture.add(deaf());
            assertThatThrownBy(() -> fixture.store.write(sql -> {
                OutboxWrite events = fixture.outbox.join(sql);
                events.add("default", OutboxFixture.event(1), Set.of(named.id()));
                events.finish();
                throw new IllegalStateException("undone");
            }).join()).hasRootCauseMessage("undone");
            assertThat(fixture.count("SELECT count(*) FROM webhooks_event")).isZero();
            assertThat(fixture.sums(named).known()).isZero();
            fixture.assertLaw();
        }
    }

    @Test
    void turnsOnlyTheJoinedEventAwayThatAnEndpointHasNoRoomFor() {
        try (OutboxFixture fixture = OutboxFixture.open(folder)) {
            Endpoint narrow = fixture.add(deaf().withPolicy(FlowPolicy.backPressure(new Limit(1, 1 << 20), Duration.ofSeconds(1))));
            List<PublishResult> results = fixture.store.write(sql -> {
                OutboxWrite events = fixture.outbox.join(sql);
                events.add("default", OutboxFixture.event(1), Set.of(narrow.id()));
                events.add("default", OutboxFixture.event(2), Set.of(narrow.id()));
                events.add("default", OutboxFixture.event(3), Set.of());
                return events.finish().stream().map(Publication::result).toList();
            }).join();
            assertThat(results).containsExactly(PublishResult.ACCEPTED, PublishResult.BACK_PRESSURED, PublishResult.ACCEPTED);
            assertThat(fixture.count("SELECT count(*) FROM webhooks_event")).isEqualTo(2);
            fixture.assertLaw();
        }
    }
}
