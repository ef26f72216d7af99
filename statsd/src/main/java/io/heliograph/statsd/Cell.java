package io.heliograph.statsd;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Where one series gathers the values of the open pane. Not thread-safe. */
sealed interface Cell {

    /** Applies a line's values, all or none. */
    Optional<Rejection> apply(MetricLine line);

    /** What the values came to; the cell goes on with the next pane. */
    Metric close(long atNs);

    /** An empty cell for one series; sets draw on the pane's {@code budget}. */
    static Cell of(MetricType type, ElementBudget budget) {
        return switch (type) {
            case COUNTER -> new CounterCell();
            case GAUGE -> new GaugeCell();
            case TIMER -> new TimerCell();
            case SET -> new SetCell(budget);
        };
    }

    /** Adds up. */
    final class CounterCell implements Cell {

        private double sum;

        @Override
        public Optional<Rejection> apply(MetricLine line) {
            while (line.nextValue()) {
                sum += line.value() * line.weight();
            }
            return Optional.empty();
        }

        @Override
        public Metric close(long atNs) {
            var closed = new Metric.Counter(sum);
            sum = 0;
            return closed;
        }
    }

    /** Keeps the last value from pane to pane, so that a change has something to change. */
    final class GaugeCell implements Cell {

        private double value;

        @Override
        public Optional<Rejection> apply(MetricLine line) {
            while (line.nextValue()) {
                value = line.isDelta() ? value + line.value() : line.value();
            }
            return Optional.empty();
        }

        @Override
        public Metric close(long atNs) {
            return new Metric.Gauge(value, atNs);
        }
    }

    /** Summarises. */
    final class TimerCell implements Cell {

        private TimerSummary.Builder summary = new TimerSummary.Builder();

        @Override
        public Optional<Rejection> apply(MetricLine line) {
            while (line.nextValue()) {
                summary.add(line.value(), line.weight());
            }
            return Optional.empty();
        }

        @Override
        public Metric close(long atNs) {
            TimerSummary closed = summary.finish();
            summary = new TimerSummary.Builder();
            return closed;
        }
    }

    /** Keeps each distinct element, up to {@value #MAX_ELEMENTS}. */
    final class SetCell implements Cell {

        static final int MAX_ELEMENTS = 1024;

        private final ElementBudget budget;
        private final Set<String> elements = new HashSet<>();

        SetCell(ElementBudget budget) {
            this.budget = budget;
        }

        @Override
        public Optional<Rejection> apply(MetricLine line) {
            String element = line.element();
            if (elements.contains(element)) {
                return Optional.empty();
            }
            if (elements.size() == MAX_ELEMENTS || !budget.take()) {
                return Optional.of(Rejection.SET_FULL);
            }
            elements.add(element);
            return Optional.empty();
        }

        @Override
        public Metric close(long atNs) {
            var closed = new Metric.Distinct(elements);
            elements.clear();
            return closed;
        }
    }

    /** How many more distinct elements all sets of a pane together may keep. Not thread-safe. */
    final class ElementBudget {

        static final int ELEMENTS_PER_PANE = 262_144;

        private int left = ELEMENTS_PER_PANE;

        boolean take() {
            if (left == 0) {
                return false;
            }
            left--;
            return true;
        }

        void refill() {
            left = ELEMENTS_PER_PANE;
        }
    }
}
