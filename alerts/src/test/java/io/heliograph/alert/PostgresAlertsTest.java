package io.heliograph.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.search.QueryException;
import io.heliograph.store.PostgresServer;
import io.heliograph.testkit.ManualClock;
import io.heliograph.webhook.Endpoint;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The same SQL on the other database, where several processes may match. */
@EnabledIf("io.heliograph.store.PostgresServer#isInstalled")
class PostgresAlertsTest {

    @Test
    void matchesGathersAndDeliversThereToo() throws Exception {
        var clock = new ManualClock();
        try (AlertsFixture fixture = AlertsFixture.at(PostgresServer.shared().freshSchema()).on(clock).open()) {
            Endpoint endpoint = fixture.endpoint("http://127.0.0.1:9/");
            SearchSpec spec = SearchSpec.of("title:house").withTags(List.of("t")).withDeliver(List.of(Recipient.parse("endpoint:" + endpoint.id())));
            SavedSearch saved = fixture.put("now", spec);
            fixture.put("later", spec.withDigest(Duration.ofMinutes(1)));
            fixture.put("gone", spec);
            fixture.alerts.searches().delete("default", "gone", Expectation.ANYTHING).join();
            assertThatThrownBy(() -> fixture.alerts.searches().put("default", "now", spec, Expectation.ABSENCE).join())
                    .hasCauseInstanceOf(RevisionException.class);
            for (int i = 0; i < 20; i++) {
                fixture.publish(AlertsFixture.listing(i, i % 2 == 0 ? "House" : "Shed", i));
            }
            fixture.awaitMatched();
            assertThat(fixture.alerts()).hasSize(10).allMatch(alert -> alert.search().equals("now"));
            clock.advance(Duration.ofMinutes(1));
            AlertsFixture.until(() -> fixture.alerts().size() == 11);
            assertThat(fixture.alerts().getLast().event().text()).contains("\"matches\":10,\"left_out\":0}");
            assertThat(fixture.outbox.endpoints().sums(endpoint.id()).orElseThrow().waiting()).isEqualTo(11);
            assertThat(fixture.alerts.searches().page("default", Optional.of("t"), "", 9)).hasSize(2).contains(saved);
            assertThat(fixture.alerts.removeOld().join()).isZero();
            fixture.assertLaw();
        }
    }

    @Test
    void closesASchemaAndOpensItAgainThereToo() throws Exception {
        var address = PostgresServer.shared().freshSchema();
        try (AlertsFixture fixture = AlertsFixture.at(address).open()) {
            fixture.alerts.searches().closeSchema("default").join();
            fixture.alerts.searches().reopenSchema("default").join();
            fixture.put("s", "title:house");
            fixture.alerts.searches().closeSchema("default").join();
        }
        try (AlertsFixture fixture = AlertsFixture.at(address).open()) {
            assertThat(fixture.alerts.searches().isSchemaClosed("default")).isTrue();
            assertThatThrownBy(() -> fixture.put("t", "rooms:3")).hasCauseInstanceOf(QueryException.class);
            fixture.put("t", "title:shed");
        }
    }

    @Test
    void giveOneAlertForEachMatchWhereTwoMatchTheSameEvents() throws Exception {
        var address = PostgresServer.shared().freshSchema();
        try (AlertsFixture one = AlertsFixture.at(address).open(); AlertsFixture other = AlertsFixture.at(address).open()) {
            one.put("s", "title:house");
            for (int i = 0; i < 50; i++) {
                (i % 2 == 0 ? one : other).publish(AlertsFixture.listing(i, "House", i));
            }
            one.awaitMatched();
            other.awaitMatched();
            assertThat(one.given()).hasSize(50).doesNotHaveDuplicates();
            assertThat(one.alerts.matched().delivered() + other.alerts.matched().delivered()).isEqualTo(50);
            assertThat(one.alerts.searches().statistics("default", "s").alerts()).isEqualTo(50);
            one.assertLaw();
            other.assertLaw();
        }
    }
}
