package io.heliograph.udp;

import java.time.Duration;

/**
 * When a publisher says next where its session stands: often at first and at the end, where it stands still or somebody waits,
 * and where listeners come and go; seldom when it has been idle for long. Guarded by the publisher's lock; allocates nothing.
 */
final class HeartbeatSchedule {

    private static final int FAST_HEARTBEATS = 20;
    private static final int LEAST_ENDS_OF_STREAM = 3;
    private static final long END_OF_STREAM_PERIOD_NS = Duration.ofMillis(10).toNanos();
    private static final long STALLED_HEARTBEAT_NS = Duration.ofMillis(10).toNanos();
    /** How often a publisher that never rests says where it stands, so that its subscribers' answers tell how long the way is. */
    private static final long PROBE_NS = Duration.ofMillis(100).toNanos();
    private static final long NARROW_PROBE_NS = Duration.ofMillis(20).toNanos();

    private final UdpLimits limits;
    private final boolean isReliable;
    private long nextNs;
    private long lastNs;
    private int idleHeartbeats;
    private int endsOfStream;
    private long endingSinceNs;
    private int waiting;

    HeartbeatSchedule(UdpLimits limits, boolean isReliable, long nowNs) {
        this.limits = limits;
        this.isReliable = isReliable;
        this.nextNs = nowNs;
    }

    /** One should be heard at {@code atNs} at the latest. */
    void sayAt(long atNs) {
        if (nextNs - atNs > 0) {
            nextNs = atNs;
        }
    }

    /** Where listeners come and go, the next one should not have to wait long to hear of this session. */
    void beFrequent(long nowNs) {
        idleHeartbeats = 0;
        sayAt(nowNs + limits.heartbeat().toNanos());
    }

    /** What waits cannot be sent: the report that lets it go on may have been lost, and who hears a heartbeat reports again. */
    void beStalled(long nowNs) {
        sayAt(nowNs + STALLED_HEARTBEAT_NS);
    }

    /** A thread begins to wait for room: whoever hears a heartbeat reports what room it has. */
    void beginWait(long nowNs) {
        waiting++;
        beStalled(nowNs);
    }

    /** A thread waits no longer. */
    void endWait() {
        waiting--;
    }

    /** Something new has left, which says as much as a heartbeat, but not when. */
    void onSent(boolean isPaced, long nowNs) {
        idleHeartbeats = 0;
        nextNs = nowNs + limits.heartbeat().toNanos();
        if (isReliable) {
            sayAt(lastNs + (isPaced ? NARROW_PROBE_NS : PROBE_NS));
        }
    }

    boolean isDue(long nowNs) {
        return nowNs - nextNs >= 0;
    }

    long untilDueNs(long nowNs) {
        return Math.max(0, nextNs - nowNs);
    }

    /** One has left. */
    void said(long nowNs) {
        lastNs = nowNs;
    }

    /**
     * Chooses the time of the next one, after one that was due.
     *
     * @param isHeldUp whether something cannot be sent
     */
    void goOn(boolean isHeldUp, long nowNs) {
        idleHeartbeats = Math.min(idleHeartbeats + 1, FAST_HEARTBEATS);
        nextNs = nowNs + (isHeldUp || waiting > 0 ? STALLED_HEARTBEAT_NS : idlePeriodNs());
    }

    private long idlePeriodNs() {
        return (idleHeartbeats < FAST_HEARTBEATS ? limits.heartbeat() : limits.slowHeartbeat()).toNanos();
    }

    /** The stream ends: the first word of that is due now. Does nothing once one has been said. */
    void beginEnd(long nowNs) {
        if (endsOfStream == 0) {
            endingSinceNs = nowNs;
            nextNs = nowNs;
        }
    }

    /** Chooses the time of the next word of the end, after one that was due. */
    void goOnEnding(long nowNs) {
        endsOfStream++;
        nextNs = nowNs + END_OF_STREAM_PERIOD_NS;
    }

    /** Whether the end has been said often enough for those who heard nothing before. */
    boolean isEndSaid() {
        return endsOfStream >= LEAST_ENDS_OF_STREAM;
    }

    /** Somebody has come further, or asks for what it misses: the end need not be given up yet. */
    void lingerOn(long nowNs) {
        endingSinceNs = nowNs;
    }

    /**
     * Whether nobody has come further or asked for anything for so long that the end is given up, as far as nobody is waited
     * for: in a reliable session no sooner than a silent subscriber is evicted.
     */
    boolean hasLingered(long nowNs) {
        long lingerNs = limits.linger().toNanos();
        return nowNs - endingSinceNs >= (isReliable ? Math.max(lingerNs, limits.eviction().toNanos()) : lingerNs);
    }
}
