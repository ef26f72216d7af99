package io.heliograph.webhook;

import io.heliograph.Event;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** Which queries an event matches, each found out once, however many endpoints have it. Thread-safe. */
final class Verdicts {

    private final Event event;
    private final Map<String, Boolean> byQuery = new ConcurrentHashMap<>(4);

    Verdicts(Event event) {
        this.event = event;
    }

    boolean matches(String query, Predicate<Event> condition) {
        return byQuery.computeIfAbsent(query, text -> matches(condition));
    }

    private boolean matches(Predicate<Event> condition) {
        try {
            return condition.test(event);
        } catch (RuntimeException e) {
            return true;
        }
    }
}
