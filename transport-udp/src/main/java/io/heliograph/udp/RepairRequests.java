package io.heliograph.udp;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Asks a session's publisher for what is missing: after a short delay in which it may still come, or be repaired because
 * others have asked; then again, ever less often, until it comes or its publisher says that it has it no longer.
 *
 * <p>Among several receivers the delay is {@link RepairBackoff}'s, so that one asks first and the others hear its repair.
 * Guarded by the subscriber's lock.
 */
final class RepairRequests {

    private static final long REORDER_NS = 100_000;
    private static final long MOST_BACK_OFF_NS = 2_000_000;
    private static final long LEAST_RETRY_NS = 300_000;
    private static final long FIRST_RETRY_NS = 2_000_000;
    private static final long MOST_RETRY_NS = 50_000_000;
    /** How long a line may stand still, beside what the other one brings, until it is taken for dead. */
    private static final long STANDSTILL_NS = 100_000_000;

    private final ReturnPath path;
    private final RandomGenerator random;
    private final UdpCounters.Tally tally;
    private long dueNs;
    private boolean isPending;
    /** Where there are two lines. */
    private Optional<LineSkew> skew = Optional.empty();
    /** What is missing below this has been given its time to come. */
    private long ripeEnd;
    /** What is missing from there to this is given until {@link #freshUntilNs}. */
    private long freshEnd;
    private long freshUntilNs;
    private long roundTripNs = FIRST_RETRY_NS / 4;
    private int receivers = 1;

    /** @param path the way to the publisher */
    RepairRequests(ReturnPath path, RandomGenerator random, UdpCounters.Tally tally) {
        this.path = path;
        this.random = random;
        this.tally = tally;
    }

    /** So many receivers the publisher knows. */
    void among(int count) {
        receivers = Math.clamp(count, 1, 1 << 20);
    }

    /** What has not come by one line may still come by the other: so much later at least, and twice what is seen. */
    void allowBetweenLines(Duration least) {
        skew = Optional.of(new LineSkew(least));
    }

    private long reorderNs() {
        return skew.isPresent() ? skew.get().waitNs() : REORDER_NS;
    }

    /** Something below {@code end} is missing that was not before. */
    void onMissing(long end, long nowNs) {
        long atNs = nowNs + reorderNs() + backOffNs();
        if (end > ripeEnd && freshEnd <= ripeEnd) {
            freshEnd = end;
            freshUntilNs = atNs;
        }
        dueNs = isPending && dueNs - atNs < 0 ? dueNs : atNs;
        isPending = true;
    }

    /** Whose time is up may be asked for; time is given to what is missing since. */
    private void ripen(long end, long nowNs) {
        if (nowNs - freshUntilNs >= 0 && !waitsForOtherLine(nowNs)) {
            ripeEnd = Math.max(ripeEnd, freshEnd);
        }
        if (end > ripeEnd && freshEnd <= ripeEnd) {
            freshEnd = end;
            freshUntilNs = nowNs + reorderNs() + backOffNs();
        }
    }

    private boolean waitsForOtherLine(long nowNs) {
        if (freshEnd <= ripeEnd || skew.isEmpty() || !skew.get().mayStillBring(freshEnd)) {
            return false;
        }
        if (nowNs - freshUntilNs < STANDSTILL_NS) {
            return true;
        }
        skew.get().standsStill();
        return false;
    }

    private long backOffNs() {
        return receivers == 1 ? 0 : RepairBackoff.waitNs(MOST_BACK_OFF_NS, receivers, random.nextDouble());
    }

    /** A datagram has come that had come before. */
    void onSecond(HeldDatagrams held, long sequence, long nowNs) {
        if (skew.isPresent() && held.tries(sequence) == 0) {
            skew.get().second(sequence, nowNs);
            if (freshEnd > ripeEnd && !skew.get().mayStillBring(freshEnd) && dueNs - freshUntilNs > 0) {
                dueNs = freshUntilNs;
            }
        }
    }

    /** A datagram has come, asked for or not. */
    void onArrival(HeldDatagrams held, long sequence, long nowNs) {
        int tries = held.tries(sequence);
        if (skew.isPresent()) {
            skew.get().first(sequence, nowNs);
        }
        if (tries > 0) {
            tally.repaired++;
            if (tries == 1) {
                roundTripNs += (nowNs - held.askedNs(sequence) - roundTripNs) / 8;
            }
        }
    }

    long untilDueNs(long nowNs) {
        return isPending ? Math.max(0, dueNs - nowNs) : Long.MAX_VALUE;
    }

    /** Asks for all that is missing and not asked for lately, if the time has come. */
    void request(DatagramOrder order, long nowNs) {
        if (!isPending || nowNs - dueNs < 0) {
            return;
        }
        HeldDatagrams held = order.held();
        long end = Math.min(order.knownDatagrams(), order.expected() + held.window());
        held.reach(end - order.expected());
        ripen(order.knownDatagrams(), nowNs);
        long nextNs = nowNs + MOST_RETRY_NS;
        long from = order.expected();
        while (from < end) {
            long behind = order.behindLoss(from);
            if (behind > from) {
                from = behind;
                continue;
            }
            long waitNs = held.holds(from) ? Long.MAX_VALUE : waitNs(held, from, nowNs);
            if (waitNs > 0) {
                nextNs = waitNs == Long.MAX_VALUE ? nextNs : Math.min(nextNs, nowNs + waitNs);
                from++;
                continue;
            }
            long next = from;
            while (next < end && !held.holds(next) && order.behindLoss(next) == next && waitNs(held, next, nowNs) <= 0) {
                held.ask(next, nowNs);
                next++;
            }
            path.request(from, (int) (next - from), order.arrived());
            from = next;
        }
        path.endRequest(order.arrived());
        isPending = order.expected() < end;
        dueNs = nextNs;
    }

    private long waitNs(HeldDatagrams held, long sequence, long nowNs) {
        int tries = held.tries(sequence);
        if (tries == 0) {
            if (sequence < ripeEnd) {
                return 0;
            }
            long untilNs = freshUntilNs - nowNs;
            return untilNs > 0 ? untilNs : Math.max(1, untilNs + STANDSTILL_NS);
        }
        return held.askedNs(sequence) + retryNs(tries) - nowNs;
    }

    private long retryNs(int tries) {
        long first = Math.clamp(4 * roundTripNs, LEAST_RETRY_NS, MOST_RETRY_NS);
        return Math.min(MOST_RETRY_NS, first << Math.min(tries - 1, 10));
    }
}
