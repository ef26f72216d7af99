package io.heliograph.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * Makes the suite {@code udp}'s report of what was measured.
 *
 * @param samples  by the cases' keys
 * @param modes    the peer's mode, by the case's name
 * @param failures why a case has no samples, by its name
 */
record UdpReport(Samples samples, Map<String, String> modes, Map<String, String> failures) {

    static final double LEAST_STRENGTH = 0.8;
    static final double MOST_SPREAD = 2;
    static final List<Integer> LOADS = List.of(50, 90);

    /** Bytes per event are told to a thousandth: what threads of the JVM and a report each second cost is less. */
    private static final double THOUSAND = 1e3;

    Report of(List<UdpRow> rows) {
        List<Row> made = rows.stream().map(this::row).toList();
        List<String> weak = made.stream().filter(Row::isVoid)
                .map(row -> row.name() + ": " + row.remark()).toList();
        return new Report("udp", made, weak.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", weak)));
    }

    private Row row(UdpRow row) {
        Optional<String> missing = row.cases().filter(one -> !samples.has(one.key(row.metric())))
                .map(one -> one.name() + " failed: " + failures.getOrDefault(one.name(), "it was not measured")).findFirst();
        double ours = figure(row.ours(), row);
        double against = row.peer().map(peer -> figure(peer, row)).orElse(row.target());
        List<String> remarks = new ArrayList<>();
        missing.ifPresent(remarks::add);
        if (missing.isEmpty()) {
            weakness(row, against).ifPresent(remarks::add);
            unsteadiness(row).ifPresent(remarks::add);
        }
        return new Row(row.name(), row.unit(), ours, against, peerName(row), row.goal(), spread(row), extras(row),
                String.join("; ", remarks));
    }

    private double figure(UdpCase one, UdpRow row) {
        String key = one.key(row.metric());
        if (!samples.has(key)) {
            return Double.NaN;
        }
        double median = samples.median(key) / row.scale();
        return row.metric().equals(OneWay.ALLOCATED) ? Math.rint(median * THOUSAND) / THOUSAND : median;
    }

    private String spread(UdpRow row) {
        String key = row.ours().key(row.metric());
        return samples.has(key) ? samples.spread(key, row.scale()) : "";
    }

    private Optional<String> peerName(UdpRow row) {
        return row.peer().flatMap(peer -> switch (peer.side()) {
            case UdpChild.AERON -> Optional.of("Aeron 1.51.0 " + modes.getOrDefault(peer.name(), UdpTask.NO_MODE));
            case UdpChild.BARE -> Optional.of("bare GSO/GRO loop");
            default -> Optional.empty();
        });
    }

    private Optional<String> weakness(UdpRow row, double peersFigure) {
        String key = UdpRow.YARDSTICK.key(OneWay.RATE);
        if (row.figure().isEmpty()) {
            return Optional.empty();
        }
        if (!samples.has(key)) {
            return Optional.of(Row.VOID + ": there is no yardstick");
        }
        OptionalDouble strength = row.strength(peersFigure, samples.median(key) / 1e6);
        return strength.isPresent() && strength.getAsDouble() < LEAST_STRENGTH
                ? Optional.of(Row.VOID + ": the peer is at " + Row.number(strength.getAsDouble()) + " of its figure, beside the yardstick")
                : Optional.empty();
    }

    /** The 99th percentile of a peer that does not come twice near the same one proves nothing. */
    private Optional<String> unsteadiness(UdpRow row) {
        if (!row.metric().equals(OneWay.P99)) {
            return Optional.empty();
        }
        double times = samples.times(row.peer().orElseThrow().key(row.metric()));
        return times < MOST_SPREAD
                ? Optional.empty()
                : Optional.of("does not count: the peer's p99 spreads " + Row.number(times) + "x over the runs");
    }

    private Map<String, Double> extras(UdpRow row) {
        var extras = new TreeMap<String, Double>();
        row.peer().map(peer -> peer.key(row.metric())).filter(samples::has).ifPresent(key -> {
            extras.put("peer_least", samples.least(key) / row.scale());
            extras.put("peer_most", samples.most(key) / row.scale());
        });
        if (row.isThroughput()) {
            addLatencies(extras, row.ours(), "");
            row.peer().filter(UdpCase::isAeron).ifPresent(peer -> addLatencies(extras, peer, "peer_"));
        }
        return extras;
    }

    private void addLatencies(Map<String, Double> extras, UdpCase one, String prefix) {
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
