package io.heliograph.alert;

/**
 * What becomes of one match.
 *
 * @param search  which
 * @param about   the event that it matched
 * @param details what matched in it, as members of JSON; found out when it is told
 * @param kind    what becomes of it
 */
record Outcome(SavedSearch search, About about, String details, Kind kind) {

    /** What becomes of a match: each has its counter in {@link SearchStatistics}. */
    enum Kind {
        /** It gives an alert. */
        ALERT,
        /** It gives one, though its match was counted before, as held. */
        LATE,
        /** It counts towards a condition. */
        HELD,
        /** Its throttle lets no more through. */
        THROTTLED,
        /** It is muted. */
        MUTED,
        /** Too many alerts have led to it. */
        LOOPED,
        /** It waits for the end of a digest's period. */
        GATHERED
    }

    /**
     * The event of a match, by what is kept of it.
     *
     * @param row  its {@code webhooks_event.id}
     * @param hops how many alerts have led to it
     * @param atMs when it was stored
     */
    record About(long row, String source, String id, int hops, long atMs) {

        static About of(PendingEvent event) {
            return new About(event.row(), event.event().source(), event.event().id().orElseThrow(), event.hops(), event.atMs());
        }
    }

    Outcome as(Kind other) {
        return new Outcome(search, about, details, other);
    }

    Outcome with(String others) {
        return new Outcome(search, about, others, kind);
    }

    /** Whether somebody will read what matched. */
    boolean isTold() {
        return isAlert() || kind == Kind.GATHERED;
    }

    boolean isAlert() {
        return kind == Kind.ALERT || kind == Kind.LATE;
    }

    /** How many alerts have led to what follows from it. */
    int hops() {
        return about.hops() + 1;
    }

    /** The id of its alert. */
    String alertId() {
        return AlertEvents.id(search.id(), about.source(), about.id());
    }
}
