package io.heliograph.udp;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The calls, numbers and layouts of Linux that a datagram socket needs: nothing here decides anything. The numbers are
 * the kernel's generic ones and the layouts those of 64-bit little-endian machines; {@link NativeSupport} admits only
 * these. Each group names where it is written down.
 *
 * <p>Every call returns what the C function does, or the error's number negated. Loading this class fails with an
 * {@link ExceptionInInitializerError} where native access is denied.
 */
final class Linux {

    // socket(2); bits/socket.h, bits/socket_type.h
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int SOCK_DGRAM = 2;
    static final int SOCK_NONBLOCK = 0x800;
    static final int SOCK_CLOEXEC = 0x8_0000;
    static final int MSG_DONTWAIT = 0x40;

    // socket(7); asm-generic/socket.h
    static final int SOL_SOCKET = 1;
    static final int SO_REUSEADDR = 2;
    static final int SO_SNDBUF = 7;
    static final int SO_RCVBUF = 8;
    static final int SO_MEMINFO = 55;

    // linux/sock_diag.h: what SO_MEMINFO fills in, 32-bit numbers, the socket's drops among them
    static final int SK_MEMINFO_DROPS = 8;
    static final int SK_MEMINFO_VARS = 9;

    // ip(7); linux/in.h
    static final int IPPROTO_IP = 0;
    static final int IP_MULTICAST_IF = 32;
    static final int IP_MULTICAST_TTL = 33;
    static final int IP_MULTICAST_ALL = 49;

    // ipv6(7); linux/in6.h
    static final int IPPROTO_IPV6 = 41;
    static final int IPV6_MULTICAST_IF = 17;
    static final int IPV6_MULTICAST_HOPS = 18;
    static final int IPV6_V6ONLY = 26;
    static final int IPV6_MULTICAST_ALL = 29;

    // RFC 3678, linux/in.h: joining, at either level
    static final int MCAST_JOIN_GROUP = 42;
    static final int MCAST_JOIN_SOURCE_GROUP = 46;

    // udp(7); linux/udp.h
    static final int SOL_UDP = 17;
    static final int UDP_SEGMENT = 103;
    static final int UDP_GRO = 104;

    // eventfd(2), poll(2)
    static final int EFD_NONBLOCK = 0x800;
    static final int EFD_CLOEXEC = 0x8_0000;
    static final short POLLIN = 1;

    // errno(3); asm-generic/errno-base.h, asm-generic/errno.h
    static final int EINTR = 4;
    static final int EIO = 5;
    static final int EAGAIN = 11;
    static final int EINVAL = 22;
    static final int EMSGSIZE = 90;
    static final int EADDRINUSE = 98;
    static final int ENOBUFS = 105;
    static final int ECONNREFUSED = 111;

    /** struct sockaddr_in, ip(7): port and address in network order. */
    static final StructLayout SOCKADDR_IN = MemoryLayout.structLayout(
            JAVA_SHORT.withName("sin_family"), JAVA_SHORT.withName("sin_port"), JAVA_INT.withName("sin_addr"),
            MemoryLayout.paddingLayout(8));
    static final long SIN_PORT = at(SOCKADDR_IN, "sin_port");
    static final long SIN_ADDR = at(SOCKADDR_IN, "sin_addr");

    /** struct sockaddr_in6, ipv6(7): the port stands where an IPv4 address has it. */
    static final StructLayout SOCKADDR_IN6 = MemoryLayout.structLayout(
            JAVA_SHORT.withName("sin6_family"), JAVA_SHORT.withName("sin6_port"), JAVA_INT.withName("sin6_flowinfo"),
            MemoryLayout.sequenceLayout(16, JAVA_BYTE).withName("sin6_addr"), JAVA_INT.withName("sin6_scope_id"));
    static final long SIN6_ADDR = at(SOCKADDR_IN6, "sin6_addr");
    static final long SIN6_SCOPE_ID = at(SOCKADDR_IN6, "sin6_scope_id");

    /** Room for any address that is used here, rounded up. */
    static final int SOCKADDR_BYTES = 32;

    /** struct ip_mreqn, ip(7). */
    static final StructLayout IP_MREQN = MemoryLayout.structLayout(
            JAVA_INT.withName("imr_multiaddr"), JAVA_INT.withName("imr_address"), JAVA_INT.withName("imr_ifindex"));
    static final long IMR_IFINDEX = at(IP_MREQN, "imr_ifindex");

