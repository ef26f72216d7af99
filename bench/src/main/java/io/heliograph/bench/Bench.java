package io.heliograph.bench;

import java.io.IOException;
import java.util.List;

/** The harness: runs one suite in child JVMs and prints what they measured. */
public final class Bench {

    private static final int QUICK_JVMS = 1;
    private static final int FULL_JVMS = 5;

    private Bench() {
    }

    /**
     * Runs {@code SUITE [--quick] [--json]}. Exits with 0 even if a goal is missed, with 1 if a child failed, with 2 for
     * other arguments.
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        List<String> arguments = List.of(args);
        if (!arguments.contains("core") || !List.of("core", "--quick", "--json").containsAll(arguments)) {
            System.err.println("bench: allowed is core [--quick] [--json]; found " + String.join(" ", arguments));
            System.exit(2);
        }
        int jvms = arguments.contains("--quick") ? QUICK_JVMS : FULL_JVMS;
        var samples = new Samples();
        for (int jvm = 1; jvm <= jvms; jvm++) {
            System.err.println("bench: core, JVM " + jvm + " of " + jvms);
            if (!ChildJvm.run(CoreMeasurements.class, samples)) {
                System.err.println("bench: a measurement failed, so there is no result");
                System.exit(1);
            }
        }
        var report = new Report("core", CoreMeasurements.rows(samples));
        System.out.print(report.table());
        if (arguments.contains("--json")) {
            System.out.println(report.toJson());
        }
    }
}
