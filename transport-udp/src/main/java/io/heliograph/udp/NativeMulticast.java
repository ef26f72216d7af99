package io.heliograph.udp;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.Optional;

/** Prepares native sockets for multicast, of either family. Stateless. */
final class NativeMulticast {

    private NativeMulticast() {
    }

    /** Has multicast leave {@code socket} through {@code networkInterface}, across so many routers. */
    static void leaveThrough(NativeSocket socket, NetworkInterface networkInterface, int timeToLive) throws IOException {
        if (socket.family() == LinuxConstants.AF_INET6) {
            socket.setOption("IPV6_MULTICAST_IF", LinuxConstants.IPPROTO_IPV6, LinuxConstants.IPV6_MULTICAST_IF,
                    networkInterface.getIndex());
            socket.setOption("IPV6_MULTICAST_HOPS", LinuxConstants.IPPROTO_IPV6, LinuxConstants.IPV6_MULTICAST_HOPS, timeToLive);
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(LinuxStructs.IP_MREQN);
            request.set(ValueLayout.JAVA_INT, LinuxStructs.IMR_IFINDEX, networkInterface.getIndex());
            socket.setOption("IP_MULTICAST_IF", LinuxConstants.IPPROTO_IP, LinuxConstants.IP_MULTICAST_IF, request);
        }
        socket.setOption("IP_MULTICAST_TTL", LinuxConstants.IPPROTO_IP, LinuxConstants.IP_MULTICAST_TTL, timeToLive);
    }

    /** Binds {@code socket} to {@code group}, which others may do too, and joins it, for {@code source} alone if there is one. */
    static void join(NativeSocket socket, InetSocketAddress group, NetworkInterface networkInterface,
            Optional<InetAddress> source) throws IOException {
        boolean isIpv6 = socket.family() == LinuxConstants.AF_INET6;
        socket.setOption("SO_REUSEADDR", LinuxConstants.SOL_SOCKET, LinuxConstants.SO_REUSEADDR, 1);
        // Otherwise the socket hears its group on every interface where anybody on this machine has joined it.
        if (isIpv6) {
            socket.setOption("IPV6_MULTICAST_ALL", LinuxConstants.IPPROTO_IPV6, LinuxConstants.IPV6_MULTICAST_ALL, 0);
        } else {
            socket.setOption("IP_MULTICAST_ALL", LinuxConstants.IPPROTO_IP, LinuxConstants.IP_MULTICAST_ALL, 0);
        }
        socket.bind(group);
        int level = isIpv6 ? LinuxConstants.IPPROTO_IPV6 : LinuxConstants.IPPROTO_IP;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(LinuxStructs.GROUP_SOURCE_REQ);
            request.set(ValueLayout.JAVA_INT, 0, networkInterface.getIndex());
            SocketAddresses.write(group, request.asSlice(LinuxStructs.GSR_GROUP, LinuxStructs.SOCKADDR_BYTES));
            if (source.isPresent()) {
                SocketAddresses.write(new InetSocketAddress(source.get(), 0),
                        request.asSlice(LinuxStructs.GSR_SOURCE, LinuxStructs.SOCKADDR_BYTES));
                socket.setOption("MCAST_JOIN_SOURCE_GROUP", level, LinuxConstants.MCAST_JOIN_SOURCE_GROUP, request);
            } else {
                socket.setOption("MCAST_JOIN_GROUP", level, LinuxConstants.MCAST_JOIN_GROUP,
                        request.asSlice(0, LinuxStructs.GSR_SOURCE));
            }
        }
    }
}
