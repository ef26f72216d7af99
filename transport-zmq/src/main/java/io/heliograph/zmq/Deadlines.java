package io.heliograph.zmq;

import java.util.ArrayDeque;

/** Until when those events of a chunk may wait that may not wait for ever. Guarded by the publisher's lock. */
final class Deadlines {

    private record Deadline(long sequence, long deadlineNs) {

        boolean isOver(long nowNs) {
            return nowNs - deadlineNs >= 0;
        }
    }

    private final ArrayDeque<Deadline> deadlines = new ArrayDeque<>(0);

    /** The event at {@code sequence}, behind all that have been added, may wait until {@code deadlineNs}. */
    void add(long sequence, long deadlineNs) {
        deadlines.addLast(new Deadline(sequence, deadlineNs));
    }

    /** Whether any has waited longer than it may. */
    boolean isAnyOver(long nowNs) {
        for (Deadline each : deadlines) {
            if (each.isOver(nowNs)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the event at {@code sequence}, the oldest there is, has waited longer than it may. */
    boolean isOver(long sequence, long nowNs) {
        return isNext(sequence) && deadlines.getFirst().isOver(nowNs);
    }

    /** The event at {@code sequence}, the oldest there is, waits no longer. */
    void forget(long sequence) {
        if (isNext(sequence)) {
            deadlines.removeFirst();
        }
    }

    private boolean isNext(long sequence) {
        return !deadlines.isEmpty() && deadlines.getFirst().sequence() == sequence;
    }

    /** None of them waits any longer. */
    void clear() {
        deadlines.clear();
    }
}
