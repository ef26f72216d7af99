package io.heliograph.zmq;

import io.heliograph.Event;
import io.heliograph.flow.Admission.Verdict;
import io.heliograph.flow.FlowPolicy;

/** Where a publisher's events go: one own subscriber's lane, or that of all foreign ones. Guarded by the publisher's lock. */
sealed interface Destination permits Lane, PlainLane {

    /** Whether somebody there wants {@code topic}. */
    boolean wants(String topic);

    /** The policy in force there, under the publisher's. */
    FlowPolicy policy(FlowPolicy ceiling);

    /** What becomes of an event of {@code sizeBytes} there. */
    Verdict judge(FlowPolicy ceiling, int sizeBytes, long waitedNs);

    /** Whether an event of {@code sizeBytes} has its place, if need be after others were given up; gives them up. */
    boolean makeRoom(FlowPolicy ceiling, int sizeBytes, long waitedNs);

    /** The next event, which has its place. */
    void accept(Event event, FlowPolicy ceiling, long nowNs);

    /** The same, for bytes of no stated type. */
    void accept(String topic, byte[] bytes, int from, int length, FlowPolicy ceiling);

    /** The next event is not wanted. */
    void skip();

    /** The next event is lost. */
    void lose();
}
