package io.heliograph.zmq;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Subscriptions that have one lane together at each publisher, and one name there: all that begin live, or a single one that
 * begins with last values, since such a lane begins where its filter says. Guarded by the subscriber's lock.
 */
final class Feed {

    private final long subscriber;
    private final Subscriptions subscriptions;
    private final Latecomers.From from;
    /** The sequence expected in sessions whose connection was lost, the one lost first forgotten first. */
    private final Map<Long, Long> left;

    /** @param mostLeft how many lost sessions are remembered */
    Feed(long subscriber, Subscriptions subscriptions, Latecomers.From from, int mostLeft) {
        this.subscriber = subscriber;
        this.subscriptions = subscriptions;
        this.from = from;
        this.left = new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
                return size() > mostLeft;
            }
        };
    }

    /** Its name at publishers. */
    long subscriber() {
        return subscriber;
    }

    Subscriptions subscriptions() {
        return subscriptions;
    }

    /** Whether it begins with last values. */
    boolean asksLast() {
        return from == Latecomers.From.LAST;
    }

    /** A session may be taken up again there, without an event that comes twice. */
    void leave(long session, long expected) {
        left.put(session, expected);
    }

    /** Where it goes on in a session that it has left; empty if it has not. */
    Optional<Long> leftAt(long session) {
        return Optional.ofNullable(left.get(session));
    }
}
