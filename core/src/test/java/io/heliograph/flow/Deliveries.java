package io.heliograph.flow;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.Position;

/** Deliveries by number, for the tests of this package. */
final class Deliveries {

    static final long SESSION = 77;

    private Deliveries() {
    }

    static Delivery numbered(long sequence) {
        return of(sequence, Event.of("t", new byte[0]));
    }

    static Delivery keyed(long sequence, String key) {
        return of(sequence, Event.builder("t").subject(key).build());
    }

    static Delivery of(long sequence, Event event) {
        return new Delivery(event, new Position(SESSION, sequence), 0, 0);
    }
}
