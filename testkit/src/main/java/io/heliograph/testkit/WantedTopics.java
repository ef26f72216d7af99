package io.heliograph.testkit;

import java.util.List;

/** The rules of topic filters, written a second time so that the recorder need not trust the first. */
final class WantedTopics {

    private WantedTopics() {
    }

    static boolean wants(String filter, String topic) {
        boolean isWild = filter.startsWith("*") || filter.startsWith(">");
        boolean isReserved = topic.equals("heliograph") || topic.startsWith("heliograph.");
        return !(isWild && isReserved) && wants(List.of(filter.split("\\.")), List.of(topic.split("\\.")));
    }

    private static boolean wants(List<String> filter, List<String> topic) {
        if (filter.isEmpty() || topic.isEmpty()) {
            return filter.isEmpty() && topic.isEmpty();
        }
        String level = filter.getFirst();
        return level.equals(">")
                || (level.equals("*") || level.equals(topic.getFirst()))
                        && wants(filter.subList(1, filter.size()), topic.subList(1, topic.size()));
    }
}
