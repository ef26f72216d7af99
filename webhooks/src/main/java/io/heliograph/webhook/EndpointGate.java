package io.heliograph.webhook;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Lets attempts at one endpoint begin: concurrency, order, rate, the receiver's wish and the breaker in one place, all of
 * it arithmetic on the moments it is told. Confined to one thread or its owner's lock.
 *
 * <p>Used in this order: {@link #turn}; if it says now, {@link #begin}; when the attempt is over, {@link #end}, which
 * may let others begin.
 */
public final class EndpointGate {

    private static final Turn NOW = new Turn.Now();
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final int MOST_DOUBLINGS = 6;

    private final EndpointLimits limits;
    private final Duration maxRetryAfter;
    private final Optional<TokenBucket> bucket;
    private final CircuitBreaker breaker;
    /** The keys of those that run; no more of them than may run at once. */
    private final Set<String> keysUnderWay = new HashSet<>();
    private int underWay;
    private long pausedUntilNs;
    private int overloadsInARow;

    /**
     * @param maxRetryAfter the most that a receiver's {@code Retry-After} may ask for
     * @param nowNs         as {@link io.heliograph.time.Clock#nanoTime} counts
     */
    public EndpointGate(EndpointLimits limits, Duration maxRetryAfter, long nowNs) {
        this.limits = limits;
        this.maxRetryAfter = maxRetryAfter;
        this.bucket = limits.rate().map(rate -> new TokenBucket(rate, nowNs));
        this.breaker = new CircuitBreaker(limits.breaker());
        this.pausedUntilNs = nowNs;
    }

    /**
     * Whether an attempt may begin.
     *
     * @param key the event's key, if it has one
     */
    public Turn turn(Optional<String> key, long nowNs) {
        if (underWay >= limits.concurrency()) {
            return new Turn.AfterAnother(Turn.Wait.CONCURRENCY);
        }
        if (ordered(key).filter(keysUnderWay::contains).isPresent()) {
            return new Turn.AfterAnother(Turn.Wait.KEY);
        }
        long breakerNs = breaker.waitNs(nowNs);
        if (breakerNs == Long.MAX_VALUE) {
            return new Turn.AfterAnother(Turn.Wait.BREAKER);
        }
        long pauseNs = Math.max(0, pausedUntilNs - nowNs);
        long rateNs = bucket.map(b -> b.waitNs(nowNs)).orElse(0L);
        long waitNs = Math.max(breakerNs, Math.max(pauseNs, rateNs));
        if (waitNs == 0) {
            return NOW;
        }
        Turn.Wait other = waitNs == pauseNs ? Turn.Wait.RETRY_AFTER : Turn.Wait.RATE;
        return new Turn.At(nowNs + waitNs, waitNs == breakerNs ? Turn.Wait.BREAKER : other);
    }

    /** An attempt begins, as {@link #turn} allowed. */
    public void begin(Optional<String> key, long nowNs) {
        underWay++;
        ordered(key).ifPresent(keysUnderWay::add);
        bucket.ifPresent(b -> b.take(nowNs));
        breaker.onBegin();
    }

    /** An attempt that began is over. */
    public void end(Optional<String> key, AttemptResult result, long nowNs) {
        underWay--;
        ordered(key).ifPresent(keysUnderWay::remove);
        switch (result) {
            case AttemptResult.Delivered delivered -> {
                overloadsInARow = 0;
                breaker.onSuccess();
            }
            // Whoever disables the endpoint needs no gate any more.
            case AttemptResult.Gone gone -> breaker.onFailure(nowNs);
            case AttemptResult.Failed failed when !failed.reason().isEndpoints() -> breaker.onUnknown(nowNs);
            case AttemptResult.Failed failed -> {
                breaker.onFailure(nowNs);
                failed.answer().ifPresent(answer -> pause(answer, nowNs));
            }
        }
    }

    private Optional<String> ordered(Optional<String> key) {
        return limits.ordering() == Ordering.KEY ? key : Optional.empty();
    }

    /** Nobody is called while it asks to be left alone, nor at once after it said that it is overloaded. */
    private void pause(Answer answer, long nowNs) {
        Duration pause = Duration.ZERO;
        if (answer.isOverloaded()) {
            pause = FIRST_PAUSE.multipliedBy(1L << Math.min(overloadsInARow, MOST_DOUBLINGS));
            overloadsInARow++;
        }
        if (answer.retryAfter().isPresent()) {
            Duration asked = answer.retryAfter().get();
            pause = asked.compareTo(maxRetryAfter) > 0 ? maxRetryAfter : asked;
        }
        long untilNs = nowNs + pause.toNanos();
        pausedUntilNs = untilNs - pausedUntilNs > 0 ? untilNs : pausedUntilNs;
    }

    /** How many more may run. */
    int room() {
        return Math.max(0, limits.concurrency() - underWay);
    }

    /** How many attempts run. */
    public int underWay() {
        return underWay;
    }

    /** Whether the breaker lets nobody through, or one to try. */
    public boolean isOpen() {
        return breaker.state() != CircuitBreaker.State.CLOSED;
    }

    /** How often the breaker opened. */
    public long opened() {
        return breaker.opened();
    }
}
