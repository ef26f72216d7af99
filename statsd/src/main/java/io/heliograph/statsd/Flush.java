package io.heliograph.statsd;

import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.time.Clock;
import java.util.Map;
import java.util.Optional;

/**
 * Publishes the events of panes, and counts what became of each. One thread publishes; any thread may read the counts
 * and set a deadline.
 */
final class Flush {

    /**
     * The counts at one moment: {@code events = published + failures + abandoned}.
     *
     * @param panes     panes published
     * @param events    events in them so far
     * @param published what became of the events that were offered
     * @param failures  events for which the publisher threw
     * @param abandoned events that were not offered, because the deadline had passed
     */
    record Counts(long panes, long events, Map<PublishResult, Long> published, long failures, long abandoned) {
    }

    private final Publisher publisher;
    private final Clock clock;
    private final Tally<PublishResult> published = new Tally<>(PublishResult.class);
    private long panes;
    private long events;
    private long failures;
    private long abandoned;
    private boolean hasDeadline;
    private long deadlineNs;

    Flush(Publisher publisher, Clock clock) {
        this.publisher = publisher;
        this.clock = clock;
    }

    /** Offers no more events once the clock has come to {@code clockNs}. */
    synchronized void setDeadline(long clockNs) {
        hasDeadline = true;
        deadlineNs = clockNs;
    }

    synchronized Counts counts() {
        return new Counts(panes, events, published.counted(), failures, abandoned);
    }

    void publish(Pane pane) {
        pane.metrics().forEach((series, metric) -> publish(series, metric, pane));
        countPane();
    }

    private void publish(SeriesId series, Metric metric, Pane pane) {
        if (isLate()) {
            countAbandoned();
        } else {
            count(offer(series, metric, pane));
        }
    }

    /** The result; none if the publisher threw, against its contract: the other events must not suffer from it. */
    private Optional<PublishResult> offer(SeriesId series, Metric metric, Pane pane) {
        try {
            return Optional.of(publisher.publish(MetricEvents.of(series, metric, pane)));
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    private synchronized boolean isLate() {
        return hasDeadline && clock.nanoTime() - deadlineNs >= 0;
    }

    private synchronized void count(Optional<PublishResult> result) {
        events++;
        if (result.isPresent()) {
            published.count(result.get());
        } else {
            failures++;
        }
    }

    private synchronized void countAbandoned() {
        events++;
        abandoned++;
    }

    private synchronized void countPane() {
        panes++;
    }
}
