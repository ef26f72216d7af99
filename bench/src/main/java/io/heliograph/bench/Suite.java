package io.heliograph.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * Runs a suite of cases: our side and the peers take turns, each in JVMs of its own. For one thread.
 *
 * <pre>
 *   quick   one JVM for each side; case by case: 3 windows of ours, 3 of the peer's; every window is a sample
 *   full    the peer's best mode for each case; some rounds, in each a fresh JVM for each case, the median of whose 3 windows
 *           is a sample, and whose order changes from round to round, and how far the machine's processors were apart then;
 *           then latencies at parts of the rates found
 * </pre>
 */
final class Suite {

    private static final int WINDOWS = 3;
    private static final int LATENCY_WINDOWS = 5;
    /** In nanoseconds; see {@link ProcessorDistance}. */
    private static final String PROCESSORS = SuiteReport.BESIDE + "processors_round_trip_ns";

    /**
     * What makes a suite this one.
     *
     * @param name      of the suite
     * @param yardstick how fast this machine is now, where peers' figures are known beside it
     * @param command   starts a child for a side
     * @param modes     what the last full run found
     * @param peers     what is known of them
     * @param rounds    how many JVMs a full run gives each case
     */
    record Kind(String name, Optional<Case> yardstick, Function<String, List<String>> command, PeerModes modes, Peers peers, int rounds) {
    }

    private final Kind kind;
    private final Samples samples = new Samples();
    private final Map<String, String> failures = new HashMap<>();
    private final Map<String, ChildSession> open = new HashMap<>();

    Suite(Kind kind) {
        this.kind = kind;
    }

    /** Why cases have no result, by their names. */
    Map<String, String> failures() {
        return Map.copyOf(failures);
    }

    /** One JVM for each side. */
    Report quick(List<CaseRow> rows) throws IOException, InterruptedException {
        try {
            for (Case one : cases(rows)) {
                run(one, inItsMode(one), samples);
            }
        } finally {
            closeAll();
        }
        return report(rows);
    }

    /** Fresh JVMs, more samples, and latencies. */
    Report full(List<CaseRow> rows) throws IOException, InterruptedException {
        Collection<Case> cases = cases(rows);
        for (Case one : cases) {
            findMode(one);
        }
        kind.modes().write();
        for (int round = 1; round <= kind.rounds(); round++) {
            say("round " + round + " of " + kind.rounds());
            List<Case> inTurn = new ArrayList<>(cases);
            for (Case one : round % 2 == 0 ? inTurn.reversed() : inTurn) {
                var windows = new Samples();
                runAlone(one, inItsMode(one), windows);
                addDistance(one, windows);
                samples.addMedians(windows);
            }
        }
        for (Case one : throughputs(rows)) {
            for (int load : SuiteReport.LOADS) {
                measureLatency(one, load);
            }
        }
        return report(rows);
    }

    private static void addDistance(Case one, Samples into) throws InterruptedException {
        OptionalDouble roundTripNs = ProcessorDistance.roundTripNs();
        if (roundTripNs.isPresent()) {
            into.add(one.key(PROCESSORS), roundTripNs.getAsDouble());
            say(one.name() + ": " + Row.number(into.median(one.key(PROCESSORS))) + " ns from one processor to another and back");
        }
    }

    private Report report(List<CaseRow> rows) {
        return new SuiteReport(kind.name(), samples, failures, kind.peers()).of(rows);
    }

    /**
     * Each once; a row's two next to each other as far as they go, since the machine changes. The yardstick comes first where a peer
     * is measured.
     */
    private Collection<Case> cases(List<CaseRow> rows) {
        var cases = new ArrayList<Case>();
        if (rows.stream().anyMatch(row -> row.figure().isPresent())) {
            kind.yardstick().ifPresent(cases::add);
        }
        rows.forEach(row -> add(row, cases));
        return cases;
    }

    private static void add(CaseRow row, List<Case> cases) {
        int ours = cases.indexOf(row.ours());
        int peer = row.peer().map(cases::indexOf).orElse(-1);
        if (ours < 0 && peer < 0) {
            row.cases().forEach(cases::add);
        } else if (ours < 0) {
            cases.add(peer + 1, row.ours());
        } else if (peer < 0) {
            row.peer().ifPresent(other -> cases.add(ours, other));
        }
    }

    private static Collection<Case> throughputs(List<CaseRow> rows) {
        var cases = new LinkedHashSet<Case>();
        rows.stream().filter(CaseRow::isThroughput).forEach(row -> row.cases().forEach(cases::add));
        return cases;
    }

    private Task inItsMode(Case one) {
        return kind.modes().best(one).windows(WINDOWS);
    }

    private void findMode(Case one) throws IOException, InterruptedException {
        double best = Double.NEGATIVE_INFINITY;
        for (String mode : kind.modes().choices(one)) {
            var tried = new Samples();
            runAlone(one, kind.modes().in(mode, one).windows(WINDOWS), tried);
            boolean isRoundTrip = one.task().measure() == Task.Measure.ROUND_TRIP;
            String key = one.key(isRoundTrip ? OneWay.P50 : OneWay.RATE);
            if (tried.has(key)) {
                double worth = isRoundTrip ? -tried.median(key) : tried.median(key);
                say(one.name() + " " + mode + ": " + Row.number(Math.abs(worth)));
                if (worth > best) {
                    best = worth;
                    kind.modes().put(one, mode);
                }
            }
        }
    }

    private void measureLatency(Case one, int load) throws IOException, InterruptedException {
        if (!samples.has(one.key(OneWay.RATE))) {
            return;
        }
        double rate = samples.median(one.key(OneWay.RATE)) * load / 100;
        var latencies = new Samples();
        runAlone(one, inItsMode(one).windows(LATENCY_WINDOWS).paced(Task.Measure.LATENCY, rate), latencies);
        for (String metric : List.of(OneWay.P50, OneWay.P99)) {
            if (latencies.has(one.key(metric))) {
                samples.add(one.key(metric + "_at_" + load), latencies.median(one.key(metric)));
            }
        }
    }

    private void runAlone(Case one, Task task, Samples into) throws IOException, InterruptedException {
        try {
            run(one, task, into);
        } finally {
            closeAll();
        }
    }

    /** Measures, in the JVM of the case's side; one that failed is not used again. */
    private void run(Case one, Task task, Samples into) throws IOException, InterruptedException {
        say(one.name() + ": " + task.line());
        ChildSession child = open.get(one.side());
        if (child == null) {
            child = ChildSession.start(kind.command().apply(one.side()));
            open.put(one.side(), child);
        }
        try {
            into.addAll(one.name() + ".", child.measure(task));
        } catch (MeasurementFailed e) {
            say(one.name() + " failed: " + e.getMessage());
            failures.put(one.name(), e.getMessage());
            child.close();
            open.remove(one.side());
        }
    }

    private void closeAll() {
        open.values().forEach(ChildSession::close);
        open.clear();
    }

    private static void say(String what) {
        System.err.println("bench: " + what);
    }
}
