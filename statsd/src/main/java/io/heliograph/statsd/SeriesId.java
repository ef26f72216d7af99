package io.heliograph.statsd;

import java.util.List;

/**
 * What tells one series of values from another: the same name with other tags, or of another type, is another series.
 *
 * @param type the metric's type
 * @param name the metric's name, verbatim
 * @param tags the tags as they were written ({@code host:a}), sorted, without repetition
 */
public record SeriesId(MetricType type, String name, List<String> tags) {

    public SeriesId {
        tags = List.copyOf(tags);
    }

    /** The series as a line would write it: the name, and the tags if there are any, {@code requests|#host:a,zone:b}. */
    public String key() {
        return tags.isEmpty() ? name : name + "|#" + String.join(",", tags);
    }
}
