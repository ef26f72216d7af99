package io.heliograph.webhook;

import io.heliograph.TopicFilter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds whose filters may match a topic, without a look at all the others.
 *
 * <pre>
 * orders.created      stands at  orders.created, among those without wildcards
 * orders.*.paid       stands at  orders
 * >                   stands at  the empty prefix
 *
 * topic orders.eu.paid: looked for at the whole of it, and at the prefixes "", orders and orders.eu
 * </pre>
 *
 * <p>A filter stands at one place, so this has at most as many places as there are filters. Changes are one at a time; reads are free.
 */
final class TopicIndex {

    private record Place(String tenant, String prefix, boolean isWhole) {
    }

    private final Map<Place, Set<String>> places = new ConcurrentHashMap<>();

    void add(String tenant, Collection<TopicFilter> filters, String id) {
        for (TopicFilter filter : filters) {
            places.computeIfAbsent(place(tenant, filter), place -> ConcurrentHashMap.newKeySet(1)).add(id);
        }
    }

    void remove(String tenant, Collection<TopicFilter> filters, String id) {
        for (TopicFilter filter : filters) {
            places.computeIfPresent(place(tenant, filter), (place, ids) -> {
                ids.remove(id);
                return ids.isEmpty() ? null : ids;
            });
        }
    }

    private static Place place(String tenant, TopicFilter filter) {
        String text = filter.toString();
        int start = 0;
        while (start < text.length()) {
            if (text.charAt(start) == '*' || text.charAt(start) == '>') {
                return new Place(tenant, text.substring(0, Math.max(0, start - 1)), false);
            }
            int dot = text.indexOf('.', start);
            start = dot < 0 ? text.length() : dot + 1;
        }
        return new Place(tenant, text, true);
    }

    /** Whose filters may match, some of them perhaps more than once, in no order. */
    List<String> candidates(String tenant, String topic) {
        var ids = new ArrayList<String>();
        addAll(ids, new Place(tenant, topic, true));
        addAll(ids, new Place(tenant, "", false));
        for (int dot = topic.indexOf('.'); dot >= 0; dot = topic.indexOf('.', dot + 1)) {
            addAll(ids, new Place(tenant, topic.substring(0, dot), false));
        }
        return ids;
    }

    private void addAll(List<String> ids, Place place) {
        Set<String> here = places.get(place);
        if (here != null) {
            ids.addAll(here);
        }
    }

    /** How many places it has. */
    int size() {
        return places.size();
    }
}
