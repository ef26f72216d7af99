package io.heliograph.udp;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a publisher said it will never send, as far as its turn has not come, at most {@value #MOST} ranges; what has no place is
 * asked for when it is missed, and said again. Guarded by the subscriber's lock.
 */
final class AnnouncedLosses {

    private static final int MOST = 64;

    private final List<Loss> losses = new ArrayList<>();

    boolean isEmpty() {
        return losses.isEmpty();
    }

    /** Takes a range in; one that has grown takes its own place. */
    void add(Loss loss) {
        losses.removeIf(own -> own.from() == loss.from());
        if (losses.size() < MOST) {
            losses.add(loss);
            losses.sort(Comparator.comparingLong(Loss::from));
        }
    }

    /** The range that {@code sequence} is in; those before are forgotten. */
    Optional<Loss> at(long sequence) {
        losses.removeIf(loss -> loss.end() <= sequence);
        return losses.isEmpty() || !losses.getFirst().holds(sequence) ? Optional.empty() : Optional.of(losses.getFirst());
    }

    void forget(Loss loss) {
        losses.remove(loss);
    }

    /** Sequence behind the range that {@code sequence} is in, or {@code sequence}. */
    long endFrom(long sequence) {
        for (Loss loss : losses) {
            if (loss.holds(sequence)) {
                return loss.end();
            }
        }
        return sequence;
    }

    /** Where the first range from {@code sequence} on begins, or {@code end} if none begins before it. */
    long firstFrom(long sequence, long end) {
        for (Loss loss : losses) {
            if (loss.from() >= sequence) {
                return Math.min(loss.from(), end);
            }
        }
        return end;
    }
}
