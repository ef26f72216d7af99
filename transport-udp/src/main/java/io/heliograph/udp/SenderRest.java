package io.heliograph.udp;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Who hears a publisher's reports: threads that publish fast or wait for room, while there are such; the sender's thread
 * else. It rests meanwhile, since the kernel would wake it for every report, to find that somebody else has heard it, and on
 * few processors it takes the publisher's place.
 *
 * <p>Thread-safe; one thread rests. Allocates nothing.
 */
final class SenderRest {

    /** After so long without a publishing thread that hears, the sender's thread does. */
    private static final long REST_NS = 200_000;

    /** How often a publishing thread hears that has credit enough. */
    private static final long HEARING_NS = 25_000;

    private final AtomicBoolean isWaitedInSocket = new AtomicBoolean();
    private volatile long heardNs;
    private volatile boolean isResting;
    private volatile boolean isWoken;

    SenderRest(long nowNs) {
        heardNs = nowNs - REST_NS;
    }

    /** Whether it is long ago that a publishing thread heard reports. */
    boolean isHearingDue(long nowNs) {
        return nowNs - heardNs >= HEARING_NS;
    }

    /** A publishing thread heard what reports there were. */
    void heard(long nowNs) {
        heardNs = nowNs;
    }

    /** Publishing threads hear nothing any more. */
    void heardLast(long nowNs) {
        heardNs = nowNs - REST_NS;
    }

    /** Whether the calling thread, and no other, may wait for reports in the socket until it calls {@link #leaveSocket}. */
    boolean tryEnterSocket() {
        return isWaitedInSocket.compareAndSet(false, true);
    }

    void leaveSocket() {
        isWaitedInSocket.set(false);
    }

    /** Whether publishing threads hear what comes, so that the sender's thread may rest. */
    boolean isDue(long nowNs) {
        return nowNs - heardNs < REST_NS || isWaitedInSocket.get();
    }

    /** Rests for {@code ns} at most, or until {@link #end}. */
    void rest(long ns) {
        isResting = true;
        if (!isWoken) {
            LockSupport.parkNanos(this, Math.min(ns, REST_NS));
        }
        isResting = false;
        isWoken = false;
    }

    /** Ends the rest of {@code resting}, or its next one. */
    void end(Thread resting) {
        isWoken = true;
        if (isResting) {
            LockSupport.unpark(resting);
        }
    }
}
