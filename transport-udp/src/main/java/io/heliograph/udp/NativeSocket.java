package io.heliograph.udp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The two descriptors of a native socket, its own and the eventfd that ends its waiting. A number whose descriptor is
 * closed may soon stand for another file, so whoever calls the kernel with one does so between {@link #enter} and
 * {@link #exit}, and the last to leave after {@link #close} closes both. Memory needs no such care: all of it is freed by
 * the garbage collector.
 *
 * <p>Thread-safe, but for {@link #await}, which belongs to the receiving thread. Allocates nothing in {@link #enter},
 * {@link #exit}, {@link #await} and {@link #wakeUp}.
 */
final class NativeSocket {

    private static final int SOCKET_AT = 0;
    private static final long EVENT_AT = Linux.POLLFD.byteSize();

    private final int fd;
    private final int eventFd;
    private final AtomicInteger users = new AtomicInteger(1);
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private final AtomicBoolean isWoken = new AtomicBoolean();
    private volatile boolean isWaiting;

    private final MemorySegment pollErrno;
    private final MemorySegment polled;
    private final MemorySegment timeout;
    private final MemorySegment drained;
    private final MemorySegment one;
    /** For calls whose result nobody reads; threads may write to it at once. */
    private final MemorySegment ignoredErrno;

    private NativeSocket(int fd, int eventFd) {
        this.fd = fd;
        this.eventFd = eventFd;
        Arena arena = Arena.ofAuto();
        pollErrno = arena.allocate(Linux.ERRNO);
        ignoredErrno = arena.allocate(Linux.ERRNO);
        polled = arena.allocate(Linux.POLLFD, 2);
        timeout = arena.allocate(Linux.TIMESPEC);
        drained = arena.allocate(JAVA_LONG);
        one = arena.allocateFrom(JAVA_LONG, 1);
        polled.set(JAVA_INT, SOCKET_AT, fd);
        polled.set(JAVA_SHORT, SOCKET_AT + Linux.POLL_EVENTS, Linux.POLLIN);
        polled.set(JAVA_INT, EVENT_AT, eventFd);
        polled.set(JAVA_SHORT, EVENT_AT + Linux.POLL_EVENTS, Linux.POLLIN);
    }

    /** A fresh UDP socket, not yet bound. */
    static NativeSocket open() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(Linux.ERRNO);
            int type = Linux.SOCK_DGRAM | Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC;
            int fd = require("socket", Linux.socket(errno, SocketAddresses.FAMILY, type, 0));
            int eventFd = Linux.eventfd(errno, 0, Linux.EFD_NONBLOCK | Linux.EFD_CLOEXEC);
            if (eventFd < 0) {
                Linux.close(errno, fd);
            }
            return new NativeSocket(fd, require("eventfd", eventFd));
        }
    }

    /** The socket's descriptor, for who has entered. */
    int fd() {
        return fd;
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
            Linux.close(ignoredErrno, fd);
            Linux.close(ignoredErrno, eventFd);
        }
    }

    boolean isClosed() {
        return isClosed.get();
    }

    /** Ends any waiting; the descriptors are closed as soon as nobody is inside. Idempotent. */
    void close() {
        if (isClosed.compareAndSet(false, true)) {
            Linux.write(ignoredErrno, eventFd, one);
            exit();
        }
    }

    /**
     * Ends {@link #await}, or the next one. Costs a call to the kernel only where somebody waits: this thread first says
     * that it woke, then looks whether somebody waits; the other says that it waits, then looks whether it is woken.
     */
    void wakeUp() {
        if (!isWoken.getAndSet(true) && isWaiting && enter()) {
            Linux.write(ignoredErrno, eventFd, one);
            exit();
        }
    }

    /** Waits until a datagram is there, or for {@code timeoutNs}, {@link #wakeUp} or {@link #close}. Enter before. */
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
            timeout.set(JAVA_LONG, Linux.TV_NSEC, leftNs % 1_000_000_000);
            ready = Linux.ppoll(pollErrno, polled, 2, timeout);
            leftNs = Math.max(0, deadlineNs - System.nanoTime());
        } while (ready == -Linux.EINTR);
        require("poll", ready);
        if (ready > 0 && polled.get(JAVA_SHORT, EVENT_AT + Linux.POLL_REVENTS) != 0) {
            Linux.read(pollErrno, eventFd, drained);
        }
    }

    void setOption(String name, int level, int option, int value) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            setOption(name, level, option, arena.allocateFrom(JAVA_INT, value));
        }
    }

    void setOption(String name, int level, int option, MemorySegment value) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            require(name, Linux.setsockopt(arena.allocate(Linux.ERRNO), fd, level, option, value));
        }
    }

    int option(String name, int level, int option) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            MemorySegment length = arena.allocateFrom(JAVA_INT, Integer.BYTES);
            require(name, Linux.getsockopt(arena.allocate(Linux.ERRNO), fd, level, option, value, length));
            return value.get(JAVA_INT, 0);
        }
    }

    /** The packets that the kernel dropped here, modulo 2^32; -1 where it does not tell. */
    long drops() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(JAVA_INT, Linux.SK_MEMINFO_VARS);
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) values.byteSize());
            int result = Linux.getsockopt(arena.allocate(Linux.ERRNO), fd, Linux.SOL_SOCKET, Linux.SO_MEMINFO, values, length);
            boolean isTold = result == 0 && length.get(JAVA_INT, 0) == values.byteSize();
            return isTold ? Integer.toUnsignedLong(values.getAtIndex(JAVA_INT, Linux.SK_MEMINFO_DROPS)) : -1;
        }
    }

    /** @throws BindException if the address is taken */
    void bind(InetSocketAddress address) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(Linux.SOCKADDR_BYTES, Long.BYTES);
            int length = SocketAddresses.write(address, memory);
            int result = Linux.bind(arena.allocate(Linux.ERRNO), fd, memory, length);
            if (result == -Linux.EADDRINUSE) {
                throw new BindException(Linux.text(Linux.EADDRINUSE));
            }
            require("bind", result);
        }
    }

    InetSocketAddress localAddress() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(Linux.SOCKADDR_BYTES, Long.BYTES);
            MemorySegment length = arena.allocateFrom(JAVA_INT, Linux.SOCKADDR_BYTES);
            require("getsockname", Linux.getsockname(arena.allocate(Linux.ERRNO), fd, memory, length));
            return SocketAddresses.read(memory, 0);
        }
    }

    private static int require(String what, int result) throws IOException {
        if (result < 0) {
            throw new IOException(what + ": " + Linux.text(-result));
        }
        return result;
    }
}
