package io.heliograph.server;

import io.heliograph.alert.AlertsConfig;
import io.heliograph.store.StoreLimits;
import io.heliograph.webhook.OutboxConfig;
import java.time.Duration;

/**
 * How much a {@link Serve} keeps, and for how long. Immutable.
 *
 * @param store  what the store takes
 * @param outbox what an event may be, and how long it is kept
 * @param alerts how many saved searches there may be, and what they may do
 */
public record ServeLimits(StoreLimits store, OutboxConfig outbox, AlertsConfig alerts) {

    private static final ServeLimits DEFAULT = new ServeLimits(StoreLimits.DEFAULT, OutboxConfig.defaults(), AlertsConfig.defaults());

    /** 16 GiB; 1 MiB an event, 30 days. */
    public static ServeLimits defaults() {
        return DEFAULT;
    }

    /** The same, keeping events and alerts for another time. */
    public ServeLimits withRetention(Duration other) {
        return new ServeLimits(store, outbox.withRetention(other), alerts.withRetention(other));
    }

    /** The same with another largest event. */
    public ServeLimits withMaxEventBytes(int bytes) {
        return new ServeLimits(store, outbox.withMaxEventBytes(bytes), alerts);
    }

    /** The same with other limits of saved searches. */
    public ServeLimits withAlerts(AlertsConfig other) {
        return new ServeLimits(store, outbox, other);
    }

    /** The same with another limit of what the tables hold. */
    public ServeLimits withStoreBytes(long bytes) {
        return new ServeLimits(store.withMaxBytes(bytes), outbox, alerts);
    }
}
