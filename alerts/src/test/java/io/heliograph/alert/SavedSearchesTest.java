package io.heliograph.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.Event;
import io.heliograph.search.Field;
import io.heliograph.search.FieldType;
import io.heliograph.search.QueryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SavedSearchesTest {

    @TempDir
    private Path folder;

    @Test
    void keepsSearchesOverARestart() {
        SavedSearch saved;
        try (AlertsFixture fixture = AlertsFixture.in(folder).open()) {
            saved = fixture.put("gardens", SearchSpec.of("title:garden").withTags(List.of("a", "b")));
            fixture.put("gone", "*:*");
            assertThat(fixture.alerts.searches().delete("default", "gone", Expectation.ANYTHING).join()).isTrue();
            assertThat(fixture.alerts.searches().delete("default", "gone", Expectation.ANYTHING).join()).isFalse();
        }
        try (AlertsFixture fixture = AlertsFixture.in(folder).open()) {
            assertThat(fixture.alerts.searches().get("default", "gardens")).contains(saved);
            assertThat(fixture.alerts.searches().get("default", "gone")).isEmpty();
            assertThat(fixture.alerts.readiness().searches()).isEqualTo(1);
            fixture.publish(AlertsFixture.listing(1, "garden", 1));
            fixture.awaitMatched();
            assertThat(fixture.given()).containsExactly("gardens l-1");
        }
    }

    @Test
    void matchesTheNextEventAfterAPutAndNoneAfterADelete() {
        try (AlertsFixture fixture = AlertsFixture.in(folder).open()) {
            for (int i = 0; i < 30; i++) {
                fixture.put("s", "price:[" + i + " TO " + i + "]");
                fixture.publish(AlertsFixture.listing(i, "garden", i));
                fixture.put("s", "price:[1000 TO *]");
                fixture.publish(AlertsFixture.listing(100 + i, "garden", i));
                fixture.alerts.searches().delete("default", "s", Expectation.ANYTHING).join();
                fixture.publish(AlertsFixture.listing(200 + i, "garden", 2000));
            }
            fixture.awaitMatched();
            // What is published before a change may be matched after it, so one that is replaced may have found nothing; but nothing wrong.
            assertThat(fixture.given()).allMatch(one -> one.matches("s l-\\d\\d?"));
            fixture.put("s", "price:[5 TO 5]");
            fixture.publish(AlertsFixture.listing(300, "garden", 5));
            fixture.awaitMatched();
            assertThat(fixture.given()).endsWith("s l-300");
            fixture.alerts.searches().delete("default", "s", Expectation.ANYTHING).join();
            fixture.publish(AlertsFixture.listing(301, "garden", 5));
            fixture.awaitMatched();
            assertThat(fixture.given()).endsWith("s l-300");
        }
    }

    @Test
    void keepsAFieldAsAQueryHasImpliedItUntilSomebodyDeclaresIt() {
        try (AlertsFixture fixture = AlertsFixture.in(folder).open()) {
            fixture.put("word", "n:word");
            fixture.put("range", "n:[1 TO 5]");
            fixture.put("whole", "m:[1 TO 5]");
            fixture.publish(Event.json("t", "{\"n\": 2.5, \"m\": 2.5}"));
            fixture.awaitMatched();
            assertThat(fixture.alerts()).extracting(Alert::search).containsExactly("range", "whole");
        }
        try (AlertsFixture fixture = AlertsFixture.in(folder).open()) {
            fixture.put("third", "n:[2 TO 3]");
            fixture.publish(Event.json("t", "{\"n\": 2.5, \"m\": 2.5}"));
            fixture.awaitMatched();
            assertThat(fixture.alerts()).extracting(Alert::search).containsExactly("range", "whole", "range", "third", "whole");
            fixture.alerts.searches().declare("default", List.of(Field.of("n", FieldType.TEXT))).join();
        }
        try (AlertsFixture fixture = AlertsFixture.in(folder).open()) {
            assertThatThrownBy(() -> fixture.put("fourth", "n:[2 TO 3]")).hasCauseInstanceOf(QueryException.class);
        }
    }

    @Test
    void changesASearchOnlyAtTheRevisionThatIsExpected() {
        try (AlertsFixture fixture = AlertsFixture.in(folder).open()) {
            SavedSearches searches = fixture.alerts.searches();
            SavedSearches.Put first = searches.put("default", "s", SearchSpec.of("a:1"), Expectation.ABSENCE).join();
            assertThat(first.isNew()).isTrue();
            assertThatThrownBy(() -> searches.put("default", "s", SearchSpec.of("a:2"), Expectation.ABSENCE).join())
                    .hasCauseInstanceOf(RevisionException.class).hasMessageContaining("revision " + first.search().revision());
            SavedSearches.Put second = searches.put("default", "s", SearchSpec.of("a:2"),
                    Expectation.revision(first.search().revision())).join();
            assertThat(second.isNew()).isFalse();
            assertThat(second.search().created()).isEqualTo(first.search().created());
            assertThatThrownBy(() -> searches.put("default", "s", SearchSpec.of("a:3"), Expectation.revision(first.search().revision())).join())
                    .hasCauseInstanceOf(RevisionException.class);
            assertThatThrownBy(() -> searches.delete("default", "s", Expectation.revision(first.search().revision())).join())
                    .hasCauseInstanceOf(RevisionException.class);
            assertThatThrownBy(() -> searches.delete("default", "t", Expectation.revision(7)).join())
                    .hasCauseInstanceOf(RevisionException.class);
            assertThat(searches.get("default", "s").orElseThrow().spec()).isEqualTo(SearchSpec.of("a:2"));
        }
    }

    @Test
    void listsSearchesByPagesAndTags() {
        try (AlertsFixture fixture = AlertsFixture.in(folder).open()) {
            for (int i = 0; i < 7; i++) {
                fixture.put("s" + i, SearchSpec.of("a:" + i).withTags(i % 2 == 0 ? List.of("even") : List.of()));
            }
            SavedSearches searches = fixture.alerts.searches();
            assertThat(searches.page("default", Optional.empty(), "", 3)).extracting(SavedSearch::id).containsExactly("s0", "s1", "s2");
            assertThat(searches.page("default", Optional.empty(), "s2", 9)).extracting(SavedSearch::id).containsExactly("s3", "s4", "s5", "s6");
            assertThat(searches.page("default", Optional.of("even"), "s0", 2)).extracting(SavedSearch::id).containsExactly("s2", "s4");
            fixture.put("s2", "a:2");
            assertThat(searches.page("default", Optional.of("even"), "", 9)).extracting(SavedSearch::id).containsExactly("s0", "s4", "s6");
            assertThat(searches.count("default")).isEqualTo(7);
            assertThat(searches.page("other", Optional.empty(), "", 9)).isEmpty();
        }
    }

    @Test
    void importsWhatItExportsAndTellsOfEachBadLine() {
        try (AlertsFixture fixture = AlertsFixture.in(folder).open()) {
            fixture.put("old", SearchSpec.of("title:old").withTags(List.of("t")));
            String exported = fixture.alerts.searches().get("default", "old").orElseThrow().toJson();
            List<String> lines = List.of(exported.replace("\"old\"", "\"new\""), "{\"id\": \"bad\", \"query\": \"(((\"}", "no JSON",
                    "{\"id\": \"two\", \"query\": {\"match\": {\"title\": \"garden\"}}}", "{\"query\": \"no:id\"}",
                    "{\"id\": \"x\", \"query\": \"a:1\", \"deliver\": [\"address:unknown\"]}");
            List<SavedSearches.ImportOutcome> outcomes = fixture.alerts.searches().importLines("default", 1, lines);
            assertThat(outcomes).extracting(SavedSearches.ImportOutcome::line).containsExactly(1, 2, 3, 4, 5, 6);
            assertThat(outcomes).extracting(outcome -> outcome instanceof SavedSearches.ImportOutcome.Refused(int line, RuntimeException reason)
                    ? reason.getClass().getSimpleName() : "").containsExactly("", "QueryException", "SearchSpecException", "",
                    "SearchSpecException", "SearchSpecException");
            assertThat(fixture.alerts.searches().get("default", "new").orElseThrow().spec().tags()).containsExactly("t");
            fixture.publish(AlertsFixture.listing(1, "garden old", 1));
            fixture.awaitMatched();
            assertThat(fixture.given()).containsExactly("new l-1", "old l-1", "two l-1");
        }
    }

    @Test
    void refusesMoreSearchesThanATenantMayHave() {
        AlertsConfig config = AlertsConfig.defaults().withSearchesPerTenant(2);
        try (AlertsFixture fixture = AlertsFixture.in(folder).with(config).open()) {
            fixture.put("a", "x:1");
            fixture.put("b", "x:2");
            fixture.put("b", "x:3");
            assertThatThrownBy(() -> fixture.put("c", "x:3")).hasCauseInstanceOf(QuotaException.class).hasMessageContaining("searchesPerTenant");
            fixture.alerts.searches().put("other", "c", SearchSpec.of("x:3"), Expectation.ANYTHING).join();
            fixture.alerts.searches().delete("default", "a", Expectation.ANYTHING).join();
            fixture.put("c", "x:3");
            assertThat(fixture.alerts.searches().count("default")).isEqualTo(2);
        }
    }

    @Test
    void refusesWhatCannotBeUsedWithItsPlace() {
        try (AlertsFixture fixture = AlertsFixture.in(folder).open()) {
            assertThatThrownBy(() -> fixture.put("s", "title:(a OR")).hasCauseInstanceOf(QueryException.class);
            assertThatThrownBy(() -> fixture.put("s/t", "a:1")).hasCauseInstanceOf(SearchSpecException.class);
            assertThatThrownBy(() -> fixture.put("s", SearchSpec.of("a:1").withDeliver(List.of(Recipient.parse("endpoint:ep_none")))))
                    .cause().isInstanceOfSatisfying(SearchSpecException.class, e -> assertThat(e.pointer()).isEqualTo("/deliver/0"));
            assertThatThrownBy(() -> fixture.put("s", SearchSpec.of("a:1").withWhen(new Condition.Absent(QueryText.of("((("),
                    Duration.ofMinutes(1), Optional.empty())))).cause().isInstanceOfSatisfying(SearchSpecException.class, e -> {
                        assertThat(e.pointer()).isEqualTo("/when/absent");
                        assertThat(e.query()).map(QueryException::line).contains(1);
                    });
            assertThat(fixture.alerts.searches().count("default")).isZero();
        }
    }

    @Test
    void keepsASchemaClosedOverARestartUntilItIsReopened() {
        AlertsFixture.Setup setup = AlertsFixture.in(folder).with(AlertsConfig.defaults().withCache(folder.resolve("cache")));
        try (AlertsFixture fixture = setup.open()) {
            fixture.put("s", "title:garden");
            fixture.publish(AlertsFixture.listing(1, "garden", 5));
            fixture.awaitMatched();

            fixture.alerts.searches().closeSchema("default").join();

            assertThatThrownBy(() -> fixture.put("t", "rooms:3")).hasCauseInstanceOf(QueryException.class).hasMessageContaining("closed");
        }
        try (AlertsFixture fixture = setup.open()) {
            assertThat(fixture.alerts.searches().isSchemaClosed("default")).isTrue();
            assertThatThrownBy(() -> fixture.put("t", "rooms:3")).hasCauseInstanceOf(QueryException.class).hasMessageContaining("closed");
            fixture.publish(AlertsFixture.listing(2, "garden", 5));
            fixture.awaitMatched();
            assertThat(fixture.alerts()).as("what was used before goes on").extracting(Alert::search).containsExactly("s", "s");

            fixture.alerts.searches().reopenSchema("default").join();

            fixture.put("t", "rooms:3");
        }
        try (AlertsFixture fixture = setup.open()) {
            assertThat(fixture.alerts.searches().isSchemaClosed("default")).isFalse();
            fixture.put("u", "floor:3");
        }
    }

    @Test
    void aSchemaThatTheCacheAloneHasClosedIsOpen() {
        AlertsFixture.Setup setup = AlertsFixture.in(folder).with(AlertsConfig.defaults().withCache(folder.resolve("cache")));
        try (AlertsFixture fixture = setup.open()) {
            fixture.put("s", "title:garden");
            fixture.alerts.searches().closeSchema("default").join();
        }
        try (AlertsFixture fixture = AlertsFixture.in(folder).open()) {
            fixture.alerts.searches().reopenSchema("default").join();
        }
        try (AlertsFixture fixture = setup.open()) {
            assertThat(fixture.alerts.searches().isSchemaClosed("default")).isFalse();
        }
    }

    @Test
    void keepsTheTypesOfFieldsOverARestart() {
        try (AlertsFixture fixture = AlertsFixture.in(folder).open()) {
            fixture.alerts.searches().declare("default", List.of(Field.of("code", FieldType.KEYWORD))).join();
            fixture.put("s", "size:[1 TO 3]");
        }
        try (AlertsFixture fixture = AlertsFixture.in(folder).open()) {
            assertThat(fixture.alerts.searches().fields("default")).filteredOn(field -> List.of("code", "size").contains(field.name()))
                    .extracting(Field::type).containsExactly(FieldType.KEYWORD, FieldType.LONG);
        }
    }
}
