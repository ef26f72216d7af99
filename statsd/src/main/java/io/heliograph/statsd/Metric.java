package io.heliograph.statsd;

import java.util.HashSet;
import java.util.Set;

/**
 * What one series came to over a pane.
 *
 * <p>Immutable. Two of a kind merge into what one pane over both times would have held; merging is associative, and its
 * order does not matter (but for the last bit of a sum of fractions).
 */
public sealed interface Metric permits Metric.Counter, Metric.Gauge, TimerSummary, Metric.Distinct {

    /**
     * What both came to together.
     *
     * @throws IllegalArgumentException if {@code other} is of another kind
     */
    Metric merge(Metric other);

    /**
     * A sum.
     *
     * @param sum each value times its weight
     */
    record Counter(double sum) implements Metric {
        @Override
        public Metric merge(Metric other) {
            return new Counter(sum + sameKind(Counter.class, other).sum);
        }
    }

    /**
     * The last value.
     *
     * @param value what the gauge stood at
     * @param atNs  when its pane ended, in nanoseconds since 1970: the later one holds
     */
    record Gauge(double value, long atNs) implements Metric {
        @Override
        public Metric merge(Metric other) {
            Gauge that = sameKind(Gauge.class, other);
            boolean mine = atNs > that.atNs || (atNs == that.atNs && value >= that.value);
            return mine ? this : that;
        }
    }

    /**
     * Distinct elements.
     *
     * @param elements each byte of an element is the character of that number
     */
    record Distinct(Set<String> elements) implements Metric {
        public Distinct {
            elements = Set.copyOf(elements);
        }

        @Override
        public Metric merge(Metric other) {
            var both = new HashSet<>(elements);
            both.addAll(sameKind(Distinct.class, other).elements);
            return new Distinct(both);
        }
    }

    private static <M extends Metric> M sameKind(Class<M> kind, Metric other) {
        if (!kind.isInstance(other)) {
            throw new IllegalArgumentException("a " + kind.getSimpleName() + " does not merge with a "
                    + other.getClass().getSimpleName());
        }
        return kind.cast(other);
    }
}