    /** struct group_source_req, RFC 3678; group_req is the same without the source. Room of struct sockaddr_storage each. */
    static final StructLayout GROUP_SOURCE_REQ = MemoryLayout.structLayout(
            JAVA_INT.withName("gsr_interface"), MemoryLayout.paddingLayout(4),
            MemoryLayout.sequenceLayout(16, JAVA_LONG).withName("gsr_group"),
            MemoryLayout.sequenceLayout(16, JAVA_LONG).withName("gsr_source"));
    static final long GSR_GROUP = at(GROUP_SOURCE_REQ, "gsr_group");
    static final long GSR_SOURCE = at(GROUP_SOURCE_REQ, "gsr_source");

    /** struct iovec, readv(2). */
    static final StructLayout IOVEC = MemoryLayout.structLayout(
            JAVA_LONG.withName("iov_base"), JAVA_LONG.withName("iov_len"));
    static final long IOV_BASE = at(IOVEC, "iov_base");
    static final long IOV_LEN = at(IOVEC, "iov_len");

    /** struct msghdr, sendmsg(2). */
    static final StructLayout MSGHDR = MemoryLayout.structLayout(
            JAVA_LONG.withName("msg_name"), JAVA_INT.withName("msg_namelen"), MemoryLayout.paddingLayout(4),
            JAVA_LONG.withName("msg_iov"), JAVA_LONG.withName("msg_iovlen"),
            JAVA_LONG.withName("msg_control"), JAVA_LONG.withName("msg_controllen"),
            JAVA_INT.withName("msg_flags"), MemoryLayout.paddingLayout(4));
    static final long MSG_NAME = at(MSGHDR, "msg_name");
    static final long MSG_NAMELEN = at(MSGHDR, "msg_namelen");
    static final long MSG_IOV = at(MSGHDR, "msg_iov");
    static final long MSG_IOVLEN = at(MSGHDR, "msg_iovlen");
    static final long MSG_CONTROL = at(MSGHDR, "msg_control");
    static final long MSG_CONTROLLEN = at(MSGHDR, "msg_controllen");

    /** struct mmsghdr, recvmmsg(2): a message's header, then its length. */
    static final StructLayout MMSGHDR = MemoryLayout.structLayout(
            MSGHDR.withName("msg_hdr"), JAVA_INT.withName("msg_len"), MemoryLayout.paddingLayout(4));
    static final long MSG_LEN = at(MMSGHDR, "msg_len");

    /** struct cmsghdr, cmsg(3): the data follows, then padding to 8 bytes; cmsg_len leaves the padding out. */
    static final StructLayout CMSGHDR = MemoryLayout.structLayout(
            JAVA_LONG.withName("cmsg_len"), JAVA_INT.withName("cmsg_level"), JAVA_INT.withName("cmsg_type"));
    static final long CMSG_LEN = at(CMSGHDR, "cmsg_len");
    static final long CMSG_LEVEL = at(CMSGHDR, "cmsg_level");
    static final long CMSG_TYPE = at(CMSGHDR, "cmsg_type");
    static final long CMSG_DATA = CMSGHDR.byteSize();

    /** struct pollfd, poll(2). */
    static final StructLayout POLLFD = MemoryLayout.structLayout(
            JAVA_INT.withName("fd"), JAVA_SHORT.withName("events"), JAVA_SHORT.withName("revents"));
    static final long POLL_EVENTS = at(POLLFD, "events");
    static final long POLL_REVENTS = at(POLLFD, "revents");

    /** struct timespec, timespec(3type). */
    static final StructLayout TIMESPEC = MemoryLayout.structLayout(
            JAVA_LONG.withName("tv_sec"), JAVA_LONG.withName("tv_nsec"));
    static final long TV_NSEC = at(TIMESPEC, "tv_nsec");

    /** What a call leaves its error's number in; one for each thread or lock that calls. */
    static final StructLayout ERRNO = Linker.Option.captureStateLayout();

    private static final VarHandle ERRNO_VALUE = ERRNO.varHandle(groupElement("errno"));
    private static final Linker LINKER = Linker.nativeLinker();

