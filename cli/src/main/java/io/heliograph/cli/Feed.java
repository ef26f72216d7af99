package io.heliograph.cli;

import io.heliograph.Event;
import java.io.IOException;
import java.util.Optional;

/** What is published, one event after the other. Confined to the thread that publishes. */
sealed interface Feed permits RepeatedFeed, LineFeed {

    /**
     * The next event; empty at the end. May wait for input.
     *
     * @throws IOException if the input fails
     */
    Optional<Event> next() throws IOException;

    /** How many inputs were no event; each was told. Any thread may ask. */
    long unreadable();
}
