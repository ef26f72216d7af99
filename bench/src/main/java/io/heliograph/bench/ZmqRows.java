package io.heliograph.bench;

import java.util.List;
import java.util.OptionalDouble;

/** The rows of the suite {@code zmq}. */
final class ZmqRows {

    private static final int EVENT_BYTES = 100;

    private static final ZmqTask SINGLE = ZmqTask.rate(EVENT_BYTES, ZmqTask.Packing.SINGLE);
    private static final ZmqTask PACKED = ZmqTask.rate(EVENT_BYTES, ZmqTask.Packing.PACKED);
    private static final ZmqTask ROUND_TRIPS = ZmqTask.roundTrips(EVENT_BYTES);

    private static final Case OURS_SINGLE = new Case("heliograph.single", ZmqChild.HELIOGRAPH, SINGLE);
    private static final Case OURS_PACKED = new Case("heliograph.packed", ZmqChild.HELIOGRAPH, PACKED);
    private static final Case OURS_TO_3 = new Case("heliograph.1to3", ZmqChild.HELIOGRAPH, PACKED.to(3));
    private static final Case OURS_ROUND_TRIP = new Case("heliograph.rtt", ZmqChild.HELIOGRAPH, ROUND_TRIPS);
    private static final Case OURS_STALLED = new Case("heliograph.stalled", ZmqChild.HELIOGRAPH, PACKED.beside(1));

    private static final Case JEROMQ = new Case("jeromq.1to1", ZmqChild.JEROMQ, SINGLE);
    private static final Case JEROMQ_ROUND_TRIP = new Case("jeromq.rtt", ZmqChild.JEROMQ, ROUND_TRIPS);
    private static final Case LIBZMQ = new Case("libzmq.1to1", ZmqChild.LIBZMQ, SINGLE);
    private static final Case LIBZMQ_TO_3 = new Case("libzmq.1to3", ZmqChild.LIBZMQ, SINGLE.to(3));

    /** All of them, in the order of the table. The peers' figures are those of a machine of two cores that others shared. */
    static final List<CaseRow> ALL = List.of(
            CaseRow.rate("zmq.1to1.100B.single", ">=0.9", OURS_SINGLE, JEROMQ, OptionalDouble.of(2.29)),
            CaseRow.rate("zmq.1to1.100B.packed", ">=4", OURS_PACKED, JEROMQ, OptionalDouble.of(2.29)),
            CaseRow.rate("zmq.1to1.100B.packed.libzmq", ">=3", OURS_PACKED, LIBZMQ, OptionalDouble.of(2.36)),
            CaseRow.rate("zmq.1to3.100B.packed.libzmq", ">=1", OURS_TO_3, LIBZMQ_TO_3, OptionalDouble.of(1.43)),
            CaseRow.latency("zmq.rtt.p50", "<=1.1", OneWay.P50, OURS_ROUND_TRIP, JEROMQ_ROUND_TRIP, 88),
            CaseRow.latency("zmq.rtt.p99", "<=1.25", OneWay.P99, OURS_ROUND_TRIP, JEROMQ_ROUND_TRIP, 207),
            CaseRow.rate("zmq.stalled-neighbour", ">=0.9", OURS_STALLED, OURS_PACKED, OptionalDouble.empty()));

    private ZmqRows() {
    }
}
