package io.heliograph.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs the suite {@code udp}: our side and the peers take turns, each in JVMs of its own. For one thread.
 *
 * <pre>
 *   quick   one JVM for each side; case by case: 3 windows of ours, 3 of the peer's; every window is a sample
 *   full    the peer's best mode for each case; 5 rounds, in each a fresh JVM for each case, the median of whose 3 windows
 *           is a sample, and whose order changes from round to round; then latencies at parts of the rates found
 * </pre>
 */
final class UdpSuite {

    private static final int WINDOWS = 3;
    private static final int LATENCY_WINDOWS = 5;
    private static final int ROUNDS = 5;

    private final Path peers;
    private final PeerModes modes;
    private final Samples samples = new Samples();
    private final Map<String, String> failures = new HashMap<>();
    private final Map<String, ChildSession> open = new HashMap<>();

    /**
     * @param peers the folder with the peers' jars
     * @param modes what the last full run found
     */
    UdpSuite(Path peers, PeerModes modes) {
        this.peers = peers;
        this.modes = modes;
    }

    /** Why cases have no result, by their names. */
    Map<String, String> failures() {
        return Map.copyOf(failures);
    }

    /** One JVM for each side. */
    Report quick(List<UdpRow> rows) throws IOException, InterruptedException {
        try {
            for (UdpCase one : cases(rows)) {
                run(one, inItsMode(one), samples);
            }
        } finally {
            closeAll();
        }
        return new UdpReport(samples, modes.byCase(), failures).of(rows);
    }

    /** Fresh JVMs, more samples, and latencies. */
    Report full(List<UdpRow> rows) throws IOException, InterruptedException {
        Set<UdpCase> cases = cases(rows);
        for (UdpCase one : cases) {
            if (one.isAeron()) {
                findMode(one);
            }
        }
        modes.write();
        for (int round = 1; round <= ROUNDS; round++) {
            say("round " + round + " of " + ROUNDS);
            List<UdpCase> inTurn = new ArrayList<>(cases);
            for (UdpCase one : round % 2 == 0 ? inTurn.reversed() : inTurn) {
                var windows = new Samples();
                runAlone(one, inItsMode(one), windows);
                samples.addMedians(windows);
            }
        }
        for (UdpCase one : throughputs(rows)) {
            for (int load : UdpReport.LOADS) {
                measureLatency(one, load);
            }
        }
        return new UdpReport(samples, modes.byCase(), failures).of(rows);
    }

    /** Each once; a row's two next to each other, and the yardstick first where a peer is measured. */
    private static Set<UdpCase> cases(List<UdpRow> rows) {
        var cases = new LinkedHashSet<UdpCase>();
        if (rows.stream().anyMatch(row -> row.figure().isPresent())) {
            cases.add(UdpRow.YARDSTICK);
        }
        rows.forEach(row -> row.cases().forEach(cases::add));
        return cases;
    }

    private static Collection<UdpCase> throughputs(List<UdpRow> rows) {
        var cases = new LinkedHashSet<UdpCase>();
        rows.stream().filter(UdpRow::isThroughput).forEach(row -> row.cases().forEach(cases::add));
        return cases;
    }

    private UdpTask inItsMode(UdpCase one) {
        UdpTask task = one.task().windows(WINDOWS);
        return one.isAeron() ? task.in(modes.of(one)) : task;
    }

    private void findMode(UdpCase one) throws IOException, InterruptedException {
        double best = Double.NEGATIVE_INFINITY;
        for (String mode : PeerModes.ALL) {
            var tried = new Samples();
            runAlone(one, one.task().windows(WINDOWS).in(mode), tried);
            boolean isRoundTrip = one.task().measure() == UdpTask.Measure.ROUND_TRIP;
            String key = one.key(isRoundTrip ? OneWay.P50 : OneWay.RATE);
            if (tried.has(key)) {
                double worth = isRoundTrip ? -tried.median(key) : tried.median(key);
                say(one.name() + " " + mode + ": " + Row.number(Math.abs(worth)));
                if (worth > best) {
                    best = worth;
                    modes.put(one, mode);
                }
            }
        }
    }

    private void measureLatency(UdpCase one, int load) throws IOException, InterruptedException {
        if (!samples.has(one.key(OneWay.RATE))) {
            return;
        }
        double rate = samples.median(one.key(OneWay.RATE)) * load / 100;
        var latencies = new Samples();
        runAlone(one, inItsMode(one).windows(LATENCY_WINDOWS).paced(UdpTask.Measure.LATENCY, rate), latencies);
        for (String metric : List.of(OneWay.P50, OneWay.P99)) {
            if (latencies.has(one.key(metric))) {
                samples.add(one.key(metric + "_at_" + load), latencies.median(one.key(metric)));
            }
        }
    }

    private void runAlone(UdpCase one, UdpTask task, Samples into) throws IOException, InterruptedException {
        try {
            run(one, task, into);
        } finally {
            closeAll();
        }
    }

    /** Measures, in the JVM of the case's side; one that failed is not used again. */
    private void run(UdpCase one, UdpTask task, Samples into) throws IOException, InterruptedException {
        say(one.name() + ": " + task.line());
        ChildSession child = open.get(one.side());
        if (child == null) {
            child = ChildSession.start(one.side(), peers);
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
