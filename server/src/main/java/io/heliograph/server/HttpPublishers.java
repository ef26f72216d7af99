package io.heliograph.server;

import io.heliograph.PublishResult;
import io.heliograph.ledger.PublisherLedger;
import io.heliograph.ledger.PublisherSums;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.webhook.Endpoints;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What each tenant published over HTTP since the server began, and what became of its endpoints' deliveries over their whole
 * lives. Thread-safe; there are as many tenants as keys name.
 */
final class HttpPublishers implements TenantSums {

    private static final String NAME = "http";
    /** All endpoints together that were removed. */
    private static final String REMOVED = "removed endpoints";

    private final Endpoints endpoints;
    private final Map<String, PublisherLedger> ledgers = new ConcurrentHashMap<>();

    HttpPublishers(Endpoints endpoints) {
        this.endpoints = endpoints;
    }

    void count(String tenant, PublishResult result, int events) {
        if (events > 0) {
            PublisherLedger ledger = ledgers.computeIfAbsent(tenant, name -> new PublisherLedger());
            synchronized (ledger) {
                ledger.count(result, events);
            }
        }
    }

    @Override
    public Map<String, PublisherSums> publishers(String tenant) {
        PublisherLedger ledger = ledgers.computeIfAbsent(tenant, name -> new PublisherLedger());
        synchronized (ledger) {
            return Map.of(NAME, ledger.sums());
        }
    }

    @Override
    public Map<String, SubscriberSums> subscribers(String tenant) {
        var subscribers = new LinkedHashMap<String, SubscriberSums>();
        endpoints.sumsOf(tenant).forEach((id, sums) -> subscribers.put(id, sums.asSubscriber()));
        SubscriberSums removed = endpoints.sumsOfRemoved(tenant).asSubscriber();
        if (!removed.equals(SubscriberSums.ZERO)) {
            subscribers.put(REMOVED, removed);
        }
        return subscribers;
    }
}
