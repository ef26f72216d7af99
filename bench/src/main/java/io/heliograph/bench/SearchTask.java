package io.heliograph.bench;

import java.util.Locale;

/**
 * What the harness of the suite {@code search} asks of a child.
 *
 * @param queries how many are stored
 * @param windows how many windows
 */
record SearchTask(int queries, int windows) implements Task {

    private static final int FIELDS = 2;
    private static final int LISTING_BYTES = 1045;

    @Override
    public Measure measure() {
        return Measure.RATE;
    }

    /** On average. */
    @Override
    public int eventBytes() {
        return LISTING_BYTES;
    }

    @Override
    public int subscribers() {
        return 1;
    }

    @Override
    public double rate() {
        return 0;
    }

    @Override
    public SearchTask windows(int count) {
        return new SearchTask(queries, count);
    }

    @Override
    public SearchTask paced(Measure other, double perSecond) {
        throw new IllegalArgumentException("matching is not paced by the harness");
    }

    @Override
    public String line() {
        return String.format(Locale.ROOT, "%d %d", queries, windows);
    }

    /** @throws IllegalArgumentException if {@code line} is no task */
    static SearchTask parse(String line) {
        String[] parts = line.split(" ");
        if (parts.length != FIELDS) {
            throw new IllegalArgumentException("a task has " + FIELDS + " fields; found " + line);
        }
        return new SearchTask(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    }
}
