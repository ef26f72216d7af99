package io.heliograph.udp;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * The descriptor of a UDP socket, and the calls that prepare it. It may be used until it is closed, which
 * {@link NativeSockets} takes care of once it has the socket.
 */
final class NativeSocket {

    private final int fd;
    private final int family;

    private NativeSocket(int fd, int family) {
        this.fd = fd;
        this.family = family;
    }

    /** A fresh socket for addresses like {@code host}, not yet bound. One of IPv6 takes no IPv4. */
    static NativeSocket open(InetAddress host) throws IOException {
        int family = SocketAddresses.family(host);
        NativeSocket socket;
        try (Arena arena = Arena.ofConfined()) {
            int type = LinuxConstants.SOCK_DGRAM | LinuxConstants.SOCK_NONBLOCK | LinuxConstants.SOCK_CLOEXEC;
            int fd = require("socket", LinuxCalls.socket(arena.allocate(LinuxCalls.ERRNO), family, type, 0));
            socket = new NativeSocket(fd, family);
        }
        try {
            if (family == LinuxConstants.AF_INET6) {
                socket.setOption("IPV6_V6ONLY", LinuxConstants.IPPROTO_IPV6, LinuxConstants.IPV6_V6ONLY, 1);
            }
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    int fd() {
        return fd;
    }

    /** The kernel's number for the family of its addresses. */
    int family() {
        return family;
    }

    void close() {
        try (Arena arena = Arena.ofConfined()) {
            LinuxCalls.close(arena.allocate(LinuxCalls.ERRNO), fd);
        }
    }

    void setOption(String name, int level, int option, int value) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            setOption(name, level, option, arena.allocateFrom(JAVA_INT, value));
        }
    }

    void setOption(String name, int level, int option, MemorySegment value) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            require(name, LinuxCalls.setsockopt(arena.allocate(LinuxCalls.ERRNO), fd, level, option, value));
        }
    }

    int option(String name, int level, int option) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            MemorySegment length = arena.allocateFrom(JAVA_INT, Integer.BYTES);
            require(name, LinuxCalls.getsockopt(arena.allocate(LinuxCalls.ERRNO), fd, level, option, value, length));
            return value.get(JAVA_INT, 0);
        }
    }

    /** The packets that the kernel dropped here, modulo 2^32; -1 where it does not tell. */
    long drops() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(JAVA_INT, LinuxConstants.SK_MEMINFO_VARS);
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) values.byteSize());
            int result = LinuxCalls.getsockopt(arena.allocate(LinuxCalls.ERRNO), fd, LinuxConstants.SOL_SOCKET,
                    LinuxConstants.SO_MEMINFO, values, length);
            boolean isTold = result == 0 && length.get(JAVA_INT, 0) == values.byteSize();
            return isTold ? Integer.toUnsignedLong(values.getAtIndex(JAVA_INT, LinuxConstants.SK_MEMINFO_DROPS)) : -1;
        }
    }

    /** @throws BindException if the address is taken */
    void bind(InetSocketAddress address) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(LinuxStructs.SOCKADDR_BYTES, Long.BYTES);
            int length = SocketAddresses.write(address, memory);
            int result = LinuxCalls.bind(arena.allocate(LinuxCalls.ERRNO), fd, memory, length);
            if (result == -LinuxConstants.EADDRINUSE) {
                throw new BindException(LinuxCalls.text(LinuxConstants.EADDRINUSE));
            }
            require("bind", result);
        }
    }

    InetSocketAddress localAddress() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(LinuxStructs.SOCKADDR_BYTES, Long.BYTES);
            MemorySegment length = arena.allocateFrom(JAVA_INT, LinuxStructs.SOCKADDR_BYTES);
            require("getsockname", LinuxCalls.getsockname(arena.allocate(LinuxCalls.ERRNO), fd, memory, length));
            return SocketAddresses.read(memory, 0);
        }
    }

    /** @throws IOException naming the call {@code what} and its error if {@code result} is one */
    static int require(String what, int result) throws IOException {
        if (result < 0) {
            throw new IOException(what + ": " + LinuxCalls.text(-result));
        }
        return result;
    }
}
