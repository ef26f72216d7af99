package io.heliograph.udp;

import io.heliograph.LossReason;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Intake;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The subscriptions to one session, taken together: what all of them are told, and how far the one with the least room goes.
 * Those that come before it is known where the session begins for them wait to be placed. Guarded by the subscriber's lock.
 */
final class Outlets {

    /** A subscription that does not know yet where it begins. */
    private record Unplaced(Intake intake, Optional<DataHandler> direct) {
    }

    private final long session;
    /** Never changed but replaced, since a handler may close its own subscription. An array, to be gone through for each datagram. */
    private Outlet[] placed = {};
    private final List<Unplaced> unplaced = new ArrayList<>();
    private FlowPolicy ceiling;

    /** @param ceiling the publisher's policy, until it states another */
    Outlets(long session, FlowPolicy ceiling) {
        this.session = session;
        this.ceiling = ceiling;
    }

    /** A subscription begins at {@code sequence}. */
    void place(Intake intake, Optional<DataHandler> direct, long sequence) {
        Outlet[] more = Arrays.copyOf(placed, placed.length + 1);
        more[placed.length] = new Outlet(intake.join(session, sequence), direct);
        placed = more;
    }

    /** A subscription waits until it is known where it begins. */
    void placeLater(Intake intake, Optional<DataHandler> direct) {
        unplaced.add(new Unplaced(intake, direct));
    }

    /** Those that waited begin at {@code sequence}. */
    void placeWaiting(long sequence) {
        unplaced.forEach(one -> place(one.intake(), one.direct(), sequence));
        unplaced.clear();
    }

    void remove(Intake intake) {
        placed = Arrays.stream(placed).filter(own -> own.session().intake() != intake).toArray(Outlet[]::new);
        unplaced.removeIf(own -> own.intake() == intake);
    }

    /** Those that are placed; stays as it is while it is gone through, and is not to be changed. */
    Outlet[] placed() {
        return placed;
    }

    boolean isEmpty() {
        return placed.length == 0 && unplaced.isEmpty();
    }

    int count() {
        return placed.length + unplaced.size();
    }

    /** Whether all of them take events where they lie. */
    boolean areDirect() {
        for (Outlet outlet : placed) {
            if (outlet.direct().isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** The publisher's policy. */
    FlowPolicy ceiling() {
        return ceiling;
    }

    /** The publisher has another policy from now on. */
    void replaceCeiling(FlowPolicy replacement) {
        ceiling = replacement;
    }

    /** Whether an event of {@code sizeBytes} can be handed to all of them without waiting. */
    boolean haveRoom(int sizeBytes) {
        for (Outlet outlet : placed) {
            if (!outlet.hasRoom(ceiling, sizeBytes)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the publisher has to wait for one of them. */
    boolean areWaitedFor() {
        for (Outlet outlet : placed) {
            if (outlet.policy(ceiling).waits()) {
                return true;
            }
        }
        return false;
    }

    /** The first event that one of those waited for has no room for, when {@code nextEvent} comes next. */
    long limitEvent(long nextEvent) {
        long limit = Long.MAX_VALUE;
        for (Outlet outlet : placed) {
            FlowPolicy own = outlet.policy(ceiling);
            if (own.waits()) {
                limit = Math.min(limit, outlet.limitEvent(own, nextEvent));
            }
        }
        return limit;
    }

    /** Whether one of those waited for has a quarter of its room more than up to {@code limitEvent}. */
    boolean haveMoreRoom(long limitEvent, long nextEvent) {
        for (Outlet outlet : placed) {
            FlowPolicy own = outlet.policy(ceiling);
            if (own.waits()
                    && outlet.limitEvent(own, nextEvent) - limitEvent >= Math.max(1, own.limit().events() / 4)) {
                return true;
            }
        }
        return false;
    }

    /** How many events are known to exist, added over all of them. */
    long known() {
        long known = 0;
        for (Outlet outlet : placed) {
            known += outlet.session().known();
        }
        return known;
    }

    /** How many events are lost for good, added over all of them. */
    long lost() {
        long lost = 0;
        for (Outlet outlet : placed) {
            lost += outlet.session().lost();
        }
        return lost;
    }

    /** All events before {@code end} exist; those that have not come are lost, for {@code reason}. */
    void tellKnown(long end, LossReason reason) {
        for (Outlet outlet : placed) {
            outlet.session().known(end, reason);
        }
    }

    /** One event is lost, for {@code reason}. */
    void tellLost(long sequence, LossReason reason) {
        for (Outlet outlet : placed) {
            outlet.session().lose(sequence, reason);
        }
    }

    /** Events have come that had come before. */
    void tellDuplicates(int events) {
        for (Outlet outlet : placed) {
            outlet.session().duplicated(events);
        }
    }

    /** Whether more events exist cannot be known. */
    void tellTailUnknown() {
        for (Outlet outlet : placed) {
            outlet.session().tellTailUnknown();
        }
    }

    /** The session has ended before {@code end}, and has no subscriptions from now on. */
    void end(long end) {
        for (Outlet outlet : placed) {
            outlet.session().end(end);
        }
        placed = new Outlet[0];
    }

    /** Nothing more is expected of the session. */
    void retire() {
        for (Outlet outlet : placed) {
            outlet.session().retire();
        }
    }
}
