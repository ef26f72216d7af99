package io.heliograph.udp;

import io.heliograph.ConfigException;
import io.heliograph.Position;

/** Where a subscriber begins, written {@code from=live}, {@code from=oldest} or {@code from=SESSION-SEQUENCE}. Immutable. */
public sealed interface Start {

    /** With what is published from now on. */
    record Live() implements Start {
    }

    /** With the oldest event that the publisher can still repeat. */
    record Oldest() implements Start {
    }

    /**
     * With one event of one session, and all that follow; other sessions from when they are heard.
     *
     * @param position the first event
     */
    record At(Position position) implements Start {
    }

    /** @throws ConfigException if {@code text} is no start */
    static Start of(String text) {
        return switch (text) {
            case "live" -> new Live();
            case "oldest" -> new Oldest();
            default -> at(text);
        };
    }

    private static Start at(String text) {
        try {
            return new At(Position.parse(text));
        } catch (ConfigException e) {
            throw new ConfigException("from", text, "live, oldest, or SESSION-SEQUENCE: 16 hexadecimal digits, '-', a sequence number");
        }
    }
}
