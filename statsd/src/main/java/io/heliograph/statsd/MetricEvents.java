package io.heliograph.statsd;

import io.heliograph.Event;
import io.heliograph.EventBuilder;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Makes one event of each metric in a pane.
 *
 * <pre>{@code
 * topic    metrics.timer
 * source   statsd
 * subject  checkout.time
 * time     the pane's end
 * data     {"name":"checkout.time","type":"timer","value":12.5,"rate":40.0,"count":40,
 *           "p50":12.1,"p95":19.8,"p99":31.0,"tags":{"host":"a"}}
 * }</pre>
 *
 * <table>
 * <caption>What the data's fields mean</caption>
 * <tr><th>type</th><th>value</th><th>rate, per second</th><th>count</th><th>p50, p95, p99</th></tr>
 * <tr><td>counter</td><td>the sum over the pane</td><td>of the sum</td><td>-</td><td>-</td></tr>
 * <tr><td>gauge</td><td>the last value</td><td>-</td><td>-</td><td>-</td></tr>
 * <tr><td>timer</td><td>the mean</td><td>of samples</td><td>samples</td><td>percentiles</td></tr>
 * <tr><td>set</td><td>distinct elements</td><td>-</td><td>-</td><td>-</td></tr>
 * </table>
 *
 * <p>Counts are whole numbers, all other figures have a fraction even where it is 0. {@code tags} is there when the
 * series has tags: a tag without a value has an empty one, a tag with several has a list. The event's key is the series
 * ({@link SeriesId#key}), so that of a series' events only the newest need be kept.
 *
 * <p>Stateless and thread-safe.
 */
public final class MetricEvents {

    /** The source of every metric's event. */
    public static final String SOURCE = "statsd";

    private static final JsonFactory JSON = new JsonFactory();

    private MetricEvents() {
    }

    /** The events of one pane, in its order. */
    public static List<Event> of(Pane pane) {
        var events = new ArrayList<Event>(pane.metrics().size());
        pane.metrics().forEach((series, metric) -> events.add(of(series, metric, pane)));
        return events;
    }

    /** The event of one of the pane's metrics. */
    static Event of(SeriesId series, Metric metric, Pane pane) {
        EventBuilder event = Event.builder(series.type().topic())
                .source(SOURCE)
                .subject(series.name())
                .time(pane.end())
                .data(json(series, metric, pane), "application/json");
        if (!series.tags().isEmpty()) {
            event.attribute(Event.PARTITION_KEY, series.key());
        }
        return event.build();
    }

    private static byte[] json(SeriesId series, Metric metric, Pane pane) {
        var bytes = new ByteArrayOutputStream(192);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            json.writeStringProperty("name", series.name());
            json.writeStringProperty("type", series.type().label());
            writeFigures(json, metric, pane.seconds());
            if (!series.tags().isEmpty()) {
                writeTags(json, series.tags());
            }
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static void writeFigures(JsonGenerator json, Metric metric, double seconds) {
        switch (metric) {
            case Metric.Counter(double sum) -> {
                json.writeNumberProperty("value", sum);
                json.writeNumberProperty("rate", sum / seconds);
            }
            case Metric.Gauge gauge -> json.writeNumberProperty("value", gauge.value());
            case Metric.Distinct(var elements) -> json.writeNumberProperty("value", (double) elements.size());
            case TimerSummary timer -> {
                json.writeNumberProperty("value", timer.mean());
                json.writeNumberProperty("rate", timer.count() / seconds);
                json.writeNumberProperty("count", Math.round(timer.count()));
                json.writeNumberProperty("p50", timer.percentile(50));
                json.writeNumberProperty("p95", timer.percentile(95));
                json.writeNumberProperty("p99", timer.percentile(99));
            }
        }
    }

    private static void writeTags(JsonGenerator json, List<String> tags) {
        Map<String, List<String>> valuesByName = new TreeMap<>();
        for (String tag : tags) {
            int colon = tag.indexOf(':');
            String name = colon < 0 ? tag : tag.substring(0, colon);
            String value = colon < 0 ? "" : tag.substring(colon + 1);
            valuesByName.computeIfAbsent(name, absent -> new ArrayList<>()).add(value);
        }
        json.writeObjectPropertyStart("tags");
        valuesByName.forEach((name, values) -> writeTag(json, name, values));
        json.writeEndObject();
    }

    private static void writeTag(JsonGenerator json, String name, List<String> values) {
        json.writeName(name);
        if (values.size() == 1) {
            json.writeString(values.getFirst());
            return;
        }
        json.writeStartArray();
        values.forEach(json::writeString);
        json.writeEndArray();
    }
}
