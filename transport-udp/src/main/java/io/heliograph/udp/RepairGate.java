package io.heliograph.udp;

import java.util.Arrays;

/**
 * A publisher's side of repair: whether a datagram that was asked for is sent again, and to whom. It goes to the one who
 * asked; to the group when a second receiver asks for the same within a round trip or 5 ms, whichever is longer, since then
 * more have lost it; and not again to the same place while the last one may still be on its way. All of it is paid from a
 * {@link TokenBucket}, so that requests, forged ones too, cost the network no more than that.
 *
 * <p>It remembers the datagrams asked for lately in a table of fixed size, each in the place that the low bits of its
 * sequence choose; with at least as many places as datagrams can be repaired, none displaces another. One that is displaced
 * may be repaired once too often, and no more. Confined to its owner's lock; times are one monotonic clock's, and compared by
 * difference. Allocates nothing per call.
 */
final class RepairGate {

    /** What to do about one datagram that one receiver asked for. */
    enum Verdict {
        /** Send it to who asked. */
        UNICAST,
        /** Send it to the group. */
        GROUP,
        /** Nothing: it is on its way to there. */
        SUPPRESSED,
        /** Nothing: repairs have cost too much lately. The receiver will ask again. */
        REFUSED
    }

    private static final long LEAST_SHARE_NS = 5_000_000;
    private static final long LEAST_HOLD_NS = 500_000;
    private static final long LONGEST_WAIT_NS = 60_000_000_000L;
    private static final int MAX_PLACES = 1 << 24;

    private static final byte NOT_REPAIRED = 0;
    private static final byte TO_ONE = 1;
    private static final byte TO_ALL = 2;
    private static final long NOBODYS = -1;

    private final TokenBucket bucket;
    private final int mask;
    private final long[] sequences;
    private final long[] askers;
    private final long[] askedNs;
    private final long[] repairedFor;
    private final long[] repairedNs;
    private final byte[] repaired;
    private long shareNs = LEAST_SHARE_NS;
    private long holdNs = LEAST_HOLD_NS;
    private long unicastRepairs;
    private long groupRepairs;
    private long suppressed;
    private long refused;
    private long repeated;

    /**
     * @param datagrams how many to remember, 1 to 2^24; rounded up to a power of two, and about 41 bytes each
     * @param bucket    pays for repairs, in bytes; a quarter of the publisher's rate, with one window as the burst, keeps
     *                  repairs from crowding out what is new; all of the rate while nothing new may leave
     */
    RepairGate(int datagrams, TokenBucket bucket) {
        if (datagrams < 1 || datagrams > MAX_PLACES) {
            throw new IllegalArgumentException("datagrams to remember " + datagrams + " is not 1 to " + MAX_PLACES);
        }
        this.bucket = bucket;
        int places = datagrams == 1 ? 1 : Integer.highestOneBit(datagrams - 1) << 1;
        mask = places - 1;
        sequences = new long[places];
        Arrays.fill(sequences, NOBODYS);
        askers = new long[places];
        askedNs = new long[places];
        repairedFor = new long[places];
        repairedNs = new long[places];
        repaired = new byte[places];
    }

    /** What a question and its answer take now. */
    void roundTrip(long ns) {
        shareNs = Math.max(LEAST_SHARE_NS, ns);
        holdNs = Math.max(LEAST_HOLD_NS, ns);
    }

    /**
     * A receiver asks for one datagram, which can be repaired.
     *
     * @param bytes what it would take on the wire
     */
    Verdict asked(long sequence, long receiver, int bytes, long nowNs) {
        int place = (int) sequence & mask;
        if (sequences[place] != sequence) {
            sequences[place] = sequence;
            repaired[place] = NOT_REPAIRED;
            askers[place] = receiver;
        }
        boolean doOthersAsk = askers[place] != receiver && nowNs - askedNs[place] <= shareNs;
        askers[place] = receiver;
        askedNs[place] = nowNs;
        if (isOnItsWay(place, receiver, doOthersAsk, nowNs)) {
            suppressed++;
            return Verdict.SUPPRESSED;
        }
        if (!bucket.take(bytes, nowNs)) {
            refused++;
            return Verdict.REFUSED;
        }
        boolean didNotArrive = repaired[place] == TO_ALL || repaired[place] == TO_ONE && repairedFor[place] == receiver;
        repeated += didNotArrive ? 1 : 0;
        repairedFor[place] = receiver;
        repairedNs[place] = nowNs;
        repaired[place] = doOthersAsk ? TO_ALL : TO_ONE;
        unicastRepairs += doOthersAsk ? 0 : 1;
        groupRepairs += doOthersAsk ? 1 : 0;
        return doOthersAsk ? Verdict.GROUP : Verdict.UNICAST;
    }

    /** Repairs that were to be sent wait for their turn: until they have {@link #left} they are on their way. */
    void waiting(long from, long end, long nowNs) {
        repairedAt(from, end, nowNs + LONGEST_WAIT_NS);
    }

    /** Whether the last repair of this datagram, which may wait still, is the one to the group. */
    boolean isForAll(long sequence) {
        int place = (int) sequence & mask;
        return sequences[place] == sequence && repaired[place] == TO_ALL;
    }

    /** Repairs that waited have left just now. */
    void left(long from, long end, long nowNs) {
        repairedAt(from, end, nowNs);
    }

    private void repairedAt(long from, long end, long atNs) {
        for (long sequence = from; sequence < end; sequence++) {
            int place = (int) sequence & mask;
            if (sequences[place] == sequence) {
                repairedNs[place] = atNs;
            }
        }
    }

    private boolean isOnItsWay(int place, long receiver, boolean doOthersAsk, long nowNs) {
        long sinceNs = nowNs - repairedNs[place];
        return switch (repaired[place]) {
            case TO_ALL -> sinceNs <= shareNs;
            case TO_ONE -> !doOthersAsk && repairedFor[place] == receiver && sinceNs <= holdNs;
            default -> false;
        };
    }

    /** Repairs sent to one receiver. */
    long unicastRepairs() {
        return unicastRepairs;
    }

    /** Repairs sent to the group. */
    long groupRepairs() {
        return groupRepairs;
    }

    /** Repairs that had to be sent once more to the same place, so that the one before is taken as lost. */
    long repeated() {
        return repeated;
    }

    /** Datagrams asked for that were on their way. */
    long suppressed() {
        return suppressed;
    }

    /** Datagrams asked for that the bucket did not pay for. */
    long refused() {
        return refused;
    }
}
