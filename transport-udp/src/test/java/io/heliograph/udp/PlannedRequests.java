package io.heliograph.udp;

import java.util.random.RandomGenerator;

/**
 * A receiver's side of repair, for one session: which datagrams are missing, when to ask for which of them, and when to
 * give them up. It sends nothing and reads no clock; its owner tells what happened and does what it says.
 *
 * <pre>
 *   missing ---- first delay, in a group also a back-off ---> asked ---- repeat delay, doubled each time ---> asked ...
 *      |                                                        |                                               |
 *      +--- arrived, or seen as a repair for another -----------+-----------------------------------------------+---> gone
 *                                                               after the last attempt's delay: given up, lost ------> gone
 * </pre>
 *
 * When a datagram of a range arrives, the rest of it behind that one is put off: its repair is on its way. Those before it
 * are not, because repairs leave in order. While repairs come at all, the publisher is there and only slow, or the path
 * lossy: then giving up takes ten times as many attempts.
 *
 * <p>Confined to its owner's lock; times are one monotonic clock's, and compared by difference. Allocates nothing per call
 * but what {@link MissingRanges} does.
 */
final class PlannedRequests {

    /** As many as a request has place for. */
    static final int MAX_RANGES_PER_REQUEST = 32;

    private static final long MAX_ROUND_TRIP_NS = 10_000_000_000L;
    private static final int MOST_REPEAT_ROUND_TRIPS = 8;
    private static final int QUIET_REPEATS = 4;
    private static final int ATTEMPTS_WHILE_OTHERS_COME = 10;

    /** Who hears a repair. */
    enum Reach {
        /** The one receiver: nothing is won by waiting for others to ask. */
        UNICAST,
        /** Perhaps all of a group: those who ask first spare the others. */
        GROUP
    }

    /** Takes ranges of datagrams, in order. */
    @FunctionalInterface
    interface Ranges {
        /** @param count at least 1 */
        void range(long from, long count);
    }

    /**
     * How long to wait for what.
     *
     * @param firstDelayNs  until the first request, as datagrams may only be out of order
     * @param backoffNs     the most to wait beyond that in a group, by chance
     * @param leastRepeatNs until the second request at least; two round trips if they are longer
     * @param mostRepeatNs  between two requests at most; eight round trips if they are longer
     * @param attempts      requests for the same datagram before it is given up, where no other repair comes either;
     *                      while others come, ten times as many
     */
    record Timing(long firstDelayNs, long backoffNs, long leastRepeatNs, long mostRepeatNs, int attempts) {
        Timing {
            if (firstDelayNs < 0 || backoffNs < 0 || leastRepeatNs < 1 || mostRepeatNs < leastRepeatNs || attempts < 1
                    || mostRepeatNs > MAX_ROUND_TRIP_NS) {
                throw new IllegalArgumentException("first delay " + firstDelayNs + " ns and back-off " + backoffNs
                        + " ns have to be at least 0, repeat " + leastRepeatNs + " to " + mostRepeatNs
                        + " ns at least 1 and at most 10 s, attempts " + attempts + " at least 1");
            }
        }

        /** 200 us, and up to 2 ms in a group; again after 1 ms, doubling to 50 ms; 10 attempts. */
        static Timing defaults() {
            return new Timing(200_000, 2_000_000, 1_000_000, 50_000_000, 10);
        }
    }

    private final MissingRanges missing;
    private final Reach reach;
    private final Timing timing;
    private final RandomGenerator chance;
    private long roundTripNs;
    private int receivers = 1;
    private long earliestNs;
    private boolean wasRepaired;
    private long repairedNs;
    private boolean isOutOfCredit;
    private long requests;
    private long rangesAsked;
    private long datagramsAsked;
    private long datagramsAskedAgain;
    private long givenUp;

