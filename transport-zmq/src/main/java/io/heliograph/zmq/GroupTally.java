package io.heliograph.zmq;

import io.heliograph.LossReason;
import java.util.EnumMap;

/** Counts what becomes of a group's events, each term where it happens. Guarded by the publisher's lock. */
final class GroupTally {

    final EnumMap<LossReason, Long> lost = new EnumMap<>(LossReason.class);
    long accepted;
    long acknowledged;
    long waiting;
    long inFlight;
    long filtered;
    long redelivered;
    long failures;
    long overdue;
    long orphaned;
    long late;

    void lose(LossReason reason) {
        lost.merge(reason, 1L, Long::sum);
    }

    GroupSums sums(String group, String filter, boolean isForeign, int workers) {
        return new GroupSums(group, filter, isForeign, accepted, acknowledged, waiting, inFlight, lost, filtered, redelivered,
                failures, overdue, orphaned, late, workers);
    }
}
