package io.heliograph.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

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

    /** The smallest and the largest sample of {@code name}, divided by {@code scale}. */
    String spread(String name, double scale) {
        return Row.number(least(name) / scale) + " to " + Row.number(most(name) / scale);
    }

    /** The smallest. */
    double least(String name) {
        return sorted(name).getFirst();
    }

    /** The largest. */
    double most(String name) {
        return sorted(name).getLast();
    }

    /** How many times the smallest the largest is. */
    double times(String name) {
        return most(name) / least(name);
    }

    Stream<String> names() {
        return byName.keySet().stream();
    }

    boolean has(String name) {
        return byName.containsKey(name);
    }

    /** Takes in all of {@code others}, their names behind {@code prefix}. */
    void addAll(String prefix, Samples others) {
        others.byName.forEach((name, values) -> values.forEach(value -> add(prefix + name, value)));
    }

    /** Takes in one sample for each name of {@code others}: their median. */
    void addMedians(Samples others) {
        others.byName.keySet().forEach(name -> add(name, others.median(name)));
    }

    private List<Double> sorted(String name) {
        List<Double> samples = byName.getOrDefault(name, List.of());
        if (samples.isEmpty()) {
            throw new IllegalStateException("no sample of " + name + " among " + byName.keySet());
        }
        return samples.stream().sorted().toList();
    }
}