    /** @param maxRanges the most ranges kept in mind */
    PlannedRequests(int maxRanges, Reach reach, Timing timing, RandomGenerator chance) {
        this.missing = new MissingRanges(maxRanges);
        this.reach = reach;
        this.timing = timing;
        this.chance = chance;
    }

    /** What a question and its answer take now; more than 10 s is taken as 10 s. */
    void roundTrip(long ns) {
        roundTripNs = Math.clamp(ns, 0, MAX_ROUND_TRIP_NS);
    }

    /** How many receivers the group has, this one included. */
    void receivers(int count) {
        receivers = Math.max(1, count);
    }

    /** What is missing now; only to be read. */
    MissingRanges missing() {
        return missing;
    }

    /**
     * Datagrams from {@code from} to {@code to} (exclusive) exist and have not arrived; those known as missing already stay
     * as they are.
     *
     * @return false if there is no place for another range: what told of them must be treated as if it had not arrived
     */
    boolean missing(long from, long to, long nowNs) {
        long dueNs = nowNs + timing.firstDelayNs + backoffNs();
        boolean isFirst = missing.isEmpty();
        if (!missing.add(from, to, dueNs)) {
            return false;
        }
        earliestNs = isFirst || dueNs - earliestNs < 0 ? dueNs : earliestNs;
        return true;
    }

    /** A datagram arrived, by whatever way; {@link MissingRanges.Removal} says whether it may be used. */
    MissingRanges.Removal arrived(long sequence, long nowNs) {
        if (missing.isEmpty()) {
            return MissingRanges.Removal.ABSENT;
        }
        int range = missing.indexOf(sequence);
        boolean isRepair = range >= 0 && missing.timesAsked(range) > 0;
        MissingRanges.Removal removal = missing.remove(sequence);
        if (removal == MissingRanges.Removal.REMOVED) {
            wasRepaired |= isRepair;
            repairedNs = isRepair ? nowNs : repairedNs;
            int rest = missing.indexOf(sequence + 1);
            if (rest >= 0) {
                boolean mayBeOutOfOrder = missing.timesAsked(rest) == 0 && reach == Reach.UNICAST;
                missing.postpone(rest, nowNs + (mayBeOutOfOrder ? timing.firstDelayNs : repeatNs(0)));
            }
            // The credit it took is free again.
            earliestNs = isOutOfCredit ? nowNs : earliestNs;
        }
        return removal;
    }

    /** None below {@code sequence} matters any more, because it came or never will; returns how many of them were missing. */
    long forgetBelow(long sequence) {
        return missing.isEmpty() ? 0 : missing.removeBelow(sequence);
    }

    /**
     * How long until {@link #request} or {@link #giveUp} may have something to do: 0 for now, {@link Long#MAX_VALUE} when
     * nothing is missing.
     */
    long untilNs(long nowNs) {
        return missing.isEmpty() ? Long.MAX_VALUE : Math.max(0, earliestNs - nowNs);
    }

    /**
     * Says what to ask for now, at most {@value #MAX_RANGES_PER_REQUEST} ranges: what makes up one request. There may be
     * more; ask again until it returns 0.
     *
     * @param maxDatagrams the most that may be on their way at once: those asked for lately, this request's included
     * @return how many ranges {@code into} was given
     */
    int request(long nowNs, int maxDatagrams, Ranges into) {
        if (untilNs(nowNs) > 0 && !isOutOfCredit) {
            return 0;
        }
        long flying = flying(nowNs);
        long credit = maxDatagrams - flying;
        int given = 0;
        for (int i = 0; i < missing.ranges() && given < MAX_RANGES_PER_REQUEST && credit > 0; i++) {
            if (missing.dueNs(i) - nowNs > 0 || isHopeless(i, nowNs)) {
                continue;
            }
            // Where there is no place to cut, all of the range counts as asked; better than to ask never.
            if (missing.count(i) > credit && !missing.cut(i, missing.from(i) + credit) && flying + given > 0) {
                break;
            }
            long count = Math.min(credit, missing.count(i));
            datagramsAsked += count;
            datagramsAskedAgain += missing.timesAsked(i) == 0 ? 0 : count;
            missing.asked(i, nowNs + repeatNs(missing.timesAsked(i)) + backoffNs());
            into.range(missing.from(i), count);
            credit -= count;
            given++;
        }
        requests += given > 0 ? 1 : 0;
        rangesAsked += given;
        findEarliest(nowNs, given < MAX_RANGES_PER_REQUEST);
        return given;
    }

