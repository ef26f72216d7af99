package io.heliograph.udp;

import java.util.Arrays;

/**
 * The datagrams of one session that have not arrived, as ranges in order, each with when it is due to be asked for and how
 * often it was. Ranges never overlap; one that was asked for is not joined with its neighbours, as their counts differ.
 *
 * <p>There are at most so many ranges as it was made for. What would need one more is refused, and told: a new range, and
 * the arrival of a datagram inside a range, which would cut it in two. Whoever is refused must treat the datagram that
 * brought it as one that never arrived; it will be repaired like all others, so the bound costs time and no events.
 *
 * <p>Confined to its owner's lock. Finding is binary; adding and removing move at most all ranges. Allocates only when
 * there are more ranges than there ever were.
 */
final class MissingRanges {

    /** What became of a datagram that should no longer be missing. */
    enum Removal {
        /** It was missing and is no longer. */
        REMOVED,
        /** It was not missing. */
        ABSENT,
        /** It still is, because its range cannot be cut: the datagram has to be dropped. */
        NO_PLACE
    }

    private static final int FIRST_PLACES = 8;

    private final int maxRanges;
    private long[] from;
    private long[] to;
    private long[] dueNs;
    private int[] asked;
    private int size;
    private long datagrams;

    /** @param maxRanges at least 1 */
    MissingRanges(int maxRanges) {
        if (maxRanges < 1) {
            throw new IllegalArgumentException("most ranges " + maxRanges + " is below 1");
        }
        this.maxRanges = maxRanges;
        int places = Math.min(FIRST_PLACES, maxRanges);
        from = new long[places];
        to = new long[places];
        dueNs = new long[places];
        asked = new int[places];
    }

    /**
     * Adds those of {@code first} to {@code end} (exclusive) that are not here yet, as not asked for and due at a time.
     *
     * @return false if there is no place for them, and nothing was added
     * @throws IllegalArgumentException for an empty range
     */
    boolean add(long first, long end, long firstDueNs) {
        if (first < 0 || end <= first) {
            throw new IllegalArgumentException("from " + first + " to " + end + " is no range of sequences");
        }
        if (placesFor(first, end) > maxRanges - size) {
            return false;
        }
        int i = search(first);
        for (long at = first; at < end;) {
            if (i < size && from[i] <= at) {
                at = to[i++];
            } else {
                long pieceEnd = pieceEnd(i, end);
                i = put(i, at, pieceEnd, firstDueNs);
                at = pieceEnd;
            }
        }
        return true;
    }

    /** How many ranges more there would be. */
    private int placesFor(long first, long end) {
        int places = 0;
        int i = search(first);
        for (long at = first; at < end;) {
            if (i < size && from[i] <= at) {
                at = to[i++];
            } else {
                long pieceEnd = pieceEnd(i, end);
                places += joinsBefore(i, at) || joinsBehind(i, pieceEnd) ? 0 : 1;
                at = pieceEnd;
            }
        }
        return places;
    }

    private long pieceEnd(int i, long end) {
        return i < size ? Math.min(end, from[i]) : end;
    }

    private boolean joinsBefore(int i, long first) {
        return i > 0 && to[i - 1] == first && asked[i - 1] == 0;
    }

    private boolean joinsBehind(int i, long end) {
        return i < size && from[i] == end && asked[i] == 0;
    }

    /** Returns the index of the range behind, or of the one that now begins with the piece. */
    private int put(int i, long first, long end, long firstDueNs) {
        datagrams += end - first;
        if (joinsBefore(i, first)) {
            to[i - 1] = end;
            dueNs[i - 1] = earlier(dueNs[i - 1], firstDueNs);
            return i;
        }
        if (joinsBehind(i, end)) {
            from[i] = first;
            dueNs[i] = earlier(dueNs[i], firstDueNs);
            return i;
        }
        insert(i, first, end, firstDueNs, 0);
        return i + 1;
    }

