package io.heliograph.udp;

import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.SessionIntake;
import java.util.Optional;

/**
 * One subscription's end of a session: its place in the sums, what it wants, how much it has room for, and, where it takes
 * events as they lie, its handler. Guarded by the subscriber's lock; allocates nothing.
 */
final class Outlet {

    private final SessionIntake session;
    private final Optional<DataHandler> direct;
    private String lastTopic = "";
    private boolean isLastWanted;

    Outlet(SessionIntake session, Optional<DataHandler> direct) {
        this.session = session;
        this.direct = direct;
    }

    SessionIntake session() {
        return session;
    }

    /** Who takes events where they lie; empty for a subscription that has a backlog. */
    Optional<DataHandler> direct() {
        return direct;
    }

    /** Whether the filter wants {@code topic}, which nearly always is the very object that it was the last time. */
    @SuppressWarnings("StringEquality")
    boolean wants(String topic) {
        if (topic != lastTopic) {
            lastTopic = topic;
            isLastWanted = session.intake().wants(topic);
        }
        return isLastWanted;
    }

    /** Hands what waits, gaps before all, to the handler that takes events where they lie. */
    void drain(DataHandler handler) {
        session.intake().poll(handler, Integer.MAX_VALUE);
    }

    /** What it does where the publisher's policy is {@code ceiling}. */
    FlowPolicy policy(FlowPolicy ceiling) {
        return session.intake().policy(ceiling);
    }

    /** The first event that it has no room for, under its own policy, when {@code nextEvent} comes next. */
    long limitEvent(FlowPolicy own, long nextEvent) {
        return nextEvent + Math.max(0, own.limit().events() - session.intake().waiting());
    }

    /** Whether an event of {@code sizeBytes} can be handed over now without waiting. */
    boolean hasRoom(FlowPolicy ceiling, int sizeBytes) {
        return direct.isPresent() || session.intake().hasRoom(ceiling, sizeBytes);
    }
}
