package io.heliograph.udp;

/**
 * How long datagrams queue on their way: by how much even the shortest round trip of late is longer than the shortest of the
 * last ten to twenty seconds, which stands for the path with its queues empty. Single long round trips, from threads that woke
 * late, count for nothing; a path that has become longer is taken as such after that time.
 *
 * <p>A queue stands from 2 ms on. Others may fill it, who would take all of the path from whoever went on giving way: after one
 * is known to be {@link #others}, none counts for twenty seconds.
 *
 * <p>Confined to its owner's lock; times are one monotonic clock's, and compared by difference. Allocates nothing per call.
 */
final class PathDelay {

    private static final long SPELL_NS = 10_000_000_000L;
    private static final int ENOUGH = 2;
    private static final long FREE_NS = 500_000;
    private static final long STANDING_NS = 2_000_000;
    private static final long COMPETING_NS = 20_000_000_000L;

    private long spellNs;
    private long leastOfSpell = Long.MAX_VALUE;
    private long leastOfSpellBefore = Long.MAX_VALUE;
    private long leastOfLate = Long.MAX_VALUE;
    private int late;
    private long queueNs;
    private long knownNs;
    private long competedNs;
    private boolean isStanding;
    private boolean isKnown;
    private double growth;

    PathDelay(long nowNs) {
        spellNs = nowNs;
        knownNs = nowNs;
        competedNs = nowNs - COMPETING_NS;
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

    /** Looks at the round trips since it was last looked; where they are too few to tell, the queue is taken to be as it was. */
    void look(long nowNs) {
        if (late >= ENOUGH) {
            long before = queueNs;
            queueNs = leastOfLate - Math.min(leastOfSpell, leastOfSpellBefore);
            growth = (double) (queueNs - before) / Math.max(1, nowNs - knownNs);
            knownNs = nowNs;
            isKnown = true;
            leastOfLate = Long.MAX_VALUE;
            late = 0;
        }
        isStanding = queueNs > STANDING_NS && nowNs - competedNs >= COMPETING_NS;
    }

    /** The queue that stands turned out not to be of whoever sends here. */
    void others(long nowNs) {
        competedNs = nowNs;
        isStanding = false;
    }

    /** How long what was looked at last stood in queues at least. */
    long queueNs() {
        return queueNs;
    }

    /** Whether queues are known to be as good as empty. */
    boolean isFree() {
        return isKnown && queueNs < FREE_NS;
    }

    /** Whether a queue stands that whoever sends here may be filling. */
    boolean isStanding() {
        return isStanding;
    }

    /** How much longer the queue became, for the time that it took: the share of what arrives there that it does not let through. */
    double growth() {
        return growth;
    }
}
