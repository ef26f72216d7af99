package io.heliograph.server;

import io.heliograph.ledger.PublisherSums;
import io.heliograph.ledger.SubscriberSums;
import java.util.Map;

/** What became of each tenant's events. Thread-safe. */
public interface TenantSums {

    /** What publishes a tenant's events, by name. */
    Map<String, PublisherSums> publishers(String tenant);

    /** Who gets a tenant's events, by name. */
    Map<String, SubscriberSums> subscribers(String tenant);
}
