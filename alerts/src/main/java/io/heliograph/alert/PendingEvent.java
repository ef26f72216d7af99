package io.heliograph.alert;

import io.heliograph.AttributeValue;
import io.heliograph.Event;
import java.util.Optional;

/**
 * An event that is to be matched.
 *
 * @param row       its {@code webhooks_event.id}
 * @param tenant    whose it is
 * @param event     with an id, which is its {@code webhook-id} where its publisher gave it none
 * @param json      as it is stored
 * @param atMs      when it was stored
 * @param matchedTo the last search whose alert is written already
 */
record PendingEvent(long row, String tenant, Event event, String json, long atMs, Optional<String> matchedTo) {

    /** How many alerts have led to it. */
    int hops() {
        AttributeValue hops = event.attributes().get(AlertEvents.HOPS);
        return switch (hops) {
            case AttributeValue.Int(int number) when number >= 0 -> number;
            case null -> 0;
            // Whoever writes something else there wants no alert of it.
            default -> Integer.MAX_VALUE;
        };
    }
}
