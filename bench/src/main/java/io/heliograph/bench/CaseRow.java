package io.heliograph.bench;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * A row of a suite of cases: what is compared with what.
 *
 * @param name   of the row
 * @param goal   what the ratio should be
 * @param unit   of the figures
 * @param scale  what a sample is divided by to get that unit
 * @param metric which samples of the cases
 * @param ours   our case
 * @param peer   what it is compared with: a peer's case, or another one of ours, which then is the target
 * @param target what it is compared with where there is no such case
 * @param figure the peer's own figure on a quiet machine, in the row's unit, where it is known
 */
record CaseRow(String name, String goal, String unit, double scale, String metric, Case ours, Optional<Case> peer,
        double target, OptionalDouble figure) {

    private static final double MILLION = 1e6;

    /** Of rates, in millions of events per second. */
    static CaseRow rate(String name, String goal, Case ours, Case peer, OptionalDouble figure) {
        return new CaseRow(name, goal, "M/s", MILLION, OneWay.RATE, ours, Optional.of(peer), 0, figure);
    }

    /** Of times, in microseconds. */
    static CaseRow latency(String name, String goal, String metric, Case ours, Case peer, double figureUs) {
        return new CaseRow(name, goal, "us", 1, metric, ours, Optional.of(peer), 0, OptionalDouble.of(figureUs));
    }

    /** Those of {@code all} whose names are, or begin with, one of {@code names}; all if that is empty. */
    static List<CaseRow> named(List<String> names, List<CaseRow> all) {
        List<CaseRow> asked = all.stream()
                .filter(row -> names.isEmpty() || names.stream().anyMatch(row.name()::startsWith)).toList();
        if (asked.isEmpty()) {
            throw new IllegalArgumentException("no row is named " + String.join(" or ", names) + "; there are "
                    + String.join(", ", all.stream().map(CaseRow::name).toList()));
        }
        return asked;
    }

    /** The cases it needs. */
    Stream<Case> cases() {
        return Stream.concat(Stream.of(ours), peer.stream());
    }

    /** Whether a higher figure is the worse one. */
    boolean isLatency() {
        return metric.equals(OneWay.P50) || metric.equals(OneWay.P99);
    }

    /** Whether latencies at parts of its rate belong beside it. */
    boolean isThroughput() {
        return metric.equals(OneWay.RATE) && cases().allMatch(Case::isProduct);
    }

    /** How near the peer comes to its figure, where that is known. */
    OptionalDouble strength(double peersFigure) {
        if (figure.isEmpty()) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(isLatency() ? figure.getAsDouble() / peersFigure : peersFigure / figure.getAsDouble());
    }
}
