package io.heliograph.webhook;

/**
 * Keeps to a {@link RateLimit}. Confined to one thread or its owner's lock; allocates nothing.
 *
 * <p>The generic cell rate algorithm: it remembers nothing but the moment at which the bucket is full again, so there is
 * nothing to refill and nothing to round twice. Source: ITU-T I.371, in its virtual scheduling form.
 */
final class TokenBucket {

    private final long intervalNs;
    private final long burstNs;
    /** The bucket is full at this moment, and holds a token less for each interval before it. */
    private long fullAtNs;

    TokenBucket(RateLimit limit, long nowNs) {
        // Rounded up: a rate is a most.
        this.intervalNs = Math.ceilDiv(limit.per().toNanos(), limit.max());
        this.burstNs = intervalNs * (limit.max() - 1);
        this.fullAtNs = nowNs;
    }

    /** How long until there is a token; 0 if there is one. */
    long waitNs(long nowNs) {
        return Math.max(0, fullAtNs - nowNs - burstNs);
    }

    /** Takes a token, which {@link #waitNs} said is there. */
    void take(long nowNs) {
        boolean isFull = fullAtNs - nowNs <= 0;
        fullAtNs = (isFull ? nowNs : fullAtNs) + intervalNs;
    }
}
