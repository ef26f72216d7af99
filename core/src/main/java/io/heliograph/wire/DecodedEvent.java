package io.heliograph.wire;

import io.heliograph.Event;

/**
 * A frame that holds an event.
 *
 * @param event the event
 */
public record DecodedEvent(Event event) implements Decoded {
}
