package io.heliograph.bench;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * libzmq 4, the system's own: the calls that a publisher, a subscriber, one that asks and one that answers need. Errors are
 * exceptions. Thread-safe; a {@link Socket} is for one thread at a time. Allocates nothing for a message.
 */
final class LibZmq {

    /** What sending and receiving return where they would have to wait longer. */
    static final int WOULD_WAIT = -1;

    static final int SUB = 2;
    static final int REQ = 3;
    static final int REP = 4;
    static final int XPUB = 9;

    private static final int SUBSCRIBE = 6;
    static final int DONT_WAIT = 1;

    private static final int LINGER = 17;
    private static final int RECEIVE_TIMEOUT = 27;
    private static final int SEND_TIMEOUT = 28;
    private static final int XPUB_VERBOSE = 40;
    private static final int XPUB_NODROP = 69;

    private static final int EAGAIN = 11;
    private static final String LIBRARY = "libzmq.so.5";
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private final SymbolLookup library;
    private final MethodHandle newContext;
    private final MethodHandle terminate;
    private final MethodHandle newSocket;
    private final MethodHandle closeSocket;
    private final MethodHandle setOption;
    private final MethodHandle bind;
    private final MethodHandle connect;
    private final MethodHandle send;
    private final MethodHandle receive;

    private LibZmq(SymbolLookup library) {
        this.library = library;
        newContext = call("zmq_ctx_new", FunctionDescriptor.of(ADDRESS));
        terminate = call("zmq_ctx_term", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        newSocket = call("zmq_socket", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
        closeSocket = call("zmq_close", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        setOption = call("zmq_setsockopt", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_LONG));
        bind = call("zmq_bind", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
        connect = call("zmq_connect", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
        send = call("zmq_send", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT));
        receive = call("zmq_recv", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT));
    }

    /** @throws MeasurementFailed where the library is not installed, with how to install it */
    static LibZmq load() throws MeasurementFailed {
        try {
            return new LibZmq(SymbolLookup.libraryLookup(LIBRARY, Arena.global()));
        } catch (IllegalArgumentException e) {
            throw new MeasurementFailed(LIBRARY + " is not installed; on Debian: apt-get install libzmq5");
        }
    }

    private MemorySegment symbol(String name) {
        return library.findOrThrow(name);
    }

    private MethodHandle call(String name, FunctionDescriptor types) {
        return LINKER.downcallHandle(symbol(name), types, CAPTURE);
    }

    private static IllegalStateException failed(String call, Throwable why) {
        return new IllegalStateException(call + " failed", why);
    }

    private static IllegalStateException failed(String call, MemorySegment state) {
        return new IllegalStateException(call + " failed with errno " + (int) ERRNO.get(state, 0L));
    }

    /** A context: one thread that moves bytes. Its sockets are closed before it. */
    final class Context implements AutoCloseable {

        private final Arena arena = Arena.ofShared();
        private final MemorySegment state = arena.allocate(STATE);
        private final MemorySegment handle;

        Context() {
            try {
                handle = (MemorySegment) newContext.invokeExact(state);
            } catch (Throwable e) {
                throw failed("zmq_ctx_new", e);
            }
            if (handle.equals(MemorySegment.NULL)) {
                throw failed("zmq_ctx_new", state);
            }
        }

        /** A socket that waits at most so long, and keeps nothing when it is closed. */
        Socket socket(int type, int bytes, int waitMs) {
            var socket = new Socket(this, type, bytes);
            socket.set(LINGER, 0);
            socket.set(RECEIVE_TIMEOUT, waitMs);
            socket.set(SEND_TIMEOUT, waitMs);
            return socket;
        }

        @Override
        public void close() {
            try {
                int _ = (int) terminate.invokeExact(state, handle);
            } catch (Throwable e) {
                throw failed("zmq_ctx_term", e);
            }
            arena.close();
        }
    }

    /** A socket, with room for one message. */
    final class Socket implements AutoCloseable {

        private final Arena arena = Arena.ofShared();
        private final MemorySegment state = arena.allocate(STATE);
        private final MemorySegment message;
        private final MemorySegment handle;

        private Socket(Context context, int type, int bytes) {
            message = arena.allocate(bytes);
            try {
                handle = (MemorySegment) newSocket.invokeExact(state, context.handle, type);
            } catch (Throwable e) {
                throw failed("zmq_socket", e);
            }
            if (handle.equals(MemorySegment.NULL)) {
                throw failed("zmq_socket", state);
            }
        }

        /** Waits where a subscriber's queue is full, and tells every subscription. */
        void losesNothing() {
            set(XPUB_NODROP, 1);
            set(XPUB_VERBOSE, 1);
        }

        /** Wants everything. */
        void subscribe() {
            setOption(SUBSCRIBE, MemorySegment.NULL);
        }

        private void set(int option, int value) {
            MemorySegment native32 = arena.allocateFrom(JAVA_INT, value);
            setOption(option, native32);
        }

        private void setOption(int option, MemorySegment value) {
            try {
                require("zmq_setsockopt", (int) setOption.invokeExact(state, handle, option, value, value.byteSize()));
            } catch (Throwable e) {
                throw failed("zmq_setsockopt", e);
            }
        }

        void bind(String endpoint) {
            try {
                require("zmq_bind", (int) bind.invokeExact(state, handle, arena.allocateFrom(endpoint)));
            } catch (Throwable e) {
                throw failed("zmq_bind " + endpoint, e);
            }
        }

        void connect(String endpoint) {
            try {
                require("zmq_connect", (int) connect.invokeExact(state, handle, arena.allocateFrom(endpoint)));
            } catch (Throwable e) {
                throw failed("zmq_connect " + endpoint, e);
            }
        }

        /** Sends; {@link #WOULD_WAIT} if it was not taken in time, otherwise how many bytes. */
        int send(byte[] bytes, int from, int length) {
            MemorySegment.copy(bytes, from, message, JAVA_BYTE, 0, length);
            try {
                return require("zmq_send", (int) send.invokeExact(state, handle, message, (long) length, 0));
            } catch (Throwable e) {
                throw failed("zmq_send", e);
            }
        }

        /** Receives a message, to be {@link #copy copied} then; {@link #WOULD_WAIT} if none came, otherwise how many bytes it has. */
        int receive(int flags) {
            try {
                return require("zmq_recv", (int) receive.invokeExact(state, handle, message, message.byteSize(), flags));
            } catch (Throwable e) {
                throw failed("zmq_recv", e);
            }
        }

        /** Copies the start of what was received last. */
        void copy(byte[] to, int at, int length) {
            MemorySegment.copy(message, JAVA_BYTE, 0, to, at, length);
        }

        private int require(String call, int result) {
            if (result < 0 && (int) ERRNO.get(state, 0L) != EAGAIN) {
                throw failed(call, state);
            }
            return result;
        }

        @Override
        public void close() {
            try {
                int _ = (int) closeSocket.invokeExact(state, handle);
            } catch (Throwable e) {
                throw failed("zmq_close", e);
            }
            arena.close();
        }
    }
}
