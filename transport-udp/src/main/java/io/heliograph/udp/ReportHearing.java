package io.heliograph.udp;

import io.heliograph.spi.Environment;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Hears a publisher's reports: on threads that publish fast or wait for room, while there are such; on the sender's thread else.
 * That rests meanwhile, since the kernel would wake it for every report, to find that somebody else has heard it, and on few
 * processors it takes the publisher's place.
 *
 * <p>Thread-safe; one thread rests. Allocates nothing.
 */
final class ReportHearing {

    /** After so long without a publishing thread that hears, the sender's thread does. */
    private static final long REST_NS = 200_000;

    /** How often a publishing thread hears that has credit enough. */
    private static final long HEARING_NS = 25_000;

    private final DatagramIo io;
    private final DatagramIo.Receiver reports;
    private final AtomicBoolean isWaitedInSocket = new AtomicBoolean();
    private volatile long heardNs;
    private volatile boolean isResting;
    private volatile boolean isWoken;

    /** @param reports takes in what is heard; takes the publisher's lock */
    ReportHearing(DatagramIo io, DatagramIo.Receiver reports, Environment environment) {
        this.io = io;
        this.reports = reports;
        this.heardNs = environment.clock().nanoTime() - REST_NS;
    }

    /** Waits for reports and takes them in. */
    void receive(long timeoutNs) throws IOException {
        io.receive(reports, timeoutNs);
    }

    /** Whether it is long ago that a publishing thread heard reports. */
    boolean isDue(long nowNs) {
        return nowNs - heardNs >= HEARING_NS;
    }

    /** Takes in the reports that are there, on a publishing thread; says whether there was any. */
    boolean hear(long nowNs) {
        try {
            heardNs = nowNs;
            return io.receive(reports, 0) > 0;
        } catch (IOException e) {
            // The sender's thread meets it as well, and ends loudly.
            return false;
        }
    }

    /** Publishing threads hear nothing any more. */
    void heardLast(long nowNs) {
        heardNs = nowNs - REST_NS;
    }

    /** Waits for a report after {@link #tryEnterSocket}, on a publishing thread, without the lock; says whether there was any. */
    boolean await(long timeoutNs) {
        try {
            return io.receive(reports, timeoutNs) > 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether the calling thread, and no other, may wait for reports in the socket until it calls {@link #leaveSocket}. */
    boolean tryEnterSocket() {
        return isWaitedInSocket.compareAndSet(false, true);
    }

    void leaveSocket() {
        isWaitedInSocket.set(false);
    }

    /** Whether publishing threads hear what comes, so that the sender's thread may rest. */
    boolean isRestDue(long nowNs) {
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

    /** Ends whoever waits in the socket. */
    void wakeUp() {
        io.wakeUp();
    }

    /** Ends the rest of {@code resting}, or its next one. */
    void endRest(Thread resting) {
        isWoken = true;
        if (isResting) {
            LockSupport.unpark(resting);
        }
    }
}
