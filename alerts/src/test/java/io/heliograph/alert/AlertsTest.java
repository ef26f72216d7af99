package io.heliograph.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.TopicFilter;
import io.heliograph.search.Match;
import io.heliograph.webhook.Endpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertsTest {

    @TempDir
    private Path folder;

    @Test
    void givesAnAlertForEachEventThatASearchMatches() {
        try (AlertsFixture fixture = AlertsFixture.in(folder).open()) {
            List<Alert> heard = Collections.synchronizedList(new ArrayList<>());
            fixture.alerts.follow(heard::add);
            fixture.put("gardens", SearchSpec.of("title:garden AND price:[* TO 500000]").withTopics(List.of(TopicFilter.of("listings.>"))));
            fixture.put("cheap", "price:[* TO 100000]");
            fixture.publish(AlertsFixture.listing(1, "House with a garden", 420_000));
            fixture.publish(AlertsFixture.listing(2, "Garden shed", 9_000));
            fixture.publish(AlertsFixture.listing(3, "House with a garden", 900_000));
            fixture.publish(Event.json("others", "{\"title\": \"garden\", \"price\": 1}").toBuilder().id("o-1").build());
            fixture.awaitMatched();

            assertThat(fixture.given()).containsExactly("gardens l-1", "cheap l-2", "gardens l-2", "cheap o-1");
            AlertsFixture.until(() -> heard.size() == 4);
            assertThat(heard).isEqualTo(fixture.alerts());
            Event alert = heard.getFirst().event();
            assertThat(alert.topic()).isEqualTo("heliograph.alert");
            assertThat(alert.text()).startsWith("{\"search\":\"gardens\",\"event\":{").contains("\"clauses\":[\"title:garden\"",
                    "\"highlights\":[{\"field\":\"title\",\"text\":\"House with a garden\",\"spans\":[[13,19]]}");
            assertThat(fixture.alerts.searches().statistics("default", "gardens")).satisfies(statistics -> {
                assertThat(statistics.matches()).isEqualTo(2);
                assertThat(statistics.alerts()).isEqualTo(2);
                assertThat(statistics.cost()).isPositive();
                assertThat(statistics.lastMatch()).isPresent();
            });
            assertThat(fixture.alerts.ofEvent("default", "l-2", 10).orElseThrow().alerts()).extracting(Alert::search)
                    .containsExactly("cheap", "gardens");
            assertThat(fixture.alerts.matched().delivered()).isEqualTo(4);
            assertThat(fixture.alerts.given().accepted()).isEqualTo(4);
            fixture.assertLaw();
        }
    }

    @Test
    void putsAlertsIntoTheQueuesOfEndpoints() {
        try (AlertsFixture fixture = AlertsFixture.in(folder).open()) {
            Endpoint named = fixture.endpoint("http://127.0.0.1:9/");
            Endpoint other = fixture.endpoint("http://127.0.0.1:9/");
            fixture.put("all", SearchSpec.of("*:*").withDeliver(List.of(Recipient.parse("endpoint:" + named.id()))));
            fixture.publish(AlertsFixture.listing(1, "House", 1));
            fixture.publish(AlertsFixture.listing(2, "House", 1));
            fixture.awaitMatched();
            assertThat(fixture.outbox.endpoints().sums(named.id()).orElseThrow().waiting()).isEqualTo(2);
            assertThat(fixture.outbox.endpoints().sums(other.id()).orElseThrow().waiting()).isZero();
            assertThat(fixture.outbox.trace("default", fixture.alerts().getFirst().event().id().orElseThrow())).isPresent();
            fixture.assertLaw();
        }
    }

    @Test
    void matchesOnlyTheEventsOfTheSearchesTenant() {
        try (AlertsFixture fixture = AlertsFixture.in(folder).open()) {
            fixture.put("all", "*:*");
            fixture.alerts.searches().put("other", "all", SearchSpec.of("*:*"), Expectation.ANYTHING).join();
            fixture.publish(AlertsFixture.listing(1, "House", 1));
            fixture.outbox.publish("other", AlertsFixture.listing(2, "House", 1), Optional.empty()).join();
            fixture.outbox.publish("third", AlertsFixture.listing(3, "House", 1), Optional.empty()).join();
            fixture.awaitMatched();
            assertThat(fixture.given()).containsExactly("all l-1");
            assertThat(fixture.alerts.page("other", Optional.empty(), Long.MAX_VALUE, 9)).hasSize(1);
            assertThat(fixture.alerts.page("third", Optional.empty(), Long.MAX_VALUE, 9)).isEmpty();
            assertThat(fixture.alerts.matched().delivered()).isEqualTo(2);
        }
    }

    @Test
    void showsWhatWouldMatchAndWhichClauseSpeaksAgainstIt() {
        try (AlertsFixture fixture = AlertsFixture.in(folder).open()) {
            SearchSpec spec = SearchSpec.of("title:garden AND price:[* TO 500000]");
            Event dear = AlertsFixture.listing(1, "garden", 600_000);
            Event fitting = AlertsFixture.listing(2, "garden", 400_000);
            assertThat(fixture.alerts.test("default", spec, List.of(dear, fitting))).extracting(Alerts.Tested::isMatch)
                    .containsExactly(false, true);
            fixture.publish(dear);
            fixture.publish(fitting);
            fixture.publish(Event.json("heliograph.note", "{\"title\": \"garden\"}"));
            List<Alerts.Tested> recent = fixture.alerts.testRecent("default", spec, 10);
            assertThat(recent).extracting(Alerts.Tested::isMatch).containsExactly(true, false);
            assertThat(recent.getLast().trial().failing()).containsExactly("price:[* TO 500000]");
            assertThat(fixture.alerts.testRecent("default", spec.withTopics(List.of(TopicFilter.of("heliograph.note"))), 1)).hasSize(1)
                    .allMatch(tested -> tested.event().topic().equals("heliograph.note"));

            fixture.put("gardens", spec);
            assertThat(fixture.alerts.match("default", List.of(dear, fitting))).extracting(found -> found.stream().map(Match::searchId).toList())
                    .containsExactly(List.of(), List.of("gardens"));
            assertThat(fixture.alerts()).isEmpty();
        }
    }
}
