package io.heliograph.statsd;

/** Takes what a {@link StatsdParser} reads. Called once for each line that is not blank, in order. */
public interface LineHandler {

    /**
     * A good line.
     *
     * @param line valid only during the call
     */
    void onMetric(MetricLine line);

    /** A line that is no metric. */
    void onBadLine(BadLine reason);
}
