package io.heliograph.zmq;

import java.util.Optional;

/** One event and what one group has done about it so far. Guarded by the publisher's lock. */
final class Task {

    /** Where it is. */
    enum Place {
        /** It may go to whichever worker has room. */
        READY,
        /** It waits for the worker that has its key. */
        PARKED,
        /** A worker has it. */
        IN_FLIGHT
    }

    final Parcel parcel;
    /** Whether the policy that it was accepted under may give it up. */
    final boolean isEvictable;
    Place place = Place.READY;
    /** How often it was handed out. */
    int deliveries;
    /** How many of these came back without a handler's having seen it. */
    int unstarted;
    Optional<RemoteWorker> worker = Optional.empty();
    /** Whether it is a dead letter if this delivery fails. */
    boolean isLast;
    long deadlineNs;

    Task(Parcel parcel, boolean isEvictable) {
        this.parcel = parcel;
        this.isEvictable = isEvictable;
    }

    long sequence() {
        return parcel.sequence();
    }

    /** The delivery's number on the wire, which has 15 bits for it. */
    int number() {
        return 1 + (deliveries - 1) % WorkMessages.MOST_NUMBER;
    }

    /** How often a handler may have seen it. */
    int attempts() {
        return deliveries - unstarted;
    }
}
