package io.heliograph.search;

import io.heliograph.ConfigException;

/**
 * What of an event is read. The rest is left out and counted, see {@link SearchCounts}; the event is matched by what was read.
 *
 * @param maxBytes       data longer than this is not read at all
 * @param maxDepth       JSON nested deeper is left out
 * @param maxValues      values after so many are left out
 * @param maxValueLength characters of one text; what follows is left out
 */
public record EventLimits(int maxBytes, int maxDepth, int maxValues, int maxValueLength) {

    private static final EventLimits DEFAULTS = new EventLimits(1 << 20, 32, 2000, 100_000);

    /** Refuses limits below 1. */
    public EventLimits {
        require("maxBytes", maxBytes);
        require("maxDepth", maxDepth);
        require("maxValues", maxValues);
        require("maxValueLength", maxValueLength);
    }

    /** 1 MiB, 32 deep, 2000 values of 100,000 characters. */
    public static EventLimits defaults() {
        return DEFAULTS;
    }

    private static void require(String setting, int value) {
        if (value < 1) {
            throw new ConfigException(setting, value, "1 and more");
        }
    }
}
