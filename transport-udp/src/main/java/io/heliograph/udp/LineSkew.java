package io.heliograph.udp;

import java.time.Duration;
import java.util.Arrays;

/**
 * How much later the slower of two lines brings a datagram than the faster one: the longest difference seen lately, which fades
 * as shorter ones follow. What has not come by one line is worth waiting for as long as that, and while the slower line stands
 * still: of what it has passed, it will bring nothing more.
 *
 * <p>Remembers when the last {@value #MOST} datagrams came first. Guarded by the subscriber's lock; allocates nothing per datagram.
 */
final class LineSkew {

    private static final int MOST = 1024;
    /** After so many datagrams without any difference about a third of it is left. */
    private static final int FADING = 2048;
    private static final long NONE = -1;
    private static final long MOST_WAIT_NS = 50_000_000;

    private final long[] sequences = new long[MOST];
    private final long[] firstNs = new long[MOST];
    private final long leastWaitNs;
    private long skewNs;
    private boolean isOtherHeard;
    private long passed;

    /** @param leastWait what is waited for however close the lines are */
    LineSkew(Duration leastWait) {
        this.leastWaitNs = leastWait.toNanos();
        Arrays.fill(sequences, NONE);
    }

    /** A datagram has come for the first time. */
    void first(long sequence, long nowNs) {
        sequences[slot(sequence)] = sequence;
        firstNs[slot(sequence)] = nowNs;
    }

    /** A datagram has come again: by the other line, if it is the first time. */
    void second(long sequence, long nowNs) {
        int slot = slot(sequence);
        if (sequences[slot] == sequence) {
            sequences[slot] = NONE;
            isOtherHeard = true;
            passed = Math.max(passed, sequence + 1);
            long differenceNs = nowNs - firstNs[slot];
            skewNs = differenceNs > skewNs ? differenceNs : skewNs - (skewNs - differenceNs) / FADING;
        }
    }

    /** The longest difference lately. */
    long ns() {
        return skewNs;
    }

    /** How long to wait for what one line has not brought: twice that difference, and 50 ms at most unless the least is more. */
    long waitNs() {
        return Math.max(leastWaitNs, Math.min(2 * skewNs, MOST_WAIT_NS));
    }

    /** Whether the slower line may still bring what is missing below {@code end}: it brings something, and is not so far. */
    boolean mayStillBring(long end) {
        return isOtherHeard && passed < end;
    }

    /** It has been waited for in vain, and is not waited for again until it brings something. */
    void standsStill() {
        isOtherHeard = false;
    }

    private static int slot(long sequence) {
        return (int) (sequence & MOST - 1);
    }
}
