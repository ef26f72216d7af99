package io.heliograph.statsd;

import com.datadoghq.sketch.ddsketch.DDSketch;
import com.datadoghq.sketch.ddsketch.mapping.CubicallyInterpolatedMapping;
import com.datadoghq.sketch.ddsketch.store.CollapsingLowestDenseStore;

/**
 * Values and how they are spread: count, sum, least and greatest are exact, percentiles are within
 * {@value #RELATIVE_ACCURACY} of the true value's magnitude.
 *
 * <p>Percentiles come from a DDSketch: a count for each of a row of bins that grow by a constant factor. Sketches of
 * equal bins add up bin by bin, so a merge loses nothing. There are at most {@value #MAX_BINS} bins (16 KiB), enough
 * for values that differ by a factor of 10⁸; beyond that the ones nearest to zero share a bin.
 *
 * <p>Immutable. A sample that stands for several (sample rate 0.1) counts as that many.
 */
public final class TimerSummary implements Metric {

    /** How far a percentile may be off, as a share of its value. */
    public static final double RELATIVE_ACCURACY = 0.005;

    private static final int MAX_BINS = 2048;

    private final DDSketch sketch;
    private final double count;
    private final double sum;
    private final double min;
    private final double max;

    private TimerSummary(DDSketch sketch, double count, double sum, double min, double max) {
        this.sketch = sketch;
        this.count = count;
        this.sum = sum;
        this.min = min;
        this.max = max;
    }

    /** How many samples there were, each with its weight. */
    public double count() {
        return count;
    }

    /** Each value times its weight, added up. */
    public double sum() {
        return sum;
    }

    /** The least value. */
    public double min() {
        return min;
    }

    /** The greatest value. */
    public double max() {
        return max;
    }

    /** The mean, weighted. */
    public double mean() {
        return sum / count;
    }

    /**
     * The value that a share of the samples does not exceed.
     *
     * @param percent from 0 to 100: 50 for the median
     */
    public double percentile(double percent) {
        return Math.clamp(sketch.getValueAtQuantile(percent / 100), min, max);
    }

    @Override
    public Metric merge(Metric other) {
        if (!(other instanceof TimerSummary that)) {
            throw new IllegalArgumentException("a timer does not merge with a " + other.getClass().getSimpleName());
        }
        DDSketch both = sketch.copy();
        both.mergeWith(that.sketch);
        return new TimerSummary(both, count + that.count, sum + that.sum, Math.min(min, that.min),
                Math.max(max, that.max));
    }

    /** Gathers values for a summary. Not thread-safe; of no more use once it is {@link #finish}ed. */
    static final class Builder {

        private final DDSketch sketch = new DDSketch(
                new CubicallyInterpolatedMapping(RELATIVE_ACCURACY), () -> new CollapsingLowestDenseStore(MAX_BINS));
        private double count;
        private double sum;
        private double min = Double.POSITIVE_INFINITY;
        private double max = Double.NEGATIVE_INFINITY;

        void add(double value, double weight) {
            sketch.accept(value, weight);
            count += weight;
            sum += value * weight;
            min = Math.min(min, value);
            max = Math.max(max, value);
        }

        TimerSummary finish() {
            return new TimerSummary(sketch, count, sum, min, max);
        }
    }
}
