package io.heliograph.zmq;

import io.heliograph.TopicFilter;
import java.util.List;

/**
 * What one subscriber wants, all its subscriptions together. Guarded by its publisher's lock.
 */
final class Filters {

    private final List<TopicFilter> filters;
    private String lastTopic = "";
    private boolean isLastWanted;

    Filters(List<TopicFilter> filters) {
        this.filters = List.copyOf(filters);
    }

    /** Whether one of them wants {@code topic}, which nearly always is the very object that it was the last time. */
    @SuppressWarnings("StringEquality")
    boolean want(String topic) {
        if (topic != lastTopic) {
            isLastWanted = isWanted(topic);
            lastTopic = topic;
        }
        return isLastWanted;
    }

    /** Whether both want the same, as far as can be seen at once. */
    boolean isLike(Filters other) {
        return filters.equals(other.filters);
    }

    private boolean isWanted(String topic) {
        for (TopicFilter filter : filters) {
            if (filter.matches(topic)) {
                return true;
            }
        }
        return false;
    }
}
