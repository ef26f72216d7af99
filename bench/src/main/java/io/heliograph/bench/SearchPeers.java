package io.heliograph.bench;

import java.util.Optional;

/**
 * Lucene's Monitor. Where it is far below its figure, in proportion to what the analyzer does in the same run, or finds other
 * searches than we do, a row proves nothing.
 */
record SearchPeers() implements Peers {

    static final String DIFFERENT = Row.VOID + ": the two sides found different searches";

    /** Listings a second that the analyzer does on the machine where the peer's figures were taken: 9 us each. */
    private static final double YARDSTICK_FIGURE = 1e6 / 9;

    @Override
    public Optional<String> name(Case peer) {
        return peer.side().equals(SearchChild.MONITOR) ? Optional.of("Lucene Monitor 10.3.0") : Optional.empty();
    }

    @Override
    public Optional<String> weakness(CaseRow row, double figure, Samples samples) {
        if (!hasFoundTheSame(row, samples)) {
            return Optional.of(DIFFERENT);
        }
        String yardstick = SearchRows.YARDSTICK.key(SearchRows.EVENTS);
        if (!samples.has(yardstick)) {
            return Optional.of(Row.VOID + ": the analyzer was not measured");
        }
        double strength = row.strength(figure).orElse(1) * YARDSTICK_FIGURE / samples.median(yardstick);
        return strength < LEAST_STRENGTH
                ? Optional.of(Row.VOID + ": the peer is at " + Row.number(strength) + " of its figure")
                : Optional.empty();
    }

    private static boolean hasFoundTheSame(CaseRow row, Samples samples) {
        return row.cases().allMatch(one -> {
            String key = one.key(SearchRows.FOUND);
            return samples.has(key) && samples.times(key) == 1
                    && samples.median(key) == samples.median(row.ours().key(SearchRows.FOUND));
        });
    }
}