    private static final MethodHandle SOCKET = call("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle CLOSE = call("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = call("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle GETSOCKNAME = call("getsockname", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle SETSOCKOPT =
            call("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle GETSOCKOPT =
            call("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle SENDMSG = call("sendmsg", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
    private static final MethodHandle SENDMSG_UNTOLD = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("sendmsg"),
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));
    private static final MethodHandle RECVMMSG =
            call("recvmmsg", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle PPOLL = call("ppoll", JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS);
    private static final MethodHandle EVENTFD = call("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle READ = call("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle WRITE = call("write", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle STRERROR = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("strerror"), FunctionDescriptor.of(ADDRESS, JAVA_INT));

    private Linux() {
    }

    /** Does nothing but have this class loaded, which fails where native access is denied. */
    static void load() {
        // The static fields do it.
    }

    static int socket(MemorySegment errno, int family, int type, int protocol) {
        try {
            return result(errno, (int) SOCKET.invokeExact(errno, family, type, protocol));
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    static int close(MemorySegment errno, int fd) {
        try {
            return result(errno, (int) CLOSE.invokeExact(errno, fd));
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    static int bind(MemorySegment errno, int fd, MemorySegment address, int length) {
        try {
            return result(errno, (int) BIND.invokeExact(errno, fd, address, length));
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    static int getsockname(MemorySegment errno, int fd, MemorySegment address, MemorySegment length) {
        try {
            return result(errno, (int) GETSOCKNAME.invokeExact(errno, fd, address, length));
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    static int setsockopt(MemorySegment errno, int fd, int level, int option, MemorySegment value) {
        try {
            return result(errno, (int) SETSOCKOPT.invokeExact(errno, fd, level, option, value, (int) value.byteSize()));
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    static int getsockopt(MemorySegment errno, int fd, int level, int option, MemorySegment value, MemorySegment length) {
        try {
            return result(errno, (int) GETSOCKOPT.invokeExact(errno, fd, level, option, value, length));
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /**
     * As the next, but returns -1 for every error. Where no error's number is asked for, the JDK makes no segment for it
     * either, which the compiler mostly, but not always, keeps off the heap.
     */
    static long sendmsg(int fd, MemorySegment message, int flags, MemorySegment kept) {
        try {
            return (long) SENDMSG_UNTOLD.invokeExact(fd, message, flags, kept);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /**
     * @param kept memory that the message points to. The C function has no such parameter and, as C's calling convention
     *             has it, does not notice; but memory handed to a call cannot be freed before the call returns.
     */
    static long sendmsg(MemorySegment errno, int fd, MemorySegment message, int flags, MemorySegment kept) {
        try {
            return result(errno, (long) SENDMSG.invokeExact(errno, fd, message, flags, kept));
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    static int recvmmsg(MemorySegment errno, int fd, MemorySegment messages, int count, int flags) {
        try {
            return result(errno, (int) RECVMMSG.invokeExact(errno, fd, messages, count, flags, MemorySegment.NULL));
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    static int ppoll(MemorySegment errno, MemorySegment fds, long count, MemorySegment timeout) {
        try {
            return result(errno, (int) PPOLL.invokeExact(errno, fds, count, timeout, MemorySegment.NULL));
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    static int eventfd(MemorySegment errno, int count, int flags) {
        try {
            return result(errno, (int) EVENTFD.invokeExact(errno, count, flags));
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    static long read(MemorySegment errno, int fd, MemorySegment into) {
        try {
            return result(errno, (long) READ.invokeExact(errno, fd, into, into.byteSize()));
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    static long write(MemorySegment errno, int fd, MemorySegment from) {
        try {
            return result(errno, (long) WRITE.invokeExact(errno, fd, from, from.byteSize()));
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /** An error's number in words. */
    static String text(int error) {
        try {
            MemorySegment text = (MemorySegment) STRERROR.invokeExact(error);
            return text.reinterpret(256).getString(0) + " (errno " + error + ")";
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    private static MethodHandle call(String name, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, arguments), Linker.Option.captureCallState("errno"));
    }

    private static long at(StructLayout layout, String field) {
        return layout.byteOffset(groupElement(field));
    }

    private static int result(MemorySegment errno, int returned) {
        return returned >= 0 ? returned : -(int) ERRNO_VALUE.get(errno, 0L);
    }

    private static long result(MemorySegment errno, long returned) {
        return returned >= 0 ? returned : -(int) ERRNO_VALUE.get(errno, 0L);
    }

    /** A handle declares any throwable; the calls behind these throw unchecked ones only. */
    private static RuntimeException unchecked(Throwable thrown) {
        return switch (thrown) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new IllegalStateException(thrown);
        };
    }
}
