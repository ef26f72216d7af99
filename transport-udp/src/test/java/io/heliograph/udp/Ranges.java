package io.heliograph.udp;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** A list of numbers in the order they came, written as ranges. Confined to one thread. */
final class Ranges {

    private final List<long[]> ranges = new ArrayList<>();

    /** Adds {@code from} to {@code to}, both included, behind what is there. */
    void add(long from, long to) {
        if (!ranges.isEmpty() && ranges.getLast()[1] == from - 1) {
            ranges.getLast()[1] = to;
        } else {
            ranges.add(new long[] {from, to});
        }
    }

    /** How many numbers. */
    long count() {
        return ranges.stream().mapToLong(range -> range[1] - range[0] + 1).sum();
    }

    /** Every number, in order of arrival. */
    LongStream numbers() {
        return ranges.stream().flatMapToLong(range -> LongStream.rangeClosed(range[0], range[1]));
    }

    String toJson() {
        return ranges.stream().map(range -> "[" + range[0] + "," + range[1] + "]").collect(Collectors.joining(",", "[", "]"));
    }

    @Override
    public String toString() {
        return toJson();
    }
}
