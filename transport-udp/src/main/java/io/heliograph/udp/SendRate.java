package io.heliograph.udp;

import java.util.OptionalLong;

/**
 * How fast one session sends: as fast as it can, or as {@link RateControl} finds that the path carries, and never faster than
 * the rate that was asked for. Where there is a limit, a {@link TokenBucket} paces what is new and what is repaired together.
 *
 * <p>Guarded by the publisher's lock; times are one monotonic clock's. Allocates nothing per call.
 */
final class SendRate {

    /** What is sent at once is at most what may be sent in this part of a second; a thread may have to wait that long for its turn. */
    private static final long BURSTS_PER_SECOND = 200;
    private static final long SMOOTHING = 4;

    private final long ceiling;
    private final int largestBytes;
    private final RateControl control;
    private final TokenBucket bucket;
    private long bytesPerSecond;
    private boolean isPaced;
    private long roundTripNs;

    /**
     * @param ceiling      bytes a second that were asked for; empty for no limit
     * @param largestBytes the largest datagram
     */
    SendRate(OptionalLong ceiling, int largestBytes, long nowNs) {
        this.ceiling = ceiling.orElse(RateControl.UNLIMITED);
        this.largestBytes = largestBytes;
        this.control = new RateControl(nowNs);
        this.bytesPerSecond = this.ceiling;
        this.isPaced = ceiling.isPresent();
        this.bucket = new TokenBucket(Math.min(bytesPerSecond, TokenBucket.MAX_RATE), burst(), nowNs);
    }

    private long burst() {
        return Math.clamp(bytesPerSecond / BURSTS_PER_SECOND, largestBytes, Chunk.BYTES);
    }

    private void adjust(long nowNs) {
        long allowed = Math.min(ceiling, control.bytesPerSecond());
        if (allowed != bytesPerSecond) {
            bytesPerSecond = allowed;
            isPaced = allowed != RateControl.UNLIMITED;
            bucket.limit(Math.min(allowed, TokenBucket.MAX_RATE), burst(), nowNs);
        }
    }

    /** Whether there is a limit, so that what is sent has to be {@link #take}n first. */
    boolean isPaced() {
        return isPaced;
    }

    /** Bytes that may leave in a second, repairs included; {@link RateControl#UNLIMITED} for no limit. */
    long bytesPerSecond() {
        return bytesPerSecond;
    }

    /** Bytes that may be sent and not acknowledged; {@link RateControl#UNLIMITED} for no limit. */
    long inFlightBytes() {
        return control.inFlightBytes();
    }

    /** Whether {@code bytes} may leave now. */
    boolean take(int bytes, long nowNs) {
        return bucket.take(bytes, nowNs);
    }

    /** How long until {@code bytes} may leave. */
    long untilNs(int bytes, long nowNs) {
        return bucket.untilNs(bytes, nowNs);
    }

    /** What a question and its answer took just now. */
    void roundTrip(long sampleNs, long nowNs) {
        control.sampled(sampleNs, nowNs);
        roundTripNs = roundTripNs == 0 ? sampleNs : roundTripNs + (sampleNs - roundTripNs) / SMOOTHING;
        control.roundTrip(roundTripNs);
    }

    /** What a question and its answer take; 0 as long as it is not known. */
    long roundTripNs() {
        return roundTripNs;
    }

    /** New datagrams have left. */
    void sent(long sequence, int datagrams, long bytes, long nowNs) {
        control.sent(sequence, datagrams, bytes, nowNs);
        adjust(nowNs);
    }

    /** Datagrams that nobody will get were passed over. */
    void skipped(long sequence, int datagrams) {
        control.skipped(sequence, datagrams);
    }

    /** Repairs have left. */
    void repaired(int datagrams, long bytes, long nowNs) {
        control.repaired(datagrams, bytes, nowNs);
        adjust(nowNs);
    }

    /** Repairs have turned out to be lost. */
    void repairsLost(int datagrams, long nowNs) {
        control.repairsLost(datagrams, nowNs);
        adjust(nowNs);
    }

    /** The receiver that stands for the others has so many bytes more. */
    void acknowledged(long bytes, long nowNs) {
        control.acknowledged(bytes, nowNs);
        adjust(nowNs);
    }

    /** The receiver that stands for the others misses datagrams. */
    void asked(long from, long count, long nowNs) {
        control.asked(from, count, nowNs);
        adjust(nowNs);
    }

    /** Looks at the time. */
    void onTime(long nowNs) {
        control.onTime(nowNs);
        adjust(nowNs);
    }

    /** How often congestion ended a time without limit. */
    long engagements() {
        return control.engagements();
    }

    /** The share of datagrams asked for, of the time judged last. */
    double lossRatio() {
        return control.lossRatio();
    }
}
