package io.heliograph.cli;

import io.heliograph.flow.FlowPolicy;
import io.heliograph.ledger.PublisherSums;
import io.heliograph.ledger.SubscriberSums;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What was measured.
 *
 * @param plan      what was done
 * @param policy    the publisher's
 * @param seconds   from the first publish to the last event handled
 * @param published the publisher's sums
 * @param received  each subscriber's sums
 * @param latencies publish to handler, in nanoseconds, of all subscribers together; not to be changed
 * @param course    how many events the slowest subscriber had handled, as time went by
 * @param failure   why it ended before its time; empty if it did not
 */
record BenchResult(BenchPlan plan, FlowPolicy policy, double seconds, PublisherSums published,
        List<SubscriberSums> received, Histogram latencies, List<Point> course, String failure) {

    private static final double NS_PER_US = 1e3;

    /** So many events after so many seconds. */
    record Point(double seconds, long handled) {
    }

    BenchResult {
        received = List.copyOf(received);
        course = List.copyOf(course);
    }

    /** What one subscriber handled a second; their mean. */
    double eventsPerSecond() {
        return delivered() / (double) received.size() / seconds;
    }

    /** Data of events, in 10^6 bytes: what one subscriber handled a second. */
    double megabytesPerSecond() {
        return eventsPerSecond() * plan.sizeBytes() / 1e6;
    }

    /** By all subscribers. */
    long delivered() {
        return received.stream().mapToLong(SubscriberSums::delivered).sum();
    }

    /** At all subscribers. */
    long lost() {
        return received.stream().mapToLong(SubscriberSums::lostTotal).sum();
    }

    double latencyUs(double percentile) {
        return latencies.getValueAtPercentile(percentile) / NS_PER_US;
    }

    double maxLatencyUs() {
        return latencies.getMaxValue() / NS_PER_US;
    }

    /** What is wrong; empty if nothing is. Losing events is wrong only under a policy that makes the publisher wait. */
    Optional<String> fault() {
        if (!failure.isEmpty()) {
            return Optional.of(failure);
        }
        if (published.difference() != 0 || received.stream().anyMatch(sums -> sums.difference() != 0)) {
            return Optional.of("a ledger does not close");
        }
        long missing = received.stream().mapToLong(sums -> Math.max(0, published.accepted() - sums.delivered())).sum();
        return policy.waits() && missing > 0
                ? Optional.of(missing + (missing == 1 ? " event is" : " events are") + " missing under " + policy.text())
                : Optional.empty();
    }

    /** Some lines for people. */
    String text() {
        return String.format(Locale.ROOT, """
                address  %s, %s
                events   %,d of %,d B to %,d subscriber%s, %.1f s
                rate     %,.0f events/s, %,.1f MB/s
                lost     %,d%s
                latency  p50 %s us, p99 %s us, p99.9 %s us, max %s us, of %,d timed
                """, Messages.oneLine(plan.address()), policy.text(),
                published.accepted(), plan.sizeBytes(), plan.subscribers(),
                plan.subscribers() == 1 ? "" : "s", seconds,
                eventsPerSecond(), megabytesPerSecond(),
                lost(), published.dropped() == 0 ? "" : String.format(Locale.ROOT, ", dropped %,d", published.dropped()),
                us(latencyUs(50)), us(latencyUs(99)), us(latencyUs(99.9)), us(maxLatencyUs()), latencies.getTotalCount());
    }

    /** Three digits that mean something. */
    static String us(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%,.0f", value);
    }

    /** One object on one line. */
    String json() {
        var text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeStringProperty("address", plan.address());
            json.writeStringProperty("policy", policy.text());
            json.writeNumberProperty("events", published.accepted());
            json.writeNumberProperty("size_bytes", plan.sizeBytes());
            json.writeNumberProperty("subscribers", plan.subscribers());
            json.writeNumberProperty("seconds", rounded(seconds));
            json.writeNumberProperty("events_per_second", Math.round(eventsPerSecond()));
            json.writeNumberProperty("megabytes_per_second", rounded(megabytesPerSecond()));
            json.writeNumberProperty("delivered", delivered());
            json.writeNumberProperty("dropped", published.dropped());
            json.writeNumberProperty("lost", lost());
            json.writeObjectPropertyStart("latency_us");
            json.writeNumberProperty("p50", rounded(latencyUs(50)));
            json.writeNumberProperty("p99", rounded(latencyUs(99)));
            json.writeNumberProperty("p99_9", rounded(latencyUs(99.9)));
            json.writeNumberProperty("max", rounded(maxLatencyUs()));
            json.writeNumberProperty("timed", latencies.getTotalCount());
            json.writeEndObject();
            json.writeEndObject();
        }
        return text.toString();
    }

    private static double rounded(double value) {
        return Math.round(value * 1e3) / 1e3;
    }
}
