package io.heliograph.flow;

import io.heliograph.ConfigException;
import io.heliograph.Notation;

/**
 * How much a backlog may hold; both bounds always apply.
 *
 * @param events at most so many events, 1 to 2^30
 * @param bytes  at most so many bytes, counted as {@link io.heliograph.Event#size} does, at least 1
 */
public record Limit(int events, long bytes) {

    /** 10,000 events and 64 MiB. */
    public static final Limit DEFAULT = new Limit(10_000, 64L << 20);

    private static final int MOST_EVENTS = 1 << 30;

    public Limit {
        if (events < 1 || events > MOST_EVENTS) {
            throw new ConfigException("limit in events", events, "1 to " + MOST_EVENTS);
        }
        if (bytes < 1) {
            throw new ConfigException("limit in bytes", bytes, "at least 1");
        }
    }

    /** So many events, and the default bytes. */
    public static Limit events(int events) {
        return new Limit(events, DEFAULT.bytes);
    }

    /** As it is written in a policy: {@code 10000,64MiB}. */
    @Override
    public String toString() {
        return events + "," + Notation.write(bytes);
    }
}
