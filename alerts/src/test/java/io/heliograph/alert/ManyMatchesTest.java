package io.heliograph.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.PublishResult;
import io.heliograph.store.StoreLimits;
import io.heliograph.webhook.Publication;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events with many matches, and many events. */
class ManyMatchesTest {

    @TempDir
    private Path folder;

    private static void putMany(AlertsFixture fixture, int count, String query) {
        List<String> lines = IntStream.range(0, count).mapToObj(i -> "{\"id\":\"m-" + (10_000 + i) + "\",\"query\":\"" + query + "\"}").toList();
        assertThat(fixture.alerts.searches().importLines("default", 1, lines))
                .allMatch(outcome -> outcome instanceof SavedSearches.ImportOutcome.Done);
    }

    @Test
    void letsOthersComeInBetweenThePartsOfAnEventThatManySearchesMatch() {
        try (AlertsFixture fixture = AlertsFixture.in(folder).with(AlertsConfig.defaults().withSlice(50)).open()) {
            List<String> heard = new CopyOnWriteArrayList<>();
            fixture.alerts.follow(alert -> heard.add(alert.search()));
            putMany(fixture, 1_000, "title:house");
            fixture.put("one", "title:garden");
            var published = List.of(AlertsFixture.listing(1, "House", 1), AlertsFixture.listing(2, "Garden", 1));
            fixture.outbox.publishAll("default", published, Optional.empty()).join();
            fixture.awaitMatched();
            AlertsFixture.until(() -> heard.size() == 1_001);
            assertThat(heard.indexOf("one")).isLessThan(500);
            assertThat(new HashSet<>(heard)).hasSize(1_001);
            assertThat(fixture.count("SELECT count(*) FROM alerts_statistics WHERE matches = 1 AND alerts = 1")).isEqualTo(1_001);
            assertThat(fixture.alerts.matched().delivered()).isEqualTo(2);
            fixture.assertLaw();
        }
    }

    @Test
    void goesOnAfterTheLastPartThatWasWritten() {
        try (AlertsFixture fixture = AlertsFixture.in(folder).open()) {
            putMany(fixture, 100, "title:house");
            fixture.publish(AlertsFixture.listing(1, "House", 1));
            fixture.awaitMatched();
        }
        try (AlertsFixture fixture = AlertsFixture.in(folder).with(AlertsConfig.defaults().withSlice(7)).open()) {
            // As a process leaves it that is killed after some parts.
            fixture.store.write(sql -> {
                sql.update("DELETE FROM alerts_alert WHERE search > 'm-10039'");
                return sql.update("INSERT INTO alerts_pending (event, tenant, matched_to) SELECT id, tenant, 'm-10039' FROM webhooks_event");
            }).join();
            fixture.publish(AlertsFixture.listing(2, "Nothing", 1));
            fixture.awaitMatched();
            assertThat(fixture.given()).hasSize(100).doesNotHaveDuplicates();
            assertThat(fixture.count("SELECT sum(matches) FROM alerts_statistics")).isEqualTo(160);
            fixture.assertLaw();
        }
    }

    @Test
    void givesOneAlertForAMatchThatIsMadeAgain() {
        try (AlertsFixture fixture = AlertsFixture.in(folder).open()) {
            fixture.put("s", "title:house");
            fixture.publish(AlertsFixture.listing(1, "House", 1));
            fixture.awaitMatched();
            List<Alert> before = fixture.alerts();
            fixture.store.write(sql -> sql.update("INSERT INTO alerts_pending (event, tenant) SELECT id, tenant FROM webhooks_event")).join();
            fixture.publish(AlertsFixture.listing(2, "Nothing", 1));
            fixture.awaitMatched();
            assertThat(fixture.alerts()).isEqualTo(before);
            assertThat(before.getFirst().event().id()).contains(AlertEvents.id("s", "/listings", "l-1"));
        }
    }

    @Test
    void givesAnEventUpThatCannotBeReadAndMatchesTheOnesBehindIt() {
        List<Notice> notices = new CopyOnWriteArrayList<>();
        try (AlertsFixture fixture = AlertsFixture.in(folder).telling(notices::add).open()) {
            fixture.publish(AlertsFixture.listing(1, "House", 1));
            fixture.put("s", "title:house");
            fixture.store.write(sql -> {
                sql.update("UPDATE webhooks_event SET content = ?", new byte[] {'{'});
                return sql.update("INSERT INTO alerts_pending (event, tenant) SELECT id, tenant FROM webhooks_event");
            }).join();
            fixture.publish(AlertsFixture.listing(2, "House", 1));
            fixture.awaitMatched();
            assertThat(fixture.given()).containsExactly("s l-2");
            assertThat(fixture.alerts.matched().lost()).isEqualTo(Map.of(LossReason.UNREADABLE, 1L));
            assertThat(notices).singleElement().asString().contains("cannot be read");
            fixture.assertLaw();
        }
    }

    @Test
    void refusesEventsWhileTheStoreIsFullAndLosesNone() {
        long accepted;
        try (AlertsFixture fixture = AlertsFixture.in(folder).with(StoreLimits.DEFAULT.withMaxBytes(2 << 20)).open()) {
            fixture.put("s", "price:[0 TO *]");
            String title = "x".repeat(10_000);
            var publications = new ArrayList<CompletableFuture<Publication>>();
            for (int i = 0; i < 400; i++) {
                publications.add(fixture.outbox.publish("default", AlertsFixture.listing(i, title, i), Optional.empty()));
            }
            List<PublishResult> results = publications.stream().map(one -> one.join().result()).toList();
            assertThat(results).contains(PublishResult.ACCEPTED, PublishResult.BACK_PRESSURED);
            accepted = results.stream().filter(PublishResult.ACCEPTED::equals).count();
        }
        // Its operator raises the limit.
        try (AlertsFixture larger = AlertsFixture.in(folder).open()) {
            larger.awaitMatched();
            assertThat(larger.count("SELECT count(*) FROM alerts_alert")).isEqualTo(accepted);
            larger.assertLaw();
        }
    }
}
