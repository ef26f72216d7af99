package io.heliograph.cli;

import io.heliograph.Event;
import java.io.IOException;
import java.util.Optional;

/** Each line an event. A line that is none is told with its number and counted; the others go on. */
final class LineFeed implements Feed {

    private final LineReader lines;
    private final EventMaker maker;
    private final Messages messages;
    private volatile long unreadable;
    private long left;

    /** @param most how many events at most; lines that are none do not count */
    LineFeed(LineReader lines, EventMaker maker, long most, Messages messages) {
        this.lines = lines;
        this.maker = maker;
        this.left = most;
        this.messages = messages;
    }

    @Override
    public Optional<Event> next() throws IOException {
        while (left > 0) {
            try {
                Optional<byte[]> line = lines.next();
                if (line.isEmpty()) {
                    return Optional.empty();
                }
                if (maker.wants(line.get())) {
                    Event event = maker.make(line.get());
                    left--;
                    return Optional.of(event);
                }
            } catch (UnreadableLineException e) {
                unreadable = unreadable + 1;
                messages.line("pub: line " + lines.number() + ": " + e.getMessage());
            }
        }
        return Optional.empty();
    }

    @Override
    public long unreadable() {
        return unreadable;
    }
}
