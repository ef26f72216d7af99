package io.heliograph.statsd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimerSummaryTest {

    private static final double[] PERCENTS = {0, 1, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100};

    @ParameterizedTest
    @ValueSource(longs = {7, 0x5eedL, 0xfeedL})
    void keepsPercentilesWithinHalfAPercentOfTheExactOnes(long seed) {
        double[] values = latencies(seed, 100_000);
        TimerSummary summary = summary(values);
        Arrays.sort(values);
        for (double percent : PERCENTS) {
            double exact = values[(int) (percent / 100 * (values.length - 1))];
            assertThat(summary.percentile(percent)).as("seed %x, p%s", seed, percent)
                    .isCloseTo(exact, within(exact * TimerSummary.RELATIVE_ACCURACY * 1.000001));
        }
    }

    @Test
    void countsLeastAndGreatestExactly() {
        double[] values = latencies(3, 10_000);
        TimerSummary summary = summary(values);
        assertThat(summary.count()).isEqualTo(10_000);
        assertThat(summary.min()).isEqualTo(Arrays.stream(values).min().orElseThrow());
        assertThat(summary.max()).isEqualTo(Arrays.stream(values).max().orElseThrow());
        assertThat(summary.sum()).isCloseTo(Arrays.stream(values).sum(), within(1e-3));
    }

    @Test
    void tellsOneValueExactly() {
        TimerSummary one = summary(12.5);
        assertThat(one.percentile(50)).isEqualTo(12.5);
        assertThat(one.percentile(99)).isEqualTo(12.5);
        assertThat(one.mean()).isEqualTo(12.5);
    }

    @Test
    void takesZeroNegativeAndExtremeValues() {
        TimerSummary summary = summary(-1e100, -3, -1e-300, 0, 5, 1e100);
        assertThat(summary.percentile(0)).isCloseTo(-1e100, within(1e98));
        assertThat(summary.percentile(20)).isCloseTo(-3, within(1e98));
        assertThat(summary.percentile(100)).isCloseTo(1e100, within(1e98));
        assertThat(summary.min()).isEqualTo(-1e100);
    }

    @Test
    void weighsASampleByItsRate() {
        var builder = new TimerSummary.Builder();
        builder.add(10, 9);
        builder.add(1000, 1);
        TimerSummary summary = builder.finish();
        assertThat(summary.count()).isEqualTo(10);
        assertThat(summary.mean()).isEqualTo(109);
        assertThat(summary.percentile(50)).isCloseTo(10, within(0.05));
        assertThat(summary.percentile(100)).isCloseTo(1000, within(5.0));
    }

    @Test
    void mergesIntoTheSameFiguresInAnyOrder() {
        double[] values = latencies(11, 9_000);
        Metric first = summary(Arrays.copyOfRange(values, 0, 2_000));
        Metric second = summary(Arrays.copyOfRange(values, 2_000, 2_001));
        Metric third = summary(Arrays.copyOfRange(values, 2_001, 9_000));
        TimerSummary whole = summary(values);
        for (Metric merged : new Metric[] {first.merge(second).merge(third), third.merge(first.merge(second)),
            second.merge(third).merge(first)}) {
            TimerSummary summary = (TimerSummary) merged;
            assertThat(summary.count()).isEqualTo(whole.count());
            assertThat(summary.sum()).isCloseTo(whole.sum(), within(1e-3));
            for (double percent : PERCENTS) {
                assertThat(summary.percentile(percent)).isEqualTo(whole.percentile(percent));
            }
        }
        assertThat(((TimerSummary) second).count()).as("merging leaves both as they were").isEqualTo(1);
    }

    private static TimerSummary summary(double... values) {
        var builder = new TimerSummary.Builder();
        for (double value : values) {
            builder.add(value, 1);
        }
        return builder.finish();
    }

    /** Log-normal milliseconds, one in a thousand a hundred times as long. */
    private static double[] latencies(long seed, int count) {
        var random = new SplittableRandom(seed);
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            double gaussian = random.nextGaussian();
            values[i] = Math.exp(3 + 0.5 * gaussian) * (random.nextInt(1000) == 0 ? 100 : 1);
        }
        return values;
    }
}
