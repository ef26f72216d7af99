package io.heliograph.server;

import io.heliograph.ledger.PublisherSums;
import io.heliograph.server.MetricFamily.Kind;
import io.heliograph.server.MetricFamily.Sample;
import io.heliograph.store.SqlStore;
import io.heliograph.store.StoreCounters;
import io.heliograph.webhook.Deliveries;
import io.heliograph.webhook.Outbox;
import io.heliograph.webhook.WebhookClient;
import io.heliograph.webhook.WebhookClientCounts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/** What {@code serve} counts, of all tenants together, for {@code /metrics}. Stateless. */
final class ServeMetrics {

    private ServeMetrics() {
    }

    static void addTo(LedgerBook book, Outbox outbox, WebhookClient client, Deliveries deliveries, SqlStore store) {
        add(book, "outbox_events_total", Kind.COUNTER, "Events offered to the outbox, by what became of them",
                () -> events(outbox.sums()));
        add(book, "webhook_attempts_total", Kind.COUNTER, "Attempts at webhooks, by outcome", () -> attempts(client.counts()));
        add(book, "webhook_attempts_under_way", Kind.GAUGE, "Attempts that run, or are not on disk yet",
                () -> List.of(Sample.of(deliveries.underWay())));
        add(book, "webhook_connections", Kind.GAUGE, "Connections to receivers", () -> connections(client.counts()));
        add(book, "store_writes_total", Kind.COUNTER, "Writes of the store, by what became of them", () -> writes(store.counters()));
    }

    private static void add(LedgerBook book, String name, Kind kind, String help, Supplier<List<Sample>> samples) {
        book.addMetric(new MetricFamily(name, kind, help, samples));
    }

    private static List<Sample> events(PublisherSums sums) {
        return List.of(Sample.of("result", "accepted", sums.accepted()), Sample.of("result", "dropped", sums.dropped()),
                Sample.of("result", "refused", sums.refused()));
    }

    private static List<Sample> attempts(WebhookClientCounts counts) {
        var samples = new ArrayList<Sample>();
        samples.add(Sample.of("outcome", "delivered", counts.delivered()));
        samples.add(Sample.of("outcome", "gone", counts.gone()));
        counts.failed().forEach((reason, count) -> samples.add(Sample.of("outcome", reason.label(), count)));
        samples.sort(Comparator.comparing(sample -> Objects.requireNonNullElse(sample.labels().get("outcome"), "")));
        return samples;
    }

    private static List<Sample> connections(WebhookClientCounts counts) {
        return List.of(Sample.of("state", "used", counts.usedConnections()), Sample.of("state", "idle", counts.idleConnections()));
    }

    private static List<Sample> writes(StoreCounters counters) {
        return List.of(Sample.of("result", "committed", counters.written()), Sample.of("result", "failed", counters.failed()),
                Sample.of("result", "full", counters.full()), Sample.of("result", "refused", counters.refused()));
    }
}
