package io.heliograph.statsd;

import io.heliograph.statsd.SeriesTable.Series;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The pane that gathers now. Not thread-safe. A line of a known series allocates nothing, but for a set's.
 *
 * <p>A series stays known while it is idle, so that a gauge keeps what changes apply to; after {@code idlePanes} panes
 * without a value it is forgotten and makes room for another.
 */
final class OpenPane {

    private final long idlePanes;
    private final Cell.ElementBudget budget = new Cell.ElementBudget();
    private final SeriesTable table;
    private long number;

    OpenPane(int maxNames, long idlePanes, long hashSeed) {
        this.idlePanes = idlePanes;
        this.table = new SeriesTable(maxNames, hashSeed, budget);
    }

    /** Applies a line, or says which limit keeps it out. */
    Optional<Rejection> apply(MetricLine line) {
        Series series = table.of(line, number);
        if (series == Series.NONE) {
            return Optional.of(Rejection.NAMES_FULL);
        }
        Optional<Rejection> rejection = series.cell.apply(line);
        if (rejection.isEmpty()) {
            series.lastPane = number;
        }
        return rejection;
    }

    /** How many series are known. */
    int series() {
        return table.all().size();
    }

    /** Ends the pane and begins the next. */
    Pane close(Instant end, Duration length) {
        long endNs = end.getEpochSecond() * 1_000_000_000L + end.getNano();
        Map<SeriesId, Metric> metrics = new LinkedHashMap<>();
        for (Series series : table.all()) {
            if (series.lastPane == number) {
                metrics.put(series.id, series.cell.close(endNs));
            }
        }
        table.forget(series -> number - series.lastPane >= idlePanes);
        budget.refill();
        number++;
        return new Pane(end, length, metrics);
    }
}
