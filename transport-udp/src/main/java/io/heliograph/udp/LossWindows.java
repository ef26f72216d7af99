package io.heliograph.udp;

/**
 * What a publisher sent and what of it was asked for again, by windows of time. A request counts for the window that its
 * datagrams were first sent in, however late it comes, and once for each datagram: repairs and repeated requests make no
 * loss look larger. A window is judged when all requests for it have had time to come.
 *
 * <pre>
 *   sent      |--- window 7 ---|--- window 8 ---|--- window 9 ...
 *   asked          requests for 7 . . . . . |
 *                              |<-- lag --->| 7 is ripe
 * </pre>
 *
 * Confined to its owner's lock; times are one monotonic clock's, and compared by difference. Allocates nothing per call; has
 * 32 KiB.
 */
final class LossWindows {

    private static final int WINDOWS = 16;
    private static final int ASKED_BITS = 1 << 18;
    private static final int MANY_DATAGRAMS = 50;
    private static final long LONGEST_NS = 1_000_000_000L;

    private final long[] first = new long[WINDOWS];
    private final long[] end = new long[WINDOWS];
    private final long[] count = new long[WINDOWS];
    private final long[] bytes = new long[WINDOWS];
    private final long[] again = new long[WINDOWS];
    private final long[] lostAgain = new long[WINDOWS];
    private final long[] lost = new long[WINDOWS];
    private final long[] acknowledgedBefore = new long[WINDOWS];
    private final long[] startNs = new long[WINDOWS];
    private final long[] endNs = new long[WINDOWS];
    private final long[] askedBits = new long[ASKED_BITS / Long.SIZE];
    private long acknowledged;
    private long oldest;
    private long open;

    LossWindows(long nowNs) {
        startNs[0] = nowNs;
    }

    /** Something is about to leave: a window in which nothing has left yet begins now, as nobody waited for the path before. */
    void begin(long nowNs) {
        int place = place(open);
        if (count[place] + again[place] == 0) {
            startNs[place] = nowNs;
        }
    }

    /** New datagrams left. They follow those before them in sequence. */
    void sent(long sequence, int datagrams, long sentBytes) {
        int place = place(open);
        if (first[place] == end[place]) {
            first[place] = sequence;
        }
        end[place] = sequence + datagrams;
        count[place] += datagrams;
        bytes[place] += sentBytes;
        for (long at = sequence; at < sequence + datagrams; at++) {
            askedBits[word(at)] &= ~(1L << at);
        }
    }

    /** Datagrams were passed over: they never left, and who asks for them has not lost them on the way. */
    void skipped(long sequence, int datagrams) {
        int place = place(open);
        if (first[place] == end[place]) {
            first[place] = sequence;
        }
        end[place] = sequence + datagrams;
        for (long at = sequence; at < sequence + datagrams; at++) {
            askedBits[word(at)] |= 1L << at;
        }
    }

    /** Datagrams left that had been sent before. */
    void sentAgain(int datagrams, long sentBytes) {
        bytes[place(open)] += sentBytes;
        again[place(open)] += datagrams;
    }

    /** Repairs that left before did not arrive. They count for the window in which that is known. */
    void lostAgain(int datagrams) {
        lostAgain[place(open)] += datagrams;
    }

    /** So many bytes more arrived, with all before them. */
    void acknowledged(long bytesMore) {
        acknowledged += bytesMore;
    }

    /** Datagrams were asked for. */
    void asked(long from, long count) {
        for (long number = oldest; number <= open; number++) {
            int place = place(number);
            long last = Math.min(from + count, end[place]);
            for (long at = Math.max(from, first[place]); at < last; at++) {
                long bit = 1L << at;
                lost[place] += (askedBits[word(at)] & bit) == 0 ? 1 : 0;
                askedBits[word(at)] |= bit;
            }
        }
    }

    private static int word(long sequence) {
        return (int) (sequence & ASKED_BITS - 1) >>> 6;
    }

    private static int place(long number) {
        return (int) number & WINDOWS - 1;
    }

    /** Opens the next window if the open one has lasted {@code lengthNs} and holds enough to judge by, or a second. */
    void turn(long lengthNs, long nowNs) {
        int place = place(open);
        long lastedNs = nowNs - startNs[place];
        boolean isFull = lastedNs >= lengthNs && count[place] + again[place] >= MANY_DATAGRAMS;
        if (!isFull && lastedNs < Math.max(lengthNs, LONGEST_NS)) {
            return;
        }
        if (open + 1 - oldest == WINDOWS) {
            // Nobody judged for long: the oldest is not worth it any more.
            oldest++;
        }
        endNs[place] = nowNs;
        open++;
        int next = place(open);
        first[next] = end[place];
        end[next] = end[place];
        count[next] = 0;
        bytes[next] = 0;
        again[next] = 0;
        lostAgain[next] = 0;
        lost[next] = 0;
        acknowledgedBefore[next] = acknowledged;
        startNs[next] = nowNs;
    }

    /** Whether the oldest window ended at least {@code lagNs} ago. */
    boolean isRipe(long lagNs, long nowNs) {
        return oldest < open && nowNs - endNs[place(oldest)] >= lagNs;
    }

    /** The oldest window has been judged. */
    void next() {
        oldest++;
    }

    /** Of the oldest window: how many new datagrams it has. */
    long datagrams() {
        return count[place(oldest)];
    }

    /** Of the oldest window: how many of its new datagrams were asked for. */
    long lost() {
        return lost[place(oldest)];
    }

    /** Of the oldest window: when it began. */
    long startNs() {
        return startNs[place(oldest)];
    }

    /** Of the oldest window: when it ended. */
    long endNs() {
        return endNs[place(oldest)];
    }

    /** Of the oldest window: the repairs that left in it. */
    long repairs() {
        return again[place(oldest)];
    }

    /** Of the oldest window: the repairs of which it was then known that they had not arrived. */
    long repairsLost() {
        return lostAgain[place(oldest)];
    }

    /** Of the oldest window: the bytes of all that left in it, repairs included, by the second. */
    double bytesPerSecond() {
        int place = place(oldest);
        return bytes[place] * 1e9 / Math.max(1, endNs[place] - startNs[place]);
    }

    /** The bytes that were acknowledged since the oldest window began. */
    long acknowledgedSince() {
        return acknowledged - acknowledgedBefore[place(oldest)];
    }
}
