package io.heliograph.bench;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** The rows of the suite {@code search}. */
final class SearchRows {

    static final String EVENTS = "events";
    /** A checksum over the ids that match each of some events. */
    static final String FOUND = "found";

    /** How fast this machine is now. */
    static final Case YARDSTICK = new Case("analyzer", SearchChild.ANALYZER, new SearchTask(1, 1));

    /**
     * All of them, in the order of the table. The Monitor's figures are those of a machine of two cores where the analyzer takes 9 us
     * for an event; with 1,000 queries it did 1,703 in one run and 649 in another.
     */
    static final List<CaseRow> ALL = List.of(
            row("search.monitor.1k", 1_000, 649),
            row("search.monitor.10k", 10_000, 79.5),
            row("search.monitor.100k", 100_000, 20.9));

    private SearchRows() {
    }

    private static CaseRow row(String name, int queries, double figure) {
        var task = new SearchTask(queries, 1);
        return new CaseRow(name, Row.RECORDED, "/s", 1, EVENTS, new Case("heliograph-" + queries, SearchChild.HELIOGRAPH, task),
                Optional.of(new Case("monitor-" + queries, SearchChild.MONITOR, task)), 0, OptionalDouble.of(figure));
    }
}
