package io.heliograph.udp;

import io.heliograph.LossReason;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * What a publisher gave up before it was sent, the last {@value #MOST} ranges: each is said before anything behind it is sent,
 * again with the next heartbeats, and to whoever asks for it later. Guarded by the publisher's lock.
 */
final class SkippedDatagrams {

    private static final int MOST = 256;
    private static final int TIMES_SAID = 3;

    private final Deque<Loss> losses = new ArrayDeque<>();
    private int timesSaid = TIMES_SAID;

    /** Takes the next range in; one that goes on where the last one ended, for the same reason, becomes one with it. */
    void add(long from, long end, long eventBehind, LossReason reason) {
        Loss last = losses.peekLast();
        boolean goesOn = last != null && last.end() == from && last.reason() == reason;
        if (goesOn) {
            losses.removeLast();
        }
        losses.addLast(new Loss(goesOn ? last.from() : from, end, eventBehind, reason));
        if (losses.size() > MOST) {
            losses.removeFirst();
        }
        timesSaid = 0;
    }

    /** Whether the last range has not been said at all. */
    boolean isUnsaid() {
        return timesSaid == 0;
    }

    /** The last range, if it has not been said often enough. */
    Optional<Loss> toBeSaid() {
        return timesSaid == TIMES_SAID ? Optional.empty() : Optional.of(losses.getLast());
    }

    /** The last range has been said once more. */
    void said() {
        timesSaid++;
    }

    /** The ranges that have datagrams in common with the one asked for. */
    List<Loss> among(long from, long count) {
        return losses.stream().filter(loss -> loss.from() < from + count && from < loss.end()).toList();
    }
}
