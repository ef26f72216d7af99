package io.heliograph.statsd;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One good line, seen in its parser's bytes: valid until the parser reads the next. Not thread-safe; allocates only
 * where a String is asked for.
 *
 * <p>A line carries one value or several; {@link #nextValue} steps through them:
 * <pre>{@code while (line.nextValue()) { sum += line.value() * line.weight(); }}</pre>
 * A set's line has no numbers, but one {@link #element}.
 */
public final class MetricLine {

    private final TagList tags = new TagList();
    private byte[] bytes = {};
    private MetricType type = MetricType.COUNTER;
    private int nameFrom;
    private int nameTo;
    private int valueFrom;
    private int valueTo;
    private double sampleRate = 1;
    private int nextFrom;
    private double value;
    private boolean delta;
    private boolean valueIsRead;

    MetricLine() {
    }

    /** The metric's type. */
    public MetricType type() {
        return type;
    }

    /** The metric's name, verbatim. */
    public String name() {
        return text(nameFrom, nameTo);
    }

    /** The tags as they were written ({@code host:a}), sorted, without repetition. */
    public List<String> tags() {
        return tags.texts();
    }

    /** The share of the samples that the client sends, above 0 and at most 1. */
    public double sampleRate() {
        return sampleRate;
    }

    /** How many samples this line stands for: 1 / {@link #sampleRate}. */
    public double weight() {
        return 1 / sampleRate;
    }

    /** The element that a set's line adds, each byte as the character of that number. */
    public String element() {
        return new String(bytes, valueFrom, valueTo - valueFrom, StandardCharsets.ISO_8859_1);
    }

    /** Steps to the next value; {@code false} after the last, and for a set's line. */
    public boolean nextValue() {
        if (nextFrom > valueTo || type == MetricType.SET) {
            return false;
        }
        if (valueIsRead) {
            valueIsRead = false;
            nextFrom = valueTo + 1;
            return true;
        }
        int from = nextFrom;
        int to = from;
        while (to < valueTo && bytes[to] != ':') {
            to++;
        }
        nextFrom = to + 1;
        while (from < to && bytes[from] == ' ') {
            from++;
        }
        while (to > from && bytes[to - 1] == ' ') {
            to--;
        }
        delta = from < to && (bytes[from] == '+' || bytes[from] == '-');
        value = Decimal.parse(bytes, from, to);
        return true;
    }

    /** The value stepped to. */
    public double value() {
        return value;
    }

    /** Whether the value stepped to has a sign, and so changes a gauge instead of replacing it. */
    public boolean isDelta() {
        return delta;
    }

    byte[] bytes() {
        return bytes;
    }

    int nameFrom() {
        return nameFrom;
    }

    int nameTo() {
        return nameTo;
    }

    TagList tagList() {
        return tags;
    }

    /** Begins a line whose name is known and whose other parts follow. */
    void begin(byte[] source, int from, int to) {
        bytes = source;
        nameFrom = from;
        nameTo = to;
        sampleRate = 1;
        tags.clear();
    }

    void setType(MetricType found) {
        type = found;
    }

    void setSampleRate(double rate) {
        sampleRate = rate;
    }

    void setValues(int from, int to) {
        valueFrom = from;
        valueTo = to;
        nextFrom = from;
        valueIsRead = false;
    }

    /** Steps back to before the first value, having stepped over all {@code count}; a single one isn't read again. */
    void rewind(int count) {
        nextFrom = valueFrom;
        valueIsRead = count == 1;
    }

    private String text(int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }
}
