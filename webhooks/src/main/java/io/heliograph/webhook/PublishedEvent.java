package io.heliograph.webhook;

import io.heliograph.Event;

/**
 * An event that is on disk since now.
 *
 * @param tenant  whose it is
 * @param event   as its publisher gave it
 * @param message its {@code webhook-id}, which is its id too where it has none of its own
 */
public record PublishedEvent(String tenant, Event event, MessageId message) {
}
