package io.heliograph.server;

import io.heliograph.Heliograph;
import io.heliograph.Publisher;
import io.heliograph.TopicFilter;
import io.heliograph.alert.Alerts;
import io.heliograph.alert.AlertsConfig;
import io.heliograph.flow.Limit;
import io.heliograph.ledger.PublisherSums;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.server.MetricFamily.Kind;
import io.heliograph.server.MetricFamily.Sample;
import io.heliograph.spi.Environment;
import io.heliograph.store.SqlStore;
import io.heliograph.webhook.Outbox;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Saved searches and their alerts as {@code serve} has them: matched, sent to the operator's addresses, shown to viewers, asked over
 * HTTP. Old alerts are removed. Thread-safe; its threads are those of {@link Alerts}, {@link HourlyRemoval} and the addresses'
 * publishers.
 */
final class Alerting implements TenantSums, AutoCloseable {

    private static final Limit TAIL = new Limit(1_000, 8L << 20);
    private static final String STREAM = "/v1/alerts/stream";
    private static final TopicFilter ALERTS = TopicFilter.of("heliograph.>");

    private final Map<String, Publisher> addresses = new LinkedHashMap<>();
    private final EventTail tail = new EventTail(TAIL);
    private final Alerts alerts;
    private final HourlyRemoval removal;

    private Alerting(SqlStore store, Outbox outbox, Map<String, String> named, AlertsConfig config, Environment environment) {
        try {
            var transports = Heliograph.in(environment);
            named.forEach((name, address) -> addresses.put(name, transports.openPublisher(address, Optional.empty())));
            alerts = Alerts.open(store, outbox, addresses, config, environment);
        } catch (RuntimeException | Error e) {
            addresses.values().forEach(Publisher::close);
            throw e;
        }
        alerts.follow(alert -> tail.show(alert.tenant(), alert.event(), AlertRoutes.id(alert)));
        removal = HourlyRemoval.start("alerts", alerts::removeOld, environment);
    }

    /**
     * Begins to match, when all searches are in memory.
     *
     * @param named addresses that searches may send alerts to, by name
     */
    static Alerting open(SqlStore store, Outbox outbox, Map<String, String> named, AlertsConfig config, Environment environment) {
        return new Alerting(store, outbox, named, config, environment);
    }

    Alerts alerts() {
        return alerts;
    }

    /** Its routes, and what it adds to the page. */
    Panel panel() {
        List<Route> routes = new ArrayList<>(new SearchRoutes(alerts.searches()).routes());
        routes.addAll(new SearchBulkRoutes(alerts.searches()).routes());
        routes.addAll(new SchemaRoutes(alerts.searches()).routes());
        routes.addAll(new MatchRoutes(alerts).routes());
        routes.addAll(new AlertRoutes(alerts).routes());
        return new Panel("searches", Alerting.class, routes, List.of(new PanelStream(STREAM, tail, ALERTS)));
    }

    /** Adds each tenant's sums behind all others, and those of all tenants together to the operator's metrics. */
    void addTo(LedgerBook book) {
        book.addTenants(this);
        book.addMetric(new MetricFamily("matched_events_total", Kind.COUNTER, "Events that came to be matched, by what became of them",
                () -> samples(alerts.matched())));
        book.addMetric(new MetricFamily("alerts_total", Kind.COUNTER, "Alerts that saved searches were to give, by what became of them",
                () -> List.of(Sample.of("result", "accepted", alerts.given().accepted()), Sample.of("result", "dropped", alerts.given().dropped()),
                        Sample.of("result", "refused", alerts.given().refused()))));
        book.addMetric(new MetricFamily("alert_windows_given_up_total", Kind.COUNTER, "Windows of conditions that there was no room for",
                () -> List.of(Sample.of(alerts.windowsGivenUp()))));
    }

    private static List<Sample> samples(SubscriberSums sums) {
        long lost = sums.lost().values().stream().mapToLong(Long::longValue).sum();
        return List.of(Sample.of("result", "matched", sums.delivered()), Sample.of("result", "elsewhere", sums.filtered()),
                Sample.of("result", "lost", lost));
    }

    @Override
    public Map<String, PublisherSums> publishers(String tenant) {
        PublisherSums given = alerts.given(tenant);
        return isShown(tenant, given.offered()) ? Map.of("alerts", given) : Map.of();
    }

    @Override
    public Map<String, SubscriberSums> subscribers(String tenant) {
        Map<String, SubscriberSums> all = new LinkedHashMap<>();
        all.put("saved searches", alerts.matched(tenant));
        all.put("alerts held up by full endpoints", alerts.heldUp(tenant));
        alerts.addresses(tenant).forEach((name, one) -> all.put("alerts to address " + name, one));
        all.values().removeIf(sums -> !isShown(tenant, sums.known()));
        return all;
    }

    /** The operator's own tenant sees what there is; another sees what it has used, and no address that it has not named. */
    private static boolean isShown(String tenant, long count) {
        return tenant.equals(Access.DEFAULT_TENANT) || count > 0;
    }

    /** Matches nothing more; what waits is there in the next process. Idempotent. */
    @Override
    public void close() {
        removal.close();
        alerts.close();
        addresses.values().forEach(Publisher::close);
    }
}