    private static long earlier(long a, long b) {
        return a - b <= 0 ? a : b;
    }

    /** The index of the first range that ends behind {@code sequence}; it may begin behind it too. */
    private int search(long sequence) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (to[middle] <= sequence) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The index of the range that holds {@code sequence}, or -1. */
    int indexOf(long sequence) {
        int i = search(sequence);
        return i < size && from[i] <= sequence ? i : -1;
    }

    boolean contains(long sequence) {
        return indexOf(sequence) >= 0;
    }

    /** Takes one datagram out. */
    Removal remove(long sequence) {
        int i = indexOf(sequence);
        if (i < 0) {
            return Removal.ABSENT;
        }
        if (sequence == from[i]) {
            from[i]++;
        } else {
            if (sequence != to[i] - 1 && !cut(i, sequence + 1)) {
                return Removal.NO_PLACE;
            }
            to[i]--;
        }
        datagrams--;
        if (from[i] == to[i]) {
            delete(i, 1);
        }
        return Removal.REMOVED;
    }

    /** Takes all below {@code sequence} out, and returns how many they were. */
    long removeBelow(long sequence) {
        long before = datagrams;
        int whole = search(sequence);
        for (int i = 0; i < whole; i++) {
            datagrams -= to[i] - from[i];
        }
        delete(0, whole);
        if (size > 0 && from[0] < sequence) {
            datagrams -= sequence - from[0];
            from[0] = sequence;
        }
        return before - datagrams;
    }

    /** Takes the range at {@code i} out. */
    void removeAt(int i) {
        datagrams -= to[i] - from[i];
        delete(i, 1);
    }

    /** Makes two ranges of the one at {@code i}, alike but for where they lie; false if there is no place. */
    boolean cut(int i, long at) {
        if (size == maxRanges) {
            return false;
        }
        insert(i + 1, at, to[i], dueNs[i], asked[i]);
        to[i] = at;
        return true;
    }

    /** Counts one more request for the range at {@code i}, which is due again at a time. */
    void asked(int i, long nextDueNs) {
        asked[i]++;
        dueNs[i] = nextDueNs;
    }

    /** Puts the range at {@code i} off until a time, if it would be due before. */
    void postpone(int i, long untilNs) {
        if (dueNs[i] - untilNs < 0) {
            dueNs[i] = untilNs;
        }
    }

    private void insert(int i, long first, long end, long firstDueNs, int times) {
        if (size == from.length) {
            int places = Math.min(maxRanges, 2 * size);
            from = Arrays.copyOf(from, places);
            to = Arrays.copyOf(to, places);
            dueNs = Arrays.copyOf(dueNs, places);
            asked = Arrays.copyOf(asked, places);
        }
        move(i, i + 1);
        from[i] = first;
        to[i] = end;
        dueNs[i] = firstDueNs;
        asked[i] = times;
        size++;
    }

    private void delete(int i, int count) {
        if (count > 0) {
            move(i + count, i);
            size -= count;
        }
    }

    private void move(int source, int target) {
        int count = size - source;
        System.arraycopy(from, source, from, target, count);
        System.arraycopy(to, source, to, target, count);
        System.arraycopy(dueNs, source, dueNs, target, count);
        System.arraycopy(asked, source, asked, target, count);
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** How many ranges there are; they are numbered from 0, in order. */
    int ranges() {
        return size;
    }

    /** How many datagrams are missing. */
    long datagrams() {
        return datagrams;
    }

    /** The first of the range at {@code i}. */
    long from(int i) {
        return from[i];
    }

    /** The one behind the last of the range at {@code i}. */
    long to(int i) {
        return to[i];
    }

    long count(int i) {
        return to[i] - from[i];
    }

    long dueNs(int i) {
        return dueNs[i];
    }

    /** How often the range at {@code i} was asked for. */
    int timesAsked(int i) {
        return asked[i];
    }
}
