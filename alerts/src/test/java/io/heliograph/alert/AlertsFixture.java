package io.heliograph.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.NoticeListener;
import io.heliograph.Publisher;
import io.heliograph.TopicFilter;
import io.heliograph.spi.Environment;
import io.heliograph.store.SqlStore;
import io.heliograph.store.StoreAddress;
import io.heliograph.store.StoreLimits;
import io.heliograph.testkit.ManualClock;
import io.heliograph.time.Clock;
import io.heliograph.time.WallClock;
import io.heliograph.webhook.Conditions;
import io.heliograph.webhook.Endpoint;
import io.heliograph.webhook.EndpointSpec;
import io.heliograph.webhook.KeyRing;
import io.heliograph.webhook.MasterKey;
import io.heliograph.webhook.Outbox;
import io.heliograph.webhook.OutboxConfig;
import io.heliograph.webhook.Publication;
import io.heliograph.webhook.SecretSeal;
import io.heliograph.webhook.SigningKey;
import io.heliograph.webhook.TargetUrl;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** Alerts on a store; the store runs on the machine's clock, all else on one that may be moved by hand. */
final class AlertsFixture implements AutoCloseable {

    static final String TENANT = "default";
    static final MasterKey MASTER = MasterKey.fromEnvironment(Map.of("KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="), "KEY");
    static final Duration PATIENCE = Duration.ofSeconds(30);

    final SqlStore store;
    final Outbox outbox;
    final Alerts alerts;
    final Environment environment;

    private AlertsFixture(StoreAddress address, StoreLimits limits, Clock clock, WallClock wallClock, NoticeListener notices,
            Map<String, Publisher> addresses, AlertsConfig config) {
        environment = new Environment(clock, wallClock, new SecureRandom(), notices);
        store = SqlStore.open(address, List.of(Outbox.schema(), Alerts.schema()), limits, Environment.system());
        outbox = Outbox.open(store, SecretSeal.of(List.of(MASTER), new SecureRandom()), Conditions.NONE, Alerts.observer(), OutboxConfig.defaults(),
                environment);
        alerts = Alerts.open(store, outbox, addresses, config, environment);
    }

    /** How one is opened. */
    record Setup(StoreAddress address, StoreLimits limits, Clock clock, WallClock wallClock, NoticeListener notices,
            Map<String, Publisher> addresses, AlertsConfig config) {

        AlertsFixture open() {
            return new AlertsFixture(address, limits, clock, wallClock, notices, addresses, config);
        }

        Setup on(ManualClock manual) {
            return new Setup(address, limits, manual, manual, notices, addresses, config);
        }

        Setup telling(NoticeListener listener) {
            return new Setup(address, limits, clock, wallClock, listener, addresses, config);
        }

        Setup with(Map<String, Publisher> others) {
            return new Setup(address, limits, clock, wallClock, notices, others, config);
        }

        Setup with(AlertsConfig other) {
            return new Setup(address, limits, clock, wallClock, notices, addresses, other);
        }

        Setup with(StoreLimits other) {
            return new Setup(address, other, clock, wallClock, notices, addresses, config);
        }
    }

    static Setup at(StoreAddress address) {
        return new Setup(address, StoreLimits.DEFAULT, Clock.SYSTEM, WallClock.SYSTEM, NoticeListener.NONE, Map.of(),
                AlertsConfig.defaults());
    }

    static Setup in(Path folder) {
        return at(StoreAddress.parse(folder.toString()));
    }

    static Event listing(int number, String title, int price) {
        return Event.json("listings.new", "{\"title\": \"" + title + "\", \"price\": " + price + "}").toBuilder()
                .id("l-" + number).source("/listings").build();
    }

    SavedSearch put(String id, SearchSpec spec) {
        return alerts.searches().put(TENANT, id, spec, Expectation.ANYTHING).join().search();
    }

    SavedSearch put(String id, String query) {
        return put(id, SearchSpec.of(query));
    }

    Publication publish(Event event) {
        return outbox.publish(TENANT, event, Optional.empty()).join();
    }

    /** An endpoint that wants no topic that there is. */
    Endpoint endpoint(String url) {
        EndpointSpec spec = EndpointSpec.of(TargetUrl.parse(url), KeyRing.of(SigningKey.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")))
                .withTopics(List.of(TopicFilter.of("nothing.here")));
        return outbox.endpoints().add(TENANT, spec).join();
    }

    List<Alert> alerts() {
        return alerts.page(TENANT, Optional.empty(), Long.MAX_VALUE, 1_000).reversed();
    }

    /** Each as {@code search event-id}. */
    List<String> given() {
        return alerts().stream().map(alert -> alert.search() + " " + alert.event().text().replaceFirst("(?s).*?\"id\":\"(.*?)\".*", "$1")).toList();
    }

    long count(String query, Object... parameters) {
        return store.read(sql -> sql.row(query, row -> row.getLong(1), parameters)).orElseThrow();
    }

    /** Until all that was published is matched. */
    void awaitMatched() {
        until(() -> count("SELECT count(*) FROM alerts_pending") == 0 && alerts.matched().inFlight() == 0);
    }

    static void until(Callable<Boolean> condition) {
        Awaitility.await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2)).until(condition);
    }

    /** Every sum holds. */
    void assertLaw() {
        assertThat(alerts.matched().difference()).as("%s", alerts.matched()).isZero();
        assertThat(alerts.given().difference()).as("%s", alerts.given()).isZero();
        assertThat(outbox.sums().difference()).as("%s", outbox.sums()).isZero();
        assertThat(alerts.heldUp(TENANT).difference()).as("%s", alerts.heldUp(TENANT)).isZero();
        alerts.addresses(TENANT).forEach((name, sums) -> assertThat(sums.difference()).as("%s: %s", name, sums).isZero());
        alerts.searches().page(TENANT, Optional.empty(), "", 1_000).forEach(search -> {
            SearchStatistics statistics = alerts.searches().statistics(TENANT, search.id());
            assertThat(statistics.difference()).as("%s: %s", search.id(), statistics).isZero();
        });
        outbox.endpoints().list(TENANT).forEach(endpoint ->
                assertThat(outbox.endpoints().sums(endpoint.id()).orElseThrow().difference()).isZero());
    }

    @Override
    public void close() {
        alerts.close();
        outbox.close();
        store.close();
    }
}
