package io.heliograph.zmq;

import io.heliograph.LossReason;
import java.util.Map;

/**
 * One group's sum at one moment, in events of one session:
 * {@code accepted = acknowledged + waiting + inFlight + lost}. Every term is counted where it happens.
 *
 * @param group        its name
 * @param filter       which topics it wants
 * @param isForeign    whether its members are foreign peers, for which acknowledged means handed to their socket
 * @param accepted     events that the publisher accepted since the group is there, and that it wants
 * @param acknowledged handlers have returned
 * @param waiting      for a worker
 * @param inFlight     handed out and not settled
 * @param lost         for good, by reason; reasons without a loss are absent
 * @param filtered     beside the sum: events that it does not want
 * @param redelivered  beside the sum: times that an event was handed out again
 * @param failures     beside the sum: times that a handler threw
 * @param overdue      beside the sum: times that a deadline passed
 * @param orphaned     beside the sum: times that an event was with a worker that was lost
 * @param late         beside the sum: acknowledgements that came when the event had been taken back
 * @param workers      members now
 */
public record GroupSums(String group, String filter, boolean isForeign, long accepted, long acknowledged, long waiting,
        long inFlight, Map<LossReason, Long> lost, long filtered, long redelivered, long failures, long overdue, long orphaned,
        long late, int workers) {

    public GroupSums {
        lost = Map.copyOf(lost);
    }

    /** All losses together. */
    public long lostTotal() {
        return lost.values().stream().mapToLong(Long::longValue).sum();
    }

    /** What the terms leave unexplained; anything but 0 is a defect. */
    public long difference() {
        return accepted - acknowledged - waiting - inFlight - lostTotal();
    }
}
