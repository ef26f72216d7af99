package io.heliograph.zmq;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** One worker's place with one publisher, over all connections to that. Guarded by the subscriber's lock. */
final class Enrolment {

    final Worker worker;
    final Peer peer;
    /** What became of events, to be told. */
    final ArrayDeque<Settlement> outbox = new ArrayDeque<>();
    /** What was handled or given back when the connection was gone, to be told when it is back. */
    private final List<Settlement> late = new ArrayList<>();
    /** So many of them were told with the last hello. */
    private int lateTold;
    /** What it goes by on this connection. */
    long id;
    long prior;
    long session;
    long lastSequence = -1;
    boolean keepsKeys;
    boolean isEnrolDue = true;
    boolean isEnrolled;
    boolean isPlaced;
    boolean isAnswerDue;
    boolean isCreditTold = true;
    boolean isEnded;
    boolean isTailTold;
    long filteredSeen;
    long enrolledNs;
    long lastHeardNs;
    /** Events that wait here, or are in the handler's hands. */
    int held;

    Enrolment(Worker worker, Peer peer, long nowNs) {
        this.worker = worker;
        this.peer = peer;
        this.lastHeardNs = nowNs;
    }

    /** The connection is gone: what has been finished and may not have been heard is told again by the next. */
    void lose() {
        if (isPlaced) {
            prior = id;
        }
        for (Settlement settlement : outbox) {
            keep(settlement);
        }
        outbox.clear();
        isEnrolled = false;
        isPlaced = false;
        isEnrolDue = true;
    }

    /** Says hello under a new name. */
    List<Settlement> enrol(long newId, long nowNs) {
        id = newId;
        isEnrolDue = false;
        isEnrolled = true;
        isPlaced = false;
        filteredSeen = 0;
        enrolledNs = nowNs;
        lateTold = late.size();
        return List.copyOf(late);
    }

    /** The publisher has given it its place. */
    void place(long newSession, boolean hasKeys) {
        boolean isSame = session == newSession;
        late.subList(0, lateTold).clear();
        if (isSame) {
            outbox.addAll(late);
        }
        late.clear();
        lateTold = 0;
        session = newSession;
        keepsKeys = hasKeys;
        isPlaced = true;
        isEnded = false;
        isTailTold = false;
        lastSequence = isSame ? lastSequence : -1;
    }

    /** What became of an event that came under the name {@code heldUnder}. */
    void settle(Settlement settlement, long heldUnder, long heldSession) {
        if (heldSession != session || isEnded) {
            return;
        }
        if (isEnrolled && (heldUnder == id || isPlaced)) {
            outbox.addLast(settlement);
        } else {
            keep(settlement);
        }
    }

    private void keep(Settlement settlement) {
        boolean isWorthIt = settlement.kind() == Settlement.Kind.ACKNOWLEDGED || settlement.kind() == Settlement.Kind.RELEASED;
        if (isWorthIt && late.size() < Settlement.MOST_IN_MESSAGE) {
            late.add(settlement);
        }
    }
}
