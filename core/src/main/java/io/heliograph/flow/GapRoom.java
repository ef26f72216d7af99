package io.heliograph.flow;

/**
 * How many different gaps one backlog may keep: one for each event that waits, and some more. Without an end,
 * strangers' made-up sessions would fill the memory while a handler is stalled. Confined to its backlog's lock.
 */
final class GapRoom {

    /** More than the sessions that a transport follows at once, for each reason. */
    private static final int SPARE = 4_096;

    private final Occupancy events;
    private int kept;
    private long untold;

    /** @param events what waits in the backlog now */
    GapRoom(Occupancy events) {
        this.events = events;
    }

    /** Takes room for one gap; says {@code false}, and counts it as untold, if there is none. */
    boolean take() {
        if (kept >= events.events() + SPARE) {
            untold++;
            return false;
        }
        kept++;
        return true;
    }

    /** One that was kept is no longer. */
    void giveBack() {
        kept--;
    }

    /** Gaps that found no room. */
    long untold() {
        return untold;
    }
}
