package io.heliograph.statsd;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What arrived during one flush period: the metrics that changed in it, in the order in which the server first saw
 * them.
 *
 * <p>Immutable. Panes merge into longer ones, and so windows are made of them: a sliding minute is the merge of the last
 * sixty panes of a second.
 *
 * @param end     when the pane ended
 * @param length  for how long values were gathered; of merged panes the sum
 * @param metrics what each series came to
 */
public record Pane(Instant end, Duration length, Map<SeriesId, Metric> metrics) {

    public Pane {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    /** Both panes as one; which of them is given to the other makes no difference. */
    public Pane merge(Pane other) {
        var both = new LinkedHashMap<>(metrics);
        other.metrics.forEach((series, metric) -> both.merge(series, metric, Metric::merge));
        return new Pane(end.isAfter(other.end) ? end : other.end, length.plus(other.length), both);
    }

    /** The pane's length in seconds. */
    double seconds() {
        return length.toNanos() / 1e9;
    }
}
