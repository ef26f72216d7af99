package io.heliograph.server;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A figure that {@code /metrics} shows beside the sums.
 *
 * @param name    without the leading {@code heliograph_}: lower-case words joined by underscores; a counter's ends in
 *                {@code _total}
 * @param kind    whether it only grows
 * @param help    one line without a backslash
 * @param samples its values now; called for each scrape, on any thread
 */
public record MetricFamily(String name, Kind kind, String help, Supplier<List<Sample>> samples) {

    /** Whether it only grows. */
    public enum Kind {
        /** It only grows. */
        COUNTER,
        /** It goes up and down. */
        GAUGE
    }

    /**
     * One value.
     *
     * @param labels names and values; a value may be any text
     * @param value  the value
     */
    public record Sample(Map<String, String> labels, double value) {

        /** A value without labels. */
        public static Sample of(double value) {
            return new Sample(Map.of(), value);
        }

        /** A value with one label. */
        public static Sample of(String label, String text, double value) {
            return new Sample(Map.of(label, text), value);
        }
    }

    public MetricFamily {
        if (!name.matches("[a-z][a-z0-9_]*")) {
            throw new IllegalArgumentException("metric name '" + name + "': allowed are a-z, 0-9 and '_'");
        }
        if (help.indexOf('\n') >= 0 || help.indexOf('\\') >= 0) {
            throw new IllegalArgumentException("help of metric '" + name + "': allowed is one line without a backslash");
        }
    }
}
