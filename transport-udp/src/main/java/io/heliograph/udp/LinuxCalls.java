package io.heliograph.udp;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The calls of Linux that a datagram socket needs: nothing here decides anything. {@link LinuxConstants} and
 * {@link LinuxStructs} have what they take.
 *
 * <p>Every call returns what the C function does, or the error's number negated. Loading this class fails with an
 * {@link ExceptionInInitializerError} where native access is denied. Thread-safe; allocates nothing.
 */
final class LinuxCalls {

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

    private LinuxCalls() {
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
