package io.heliograph.bench;

/**
 * When events should be published: one after the other at even intervals, from one of them on. Immutable and thread-safe.
 *
 * @param first      the number of the first event of the schedule
 * @param firstNs    when it is due
 * @param intervalNs from each to the next
 */
record Schedule(long first, long firstNs, double intervalNs) {

    /** How many events should have been published by {@code nowNs}, those before the schedule included. */
    long dueBy(long nowNs) {
        long sinceFirstNs = nowNs - firstNs;
        return sinceFirstNs < 0 ? first : first + 1 + (long) (sinceFirstNs / intervalNs);
    }

    /** How late an event is that is handled now. */
    long lateNs(long number, long nowNs) {
        return Math.max(0, nowNs - firstNs - (long) ((number - first) * intervalNs));
    }
}
