package io.heliograph.webhook;

import io.heliograph.Event;

/**
 * An event that is being stored.
 *
 * @param row    its {@code webhooks_event.id}
 * @param tenant whose it is
 * @param event  as its publisher gave it
 */
public record StoredEvent(long row, String tenant, Event event) {
}
