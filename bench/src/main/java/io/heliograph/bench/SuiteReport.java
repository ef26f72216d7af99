package io.heliograph.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Makes a suite's report of what was measured.
 *
 * @param suite    its name
 * @param samples  by the cases' keys
 * @param failures why a case has no samples, by its name
 * @param peers    what is known of them
 */
record SuiteReport(String suite, Samples samples, Map<String, String> failures, Peers peers) {

    static final double MOST_SPREAD = 2;
    /** How the samples' names begin that stand beside a row's figure, and are not compared. */
    static final String BESIDE = "beside_";
    static final List<Integer> LOADS = List.of(50, 90);

    /** Bytes per event are told to a thousandth: what threads of the JVM and a report each second cost is less. */
    private static final double THOUSAND = 1e3;

    Report of(List<CaseRow> rows) {
        List<Row> made = rows.stream().map(this::row).toList();
        List<String> weak = made.stream().filter(Row::isVoid)
                .map(row -> row.name() + ": " + row.remark()).toList();
        return new Report(suite, made, weak.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", weak)));
    }

    private Row row(CaseRow row) {
        Optional<String> missing = row.cases().filter(one -> !samples.has(one.key(row.metric())))
                .map(one -> one.name() + " failed: " + failures.getOrDefault(one.name(), "it was not measured")).findFirst();
        double ours = figure(row.ours(), row);
        double against = row.peer().map(peer -> figure(peer, row)).orElse(row.target());
        List<String> remarks = new ArrayList<>();
        missing.ifPresent(remarks::add);
        if (missing.isEmpty()) {
            row.peer().flatMap(peer -> peers.weakness(row, against, samples)).ifPresent(remarks::add);
            unsteadiness(row).ifPresent(remarks::add);
        }
        return new Row(row.name(), row.unit(), ours, against, row.peer().flatMap(peers::name), row.goal(), spread(row), extras(row),
                String.join("; ", remarks));
    }

    private double figure(Case one, CaseRow row) {
        String key = one.key(row.metric());
        if (!samples.has(key)) {
            return Double.NaN;
        }
        double median = samples.median(key) / row.scale();
        return row.metric().equals(OneWay.ALLOCATED) ? Math.rint(median * THOUSAND) / THOUSAND : median;
    }

    private String spread(CaseRow row) {
        String key = row.ours().key(row.metric());
        return samples.has(key) ? samples.spread(key, row.scale()) : "";
    }

    /** The 99th percentile of a peer that does not come twice near the same one proves nothing. */
    private Optional<String> unsteadiness(CaseRow row) {
        if (!row.metric().equals(OneWay.P99)) {
            return Optional.empty();
        }
        double times = samples.times(row.peer().orElseThrow().key(row.metric()));
        return times < MOST_SPREAD
                ? Optional.empty()
                : Optional.of("does not count: the peer's p99 spreads " + Row.number(times) + "x over the runs");
    }

    private Map<String, Double> extras(CaseRow row) {
        var extras = new TreeMap<String, Double>();
        row.peer().map(peer -> peer.key(row.metric())).filter(samples::has).ifPresent(key -> {
            extras.put("peer_least", samples.least(key) / row.scale());
            extras.put("peer_most", samples.most(key) / row.scale());
        });
        addBeside(extras, row.ours(), "");
        row.peer().ifPresent(peer -> addBeside(extras, peer, "peer_"));
        if (row.isThroughput()) {
            addLatencies(extras, row.ours(), "");
            row.peer().filter(peer -> !peer.side().equals(row.ours().side())).ifPresent(peer -> addLatencies(extras, peer, "peer_"));
        }
        return extras;
    }

    private void addBeside(Map<String, Double> extras, Case one, String prefix) {
        String beginning = one.key(BESIDE);
        samples.names().filter(name -> name.startsWith(beginning))
                .forEach(name -> extras.put(prefix + name.substring(beginning.length()), samples.median(name)));
    }

    private void addLatencies(Map<String, Double> extras, Case one, String prefix) {
        for (int load : LOADS) {
            for (String metric : List.of(OneWay.P50, OneWay.P99)) {
                String key = one.key(metric + "_at_" + load);
                if (samples.has(key)) {
                    extras.put(prefix + metric + "_us_at_" + load, samples.median(key));
                }
            }
        }
    }
}
