package io.heliograph.flow;

import io.heliograph.flow.FlowPolicy.BackPressure;
import io.heliograph.flow.FlowPolicy.Buffer;
import io.heliograph.flow.FlowPolicy.Drop;

/**
 * The one interpreter of {@link FlowPolicy}: from a policy, what a backlog holds and how long the publisher has waited,
 * it says what to do with an event that arrives. Pure: no state, no clock, nothing allocated.
 */
public final class Admission {

    private Admission() {
    }

    /** What to do with an event that arrives. */
    public enum Verdict {
        /** Take it in. */
        ADMIT,
        /** Give up the oldest event that may be given up, then ask again. */
        EVICT_OLDEST,
        /** Give up the oldest event with the same topic and key, or the oldest if none has them, then ask again. */
        EVICT_SAME_KEY,
        /** Keep it on disk. */
        SPILL,
        /** Have the publisher wait for room, then ask again. */
        WAIT,
        /** Refuse it: the publisher has waited long enough. */
        BACK_PRESSURED,
        /** Turn it away. */
        DROP,
        /** Refuse it: it alone is above the limit. */
        TOO_LARGE;

        /** Whether the event finds its place in this backlog, if need be after evictions. */
        public boolean takes() {
            return this == ADMIT || this == EVICT_OLDEST || this == EVICT_SAME_KEY || this == SPILL;
        }
    }

    /**
     * @param policy    the policy in force
     * @param memory    what is held in memory
     * @param evictable the part of it that was accepted under a policy that evicts
     * @param disk      what is held on disk
     * @param sizeBytes the arriving event's {@link io.heliograph.Event#size}
     * @param waitedNs  how long its publisher has waited so far
     */
    public static Verdict judge(FlowPolicy policy, Occupancy memory, Occupancy evictable, Occupancy disk, int sizeBytes,
            long waitedNs) {
        Limit limit = policy.limit();
        if (sizeBytes > limit.bytes()) {
            return Verdict.TOO_LARGE;
        }
        if (disk.events() == 0 && memory.hasRoom(limit, sizeBytes)) {
            return Verdict.ADMIT;
        }
        if (policy instanceof Buffer buffer) {
            if (buffer.spill().isPresent() && disk.hasRoom(buffer.spill().get(), sizeBytes)) {
                return Verdict.SPILL;
            }
            return judgeFull(buffer.then(), limit, evictable, sizeBytes, waitedNs);
        }
        return judgeFull(policy, limit, evictable, sizeBytes, waitedNs);
    }

    /**
     * What to do with an event for which there is no room in a ring that its readers share, where every event that is
     * kept can be overwritten.
     *
     * @param policy   the policy in force
     * @param waitedNs how long the event's publisher has waited so far
     */
    public static Verdict judgeFullRing(FlowPolicy policy, long waitedNs) {
        return switch (policy) {
            case Drop drop when drop.victim() == FlowPolicy.Victim.NEWEST -> Verdict.DROP;
            case Drop drop -> Verdict.EVICT_OLDEST;
            case Buffer buffer -> judgeFullRing(buffer.then(), waitedNs);
            case BackPressure pressure ->
                    waitedNs < pressure.maxWait().toNanos() ? Verdict.WAIT : Verdict.BACK_PRESSURED;
        };
    }

    private static Verdict judgeFull(FlowPolicy policy, Limit limit, Occupancy evictable, int sizeBytes, long waitedNs) {
        return switch (policy) {
            case Drop drop -> switch (drop.victim()) {
                case NEWEST -> Verdict.DROP;
                case OLDEST -> evictable.hasRoom(limit, sizeBytes) ? Verdict.ADMIT : Verdict.EVICT_OLDEST;
                case SAME_KEY -> evictable.hasRoom(limit, sizeBytes) ? Verdict.ADMIT : Verdict.EVICT_SAME_KEY;
            };
            case BackPressure pressure ->
                    waitedNs < pressure.maxWait().toNanos() ? Verdict.WAIT : Verdict.BACK_PRESSURED;
            case Buffer buffer -> throw new IllegalArgumentException("a buffer does not end in a buffer: " + buffer);
        };
    }
}
