package io.heliograph.udp;

/**
 * Which of a peer's counters were seen, so that what was recorded and sent again is refused: the largest, and the {@value
 * #WIDTH} up to it one by one (as in RFC 4303, appendix A2). What is older than that counts as seen. Confined to one thread;
 * allocates nothing.
 */
final class ReplayWindow {

    /** How far counters may be out of order. */
    static final int WIDTH = 64;

    private long largest = -1;
    private long seen;

    /** Whether a counter was not seen yet. Negative ones are none. */
    boolean isFresh(long counter) {
        if (counter > largest) {
            return true;
        }
        long age = largest - counter;
        return counter >= 0 && age < WIDTH && (seen & 1L << age) == 0;
    }

    /** Marks a fresh counter as seen; only once it is proven to be the peer's. */
    void see(long counter) {
        if (counter > largest) {
            long ahead = counter - largest;
            seen = ahead < WIDTH && largest >= 0 ? seen << ahead | 1 : 1;
            largest = counter;
        } else {
            seen |= 1L << largest - counter;
        }
    }
}
