package io.heliograph.statsd;

import java.util.EnumMap;
import java.util.Map;

/** One count for each constant of an enum. Not thread-safe; counting allocates nothing. */
final class Tally<E extends Enum<E>> {

    private final Class<E> type;
    private final E[] constants;
    private final long[] counts;

    Tally(Class<E> type) {
        this.type = type;
        this.constants = type.getEnumConstants();
        this.counts = new long[constants.length];
    }

    void count(E constant) {
        counts[constant.ordinal()]++;
    }

    /** The counts above 0. */
    Map<E, Long> counted() {
        var counted = new EnumMap<E, Long>(type);
        for (E constant : constants) {
            if (counts[constant.ordinal()] > 0) {
                counted.put(constant, counts[constant.ordinal()]);
            }
        }
        return counted;
    }
}