    /**
     * Says which were asked for as often as may be and did not come: they are lost, and no longer kept. To be called before
     * {@link #request}, which says when there is something to do next.
     *
     * @return how many datagrams {@code lost} was given
     */
    long giveUp(long nowNs, Ranges lost) {
        if (untilNs(nowNs) > 0) {
            return 0;
        }
        long before = missing.datagrams();
        int i = 0;
        while (i < missing.ranges()) {
            if (missing.dueNs(i) - nowNs <= 0 && isHopeless(i, nowNs)) {
                long from = missing.from(i);
                long count = missing.count(i);
                missing.removeAt(i);
                lost.range(from, count);
            } else {
                i++;
            }
        }
        givenUp += before - missing.datagrams();
        return before - missing.datagrams();
    }

    /** Datagrams asked for that may still come before they are asked for again. */
    private long flying(long nowNs) {
        long datagrams = 0;
        for (int i = 0; i < missing.ranges(); i++) {
            datagrams += missing.timesAsked(i) > 0 && missing.dueNs(i) - nowNs > 0 ? missing.count(i) : 0;
        }
        return datagrams;
    }

    /** What is due and was left for want of credit waits for an arrival, or for the owner to look again with more. */
    private void findEarliest(long nowNs, boolean isCreditGone) {
        earliestNs = nowNs + MAX_ROUND_TRIP_NS;
        isOutOfCredit = false;
        for (int i = 0; i < missing.ranges(); i++) {
            long dueNs = missing.dueNs(i);
            if (isCreditGone && dueNs - nowNs <= 0 && !isHopeless(i, nowNs)) {
                isOutOfCredit = true;
                dueNs = nowNs + timing.leastRepeatNs;
            }
            earliestNs = dueNs - earliestNs < 0 ? dueNs : earliestNs;
        }
    }

    private boolean isHopeless(int range, long nowNs) {
        int times = missing.timesAsked(range);
        boolean doOthersCome = wasRepaired && nowNs - repairedNs <= QUIET_REPEATS * mostRepeatNs();
        return times >= timing.attempts && (!doOthersCome || times >= ATTEMPTS_WHILE_OTHERS_COME * timing.attempts);
    }

    private long mostRepeatNs() {
        return Math.max(timing.mostRepeatNs, MOST_REPEAT_ROUND_TRIPS * roundTripNs);
    }

    private long repeatNs(int timesAsked) {
        long leastNs = Math.max(2 * roundTripNs, timing.leastRepeatNs);
        long mostNs = Math.max(leastNs, mostRepeatNs());
        // 20 s doubled 23 times is below 2^63 ns.
        return timesAsked >= 24 ? mostNs : Math.min(mostNs, leastNs << timesAsked);
    }

    private long backoffNs() {
        boolean mayOthersAsk = reach == Reach.GROUP && receivers > 1;
        return mayOthersAsk ? RepairBackoff.waitNs(timing.backoffNs, receivers, chance.nextDouble()) : 0;
    }

    /** Requests so far. */
    long requests() {
        return requests;
    }

    /** Ranges in all requests. */
    long rangesAsked() {
        return rangesAsked;
    }

    /** Datagrams in all requests, each as often as it was asked for. */
    long datagramsAsked() {
        return datagramsAsked;
    }

    /** Those of them that had been asked for before. */
    long datagramsAskedAgain() {
        return datagramsAskedAgain;
    }

    /** Datagrams given up. */
    long givenUp() {
        return givenUp;
    }
}
