package io.heliograph.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What child JVMs measured, by name. Confined to the thread that reads them. */
final class Samples {

    private static final String PREFIX = "sample ";

    private final Map<String, List<Double>> byName = new TreeMap<>();

    /** What {@link #take} reads. */
    static String line(String name, double value) {
        return PREFIX + name + " " + value;
    }

    /** Takes a line in, if it is a sample. */
    boolean take(String line) {
        String[] parts = line.split(" ");
        if (!line.startsWith(PREFIX) || parts.length != 3) {
            return false;
        }
        add(parts[1], Double.parseDouble(parts[2]));
        return true;
    }

    void add(String name, double value) {
        byName.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
    }

    /**
     * The middle one of the samples of {@code name}, the mean of the two middle ones if their number is even.
     *
     * @throws IllegalStateException if there are none
     */
    double median(String name) {
        List<Double> sorted = sorted(name);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** The smallest and the largest sample of {@code name}. */
    String spread(String name) {
        List<Double> sorted = sorted(name);
        return Row.number(sorted.getFirst()) + " to " + Row.number(sorted.getLast());
    }

    private List<Double> sorted(String name) {
        List<Double> samples = byName.getOrDefault(name, List.of());
        if (samples.isEmpty()) {
            throw new IllegalStateException("no sample of " + name + " among " + byName.keySet());
        }
        return samples.stream().sorted().toList();
    }
}
