package io.heliograph.bench;

import java.util.List;
import java.util.Map;

/** The suite {@code core}: what its child JVM measures, and the rows made of it. */
final class CoreMeasurements {

    static final String ENCODE = "core.encode";
    static final String DECODE = "core.decode";
    static final String STALLED = "core.publish.stalled.p999";
    static final String COMPACT = ".compact";
    static final String ALLOCATED = ".allocated";

    private static final double TARGET_NS = 100;
    private static final double TARGET_US = 100;

    private CoreMeasurements() {
    }

    /** The child's main. */
    public static void main(String[] args) throws InterruptedException {
        new CodecMeasurement().encode();
        new CodecMeasurement().decode();
        StalledPublish.measure();
    }

    /** Prints one sample for the harness. */
    static void tell(String name, double value) {
        System.out.println(Samples.line(name, value));
    }

    static List<Row> rows(Samples samples) {
        return List.of(
                Row.againstTarget(ENCODE, "ns", samples, TARGET_NS, codecExtras(samples, ENCODE)),
                Row.againstTarget(DECODE, "ns", samples, TARGET_NS, codecExtras(samples, DECODE)),
                Row.againstTarget(STALLED, "us", samples, TARGET_US,
                        Map.of("allocated_bytes", samples.median(STALLED + ALLOCATED))));
    }

    private static Map<String, Double> codecExtras(Samples samples, String name) {
        return Map.of(
                "allocated_bytes", samples.median(name + ALLOCATED),
                "compact", samples.median(name + COMPACT),
                "compact_allocated_bytes", samples.median(name + COMPACT + ALLOCATED));
    }
}
