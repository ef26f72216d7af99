package io.heliograph.zmq;

import io.heliograph.Delivery;

/**
 * An event that a worker has.
 *
 * @param delivery   what its handler gets
 * @param enrolment  whom it came from
 * @param under      what the worker went by then
 * @param receivedNs when it came
 * @param isLast     whether it is handed out no more if this handler throws
 */
record Held(Delivery delivery, Enrolment enrolment, long under, long receivedNs, boolean isLast) {

    long sequence() {
        return delivery.position().sequence();
    }

    boolean isExpired(long nowNs) {
        return delivery.event().ttl().isPresent() && nowNs - receivedNs >= delivery.event().ttl().get().toNanos();
    }

    Settlement settlement(Settlement.Kind kind) {
        return new Settlement(kind, delivery.deliveryCount(), sequence());
    }

    /** Tells its publisher what became of it. */
    void settle(Settlement.Kind kind) {
        enrolment.held--;
        enrolment.settle(settlement(kind), under, delivery.position().session());
    }
}
