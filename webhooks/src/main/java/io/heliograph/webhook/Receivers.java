package io.heliograph.webhook;

import java.util.List;

/**
 * Whom an event is for.
 *
 * @param takers   those that get it
 * @param filtered those that want its topic, and whose query it does not match
 */
record Receivers(List<Endpoint> takers, List<Endpoint> filtered) {

    /** These, whatever they want. */
    static Receivers of(List<Endpoint> takers) {
        return new Receivers(takers, List.of());
    }
}
