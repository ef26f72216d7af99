package io.heliograph.udp;

/**
 * How long datagrams queue on their way: by how much even the shortest round trip of late is longer than the shortest of the
 * last ten to twenty seconds, which stands for the path with its queues empty. Single long round trips, from threads that woke
 * late, count for nothing; a path that has become longer is taken as such after that time.
 *
 * <p>Confined to its owner's lock; times are one monotonic clock's, and compared by difference. Allocates nothing per call.
 */
final class PathDelay {

    private static final long SPELL_NS = 10_000_000_000L;
    private static final int ENOUGH = 2;
    private static final long FREE_NS = 500_000;

    private long spellNs;
    private long leastOfSpell = Long.MAX_VALUE;
    private long leastOfSpellBefore = Long.MAX_VALUE;
    private long leastOfLate = Long.MAX_VALUE;
    private int late;
    private long queueNs;
    private boolean isGrowing;
    private boolean isKnown;

    PathDelay(long nowNs) {
        spellNs = nowNs;
    }

    /** A question and its answer took so long. */
    void roundTrip(long ns, long nowNs) {
        if (nowNs - spellNs >= SPELL_NS) {
            spellNs = nowNs;
            leastOfSpellBefore = leastOfSpell;
            leastOfSpell = ns;
        }
        leastOfSpell = Math.min(leastOfSpell, ns);
        leastOfLate = Math.min(leastOfLate, ns);
        late++;
    }

    /** Looks at the round trips since it was last looked; where they are too few to tell, all stays as it was. */
    void look() {
        if (late >= ENOUGH) {
            long before = queueNs;
            queueNs = leastOfLate - Math.min(leastOfSpell, leastOfSpellBefore);
            isGrowing = queueNs >= before;
            isKnown = true;
            leastOfLate = Long.MAX_VALUE;
            late = 0;
        }
    }

    /** How long the last datagram looked at stood in queues at least. */
    long queueNs() {
        return queueNs;
    }

    /** Whether queues are known to be as good as empty. */
    boolean isFree() {
        return isKnown && queueNs < FREE_NS;
    }

    /** Whether {@link #queueNs} was no less than the time before. */
    boolean isGrowing() {
        return isGrowing;
    }
}
