package io.heliograph.statsd;

/** What kind of metric a line reports. Histograms ({@code h}) and distributions ({@code d}) are timers. */
public enum MetricType {
    /** Adds up: {@code c}. */
    COUNTER("counter"),
    /** Holds its last value: {@code g}. */
    GAUGE("gauge"),
    /** Spreads over values, and has percentiles: {@code ms}, {@code h}, {@code d}. */
    TIMER("timer"),
    /** Counts distinct elements: {@code s}. */
    SET("set");

    private final String label;
    private final String topic;

    MetricType(String label) {
        this.label = label;
        this.topic = "metrics." + label;
    }

    /** The word for it in an event's data. */
    public String label() {
        return label;
    }

    /** Its label's first letter, which no other type has. */
    char letter() {
        return label.charAt(0);
    }

    /** The topic of its events. */
    public String topic() {
        return topic;
    }
}
