package io.heliograph.udp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The descriptors of a native io: its sockets and the eventfd that ends their waiting. A number whose descriptor is
 * closed may soon stand for another file, so whoever calls the kernel with one does so between {@link #enter} and
 * {@link #exit}, and the last to leave after {@link #close} closes all. Memory needs no such care: it is freed by the
 * garbage collector.
 *
 * <p>Thread-safe, but for {@link #await}, which belongs to the receiving thread. Allocates nothing in {@link #enter},
 * {@link #exit}, {@link #await} and {@link #wakeUp}.
 */
final class NativeSockets {

    /** The first is the one that sends. */
    private final NativeSocket[] sockets;
    private final int eventFd;
    private final AtomicInteger users = new AtomicInteger(1);
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private final AtomicBoolean isWoken = new AtomicBoolean();
    private volatile boolean isWaiting;

    private final MemorySegment pollErrno;
    /** Each socket's pollfd, then the eventfd's. */
    private final MemorySegment polled;
    private final MemorySegment timeout;
    private final MemorySegment drained;
    private final MemorySegment one;
    /** For calls whose result nobody reads; threads may write to it at once. */
    private final MemorySegment ignoredErrno;

    /** @throws IOException if there is no eventfd; the sockets are still the caller's then */
    NativeSockets(List<NativeSocket> sockets) throws IOException {
        this.sockets = sockets.toArray(new NativeSocket[0]);
        Arena arena = Arena.ofAuto();
        pollErrno = arena.allocate(LinuxCalls.ERRNO);
        ignoredErrno = arena.allocate(LinuxCalls.ERRNO);
        polled = arena.allocate(LinuxStructs.POLLFD, this.sockets.length + 1);
        timeout = arena.allocate(LinuxStructs.TIMESPEC);
        drained = arena.allocate(JAVA_LONG);
        one = arena.allocateFrom(JAVA_LONG, 1);
        eventFd = NativeSocket.require("eventfd",
                LinuxCalls.eventfd(pollErrno, 0, LinuxConstants.EFD_NONBLOCK | LinuxConstants.EFD_CLOEXEC));
        for (int i = 0; i <= this.sockets.length; i++) {
            polled.set(JAVA_INT, pollAt(i), i < this.sockets.length ? this.sockets[i].fd() : eventFd);
            polled.set(JAVA_SHORT, pollAt(i) + LinuxStructs.POLL_EVENTS, LinuxConstants.POLLIN);
        }
    }

    int count() {
        return sockets.length;
    }

    /** A socket's descriptor, for who has entered; 0 is the one that sends. */
    int fd(int socket) {
        return sockets[socket].fd();
    }

    /** Says whether the descriptors may be used, until {@link #exit}; {@code false} once closed. */
    boolean enter() {
        int now = users.get();
        while (now > 0 && !isClosed.get()) {
            if (users.compareAndSet(now, now + 1)) {
                return true;
            }
            now = users.get();
        }
        return false;
    }

    void exit() {
        if (users.decrementAndGet() == 0) {
            for (NativeSocket socket : sockets) {
                socket.close();
            }
            LinuxCalls.close(ignoredErrno, eventFd);
        }
    }

    boolean isClosed() {
        return isClosed.get();
    }

    /** Ends any waiting; the descriptors are closed as soon as nobody is inside. Idempotent. */
    void close() {
        if (isClosed.compareAndSet(false, true)) {
            LinuxCalls.write(ignoredErrno, eventFd, one);
            exit();
        }
    }

    /**
     * Ends {@link #await}, or the next one. Costs a call to the kernel only where somebody waits: this thread first says
     * that it woke, then looks whether somebody waits; the other says that it waits, then looks whether it is woken.
     */
    void wakeUp() {
        if (!isWoken.getAndSet(true) && isWaiting && enter()) {
            LinuxCalls.write(ignoredErrno, eventFd, one);
            exit();
        }
    }

    /**
     * Waits until a datagram is there, at whichever socket, or for {@code timeoutNs}, {@link #wakeUp} or {@link #close}.
     * Enter before.
     */
    void await(long timeoutNs) throws IOException {
        isWaiting = true;
        try {
            if (!isWoken.get() && !isClosed.get() && !Thread.currentThread().isInterrupted()) {
                poll(timeoutNs);
            }
        } finally {
            isWaiting = false;
            isWoken.set(false);
        }
    }

    private void poll(long timeoutNs) throws IOException {
        long deadlineNs = System.nanoTime() + timeoutNs;
        long leftNs = timeoutNs;
        int ready;
        do {
            timeout.set(JAVA_LONG, 0, leftNs / 1_000_000_000);
            timeout.set(JAVA_LONG, LinuxStructs.TV_NSEC, leftNs % 1_000_000_000);
            ready = LinuxCalls.ppoll(pollErrno, polled, sockets.length + 1, timeout);
            leftNs = Math.max(0, deadlineNs - System.nanoTime());
        } while (ready == -LinuxConstants.EINTR);
        NativeSocket.require("poll", ready);
        if (ready > 0 && polled.get(JAVA_SHORT, pollAt(sockets.length) + LinuxStructs.POLL_REVENTS) != 0) {
            LinuxCalls.read(pollErrno, eventFd, drained);
        }
    }

    /** The packets that the kernel dropped at all sockets; -1 where it does not tell. Enter before. */
    long drops() {
        long sum = 0;
        for (NativeSocket socket : sockets) {
            long drops = socket.drops();
            if (drops < 0) {
                return -1;
            }
            sum += drops;
        }
        return sum;
    }

    private static long pollAt(int place) {
        return place * LinuxStructs.POLLFD.byteSize();
    }
}
