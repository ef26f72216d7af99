package io.heliograph.udp;

import java.util.BitSet;

/**
 * Which of the last {@value #MOST} datagrams of a session arrived and which were given up: to tell a duplicate from one that is
 * merely late. Guarded by the subscriber's lock.
 */
final class RecentArrivals {

    private static final int MOST = 4096;

    private final BitSet arrived = new BitSet(MOST);

    /** {@code sequence}, the one behind the last, has arrived. */
    void arrived(long sequence) {
        arrived.set(slot(sequence));
    }

    /** Those from {@code from} up to {@code end}, the ones behind the last, will not come any more. */
    void givenUp(long from, long end) {
        for (long lost = Math.max(from, end - MOST); lost < end; lost++) {
            arrived.clear(slot(lost));
        }
    }

    /** Whether {@code sequence} is known to have been given up, where {@code next} follows the last one. */
    boolean isGivenUp(long sequence, long next) {
        return next - sequence <= MOST && !arrived.get(slot(sequence));
    }

    private static int slot(long sequence) {
        return (int) (sequence & MOST - 1);
    }
}
