package io.heliograph.cli;

import io.heliograph.Event;
import java.util.Optional;

/** One event, many times. */
final class RepeatedFeed implements Feed {

    private final Optional<Event> event;
    private long left;

    RepeatedFeed(Event event, long times) {
        this.event = Optional.of(event);
        this.left = times;
    }

    @Override
    public Optional<Event> next() {
        if (left == 0) {
            return Optional.empty();
        }
        left--;
        return event;
    }

    @Override
    public long unreadable() {
        return 0;
    }
}
