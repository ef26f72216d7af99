package io.heliograph.udp;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where the sessions stood that a subscriber no longer follows, the last {@value #MAX_SESSIONS} of them: one that is heard
 * again goes on there, and one that had ended has nothing new to say. Guarded by the subscriber's lock.
 */
final class ForgottenSessions {

    private static final int MAX_SESSIONS = 1_024;

    /**
     * How far a session was followed.
     *
     * @param expected  the next datagram
     * @param nextEvent the next event
     * @param isEnded   whether its end was heard
     */
    record Place(long expected, long nextEvent, boolean isEnded) {
        static final Place START = new Place(0, 0, false);
    }

    private final Map<Long, Place> places = new LinkedHashMap<>();

    void put(long session, Place place) {
        places.remove(session);
        places.put(session, place);
        if (places.size() > MAX_SESSIONS) {
            places.remove(places.keySet().iterator().next());
        }
    }

    Optional<Place> take(long session) {
        return Optional.ofNullable(places.remove(session));
    }
}
