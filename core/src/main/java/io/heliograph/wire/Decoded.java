package io.heliograph.wire;

/** What some bytes turned out to be: an event, or one named reason why not. */
public sealed interface Decoded permits DecodedEvent, MalformedFrame {
}
