package io.heliograph.statsd;

import java.util.EnumMap;
import java.util.Map;

/** One count for each constant of an enum. Not thread-safe; counting allocates nothing but at a constant's first time. */
final class Tally<E extends Enum<E>> {

    /** A count in place, where a {@code Long} would be another object each time. */
    private static final class Count {
        private long value;
    }

    private final Class<E> type;
    private final EnumMap<E, Count> counts;

    Tally(Class<E> type) {
        this.type = type;
        this.counts = new EnumMap<>(type);
    }

    void count(E constant) {
        counts.computeIfAbsent(constant, absent -> new Count()).value++;
    }

    /** The counts above 0. */
    Map<E, Long> counted() {
        var counted = new EnumMap<E, Long>(type);
        counts.forEach((constant, count) -> counted.put(constant, count.value));
        return counted;
    }
}
