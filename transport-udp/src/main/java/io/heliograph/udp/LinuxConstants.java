package io.heliograph.udp;

/**
 * Linux's numbers for sockets, their options and errors: the kernel's generic ones. {@link NativeSupport} admits only machines
 * that use these. Each group names where it is written down.
 */
final class LinuxConstants {

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

    private LinuxConstants() {
    }
}
