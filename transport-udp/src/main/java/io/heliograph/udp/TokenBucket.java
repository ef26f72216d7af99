package io.heliograph.udp;

/**
 * A budget that grows by a rate and holds at most a burst: pacing, repairs, new sessions. What is taken are tokens, be they
 * bytes or datagrams. An amount above the burst passes once the bucket is full and leaves it in debt, so that a train longer
 * than the burst waits instead of never leaving, and the rate holds all the same.
 *
 * <p>Times are readings of one monotonic clock in nanoseconds, compared by difference, so that they may wrap; one that lies
 * before an earlier one adds nothing. Parts of a token are kept: no rate is lost to rounding however often it is asked.
 * Confined to its owner's lock; allocates nothing.
 */
final class TokenBucket {

    static final long MAX_RATE = 1L << 60;
    static final long MAX_BURST = 1L << 32;

    private static final long SECOND_NS = 1_000_000_000L;

    private long burst;
    private long ratePerSecond;
    private long tokens;
    private long parts;
    private long filledNs;

    /**
     * A full bucket.
     *
     * @param ratePerSecond tokens, from 0 (what is there is all there will be) to {@link #MAX_RATE}
     * @param burst         the most tokens it holds, from 1 to {@link #MAX_BURST}
     * @throws IllegalArgumentException for others
     */
    TokenBucket(long ratePerSecond, long burst, long nowNs) {
        check(ratePerSecond, burst);
        this.burst = burst;
        this.tokens = burst;
        this.filledNs = nowNs;
        this.ratePerSecond = ratePerSecond;
    }

    private static void check(long ratePerSecond, long burst) {
        if (ratePerSecond < 0 || ratePerSecond > MAX_RATE) {
            throw new IllegalArgumentException("rate " + ratePerSecond + " per second is not 0 to " + MAX_RATE);
        }
        if (burst < 1 || burst > MAX_BURST) {
            throw new IllegalArgumentException("burst " + burst + " is not 1 to " + MAX_BURST);
        }
    }

    /** From now on another rate and burst; what is in the bucket stays, as far as it goes in. */
    void limit(long newRatePerSecond, long newBurst, long nowNs) {
        check(newRatePerSecond, newBurst);
        fill(nowNs);
        ratePerSecond = newRatePerSecond;
        burst = newBurst;
        if (tokens >= newBurst) {
            tokens = newBurst;
            parts = 0;
        }
    }

    /** Takes all of {@code amount} or nothing, and tells which. */
    boolean take(int amount, long nowNs) {
        fill(nowNs);
        if (tokens < needed(amount)) {
            return false;
        }
        tokens -= amount;
        return true;
    }

    /** How long until {@link #take} can have {@code amount}: 0 if now, {@link Long#MAX_VALUE} if never at this rate. */
    long untilNs(int amount, long nowNs) {
        fill(nowNs);
        long missing = needed(amount) - tokens;
        if (missing <= 0) {
            return 0;
        }
        // Below 2^33 tokens, so the product stays below 2^63.
        return ratePerSecond == 0 ? Long.MAX_VALUE : Math.ceilDiv(missing * SECOND_NS - parts, ratePerSecond);
    }

    private long needed(int amount) {
        if (amount < 0) {
            throw new IllegalArgumentException("amount " + amount + " is below 0");
        }
        return Math.min(amount, burst);
    }

    private void fill(long nowNs) {
        long elapsedNs = nowNs - filledNs;
        if (elapsedNs <= 0) {
            return;
        }
        filledNs = nowNs;
        long room = burst - tokens;
        if (ratePerSecond == 0 || room == 0) {
            return;
        }
        if (elapsedNs >= Math.ceilDiv(room * SECOND_NS - parts, ratePerSecond)) {
            tokens = burst;
            parts = 0;
            return;
        }
        // Less than fills the bucket: below room * 10^9, which is below 2^63.
        parts += elapsedNs * ratePerSecond;
        tokens += parts / SECOND_NS;
        parts %= SECOND_NS;
    }
}
