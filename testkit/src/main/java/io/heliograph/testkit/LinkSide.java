package io.heliograph.testkit;

import io.heliograph.time.Clock;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The sockets of an {@link ImpairedLink} on one of its sides. Each stands for one address of the other side: what is sent
 * to it goes to that address, and what that address sends leaves from it. Confined to the link's lock.
 */
final class LinkSide {

    /** What is asked for, so that the link itself loses little; the operating system may give less. */
    private static final int BUFFER_BYTES = 4 << 20;
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private final Selector selector;
    private final NetworkInterface networkInterface;
    private final ProtocolFamily family;
    private final ImpairedLink.Direction inbound;
    private final int maxSockets;
    private final Map<InetSocketAddress, Socket> sockets = new HashMap<>();
    private long lanes;

    /** @param inbound which way datagrams go that arrive on this side */
    LinkSide(Selector selector, NetworkInterface networkInterface, InetAddress alike, ImpairedLink.Direction inbound,
            int maxSockets) {
        this.selector = selector;
        this.networkInterface = networkInterface;
        this.family = alike instanceof Inet6Address ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
        this.inbound = inbound;
        this.maxSockets = maxSockets;
    }

    /** @param standsFor an address of the other side */
    record Socket(DatagramChannel channel, InetSocketAddress standsFor, ImpairedLink.Direction inbound,
            Map<InetSocketAddress, Lane> lanes) {
    }

    /** Opens the socket at {@code local}, a group or an address of this machine, that stands for {@code standsFor}. */
    Socket listen(InetSocketAddress local, InetSocketAddress standsFor) throws IOException {
        DatagramChannel channel = DatagramChannel.open(family);
        try {
            if (local.getAddress().isMulticastAddress()) {
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                channel.bind(local);
                channel.join(local.getAddress(), networkInterface);
            } else {
                channel.bind(local);
            }
            return register(channel, standsFor);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** The socket that stands for {@code other}, opened if need be; none if there are too many. */
    Optional<Socket> socketFor(InetSocketAddress other) throws IOException {
        Socket known = sockets.get(other);
        if (known != null) {
            return Optional.of(known);
        }
        if (sockets.size() >= maxSockets) {
            return Optional.empty();
        }
        DatagramChannel channel = DatagramChannel.open(family);
        try {
            channel.bind(new InetSocketAddress(ownAddress(), 0));
            return Optional.of(register(channel, other));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private Socket register(DatagramChannel channel, InetSocketAddress standsFor) throws IOException {
        channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
        channel.setOption(StandardSocketOptions.SO_SNDBUF, BUFFER_BYTES);
        channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, networkInterface);
        channel.configureBlocking(false);
        var socket = new Socket(channel, standsFor, inbound, new HashMap<>());
        channel.register(selector, SelectionKey.OP_READ, socket);
        sockets.put(standsFor, socket);
        return socket;
    }

    private InetAddress ownAddress() throws IOException {
        return networkInterface.inetAddresses()
                .filter(address -> address instanceof Inet6Address == (family == StandardProtocolFamily.INET6))
                .findFirst()
                .orElseThrow(() -> new IOException("interface " + networkInterface.getName() + " has no " + family
                        + " address to send from"));
    }

    /** The way out by {@code socket} to {@code to}; each has chance of its own, by the order in which they appeared. */
    Lane lane(Socket socket, InetSocketAddress to, Impairment impairment, long seed) {
        return socket.lanes().computeIfAbsent(to,
                address -> new Lane(socket.channel(), address, impairment, seed + GOLDEN * ++lanes, Clock.SYSTEM));
    }

    int size() {
        return sockets.size();
    }

    /** Sends what is due; returns how many datagrams still wait. */
    int forward() {
        int waiting = 0;
        for (Socket socket : sockets.values()) {
            for (Lane lane : socket.lanes().values()) {
                waiting += lane.forward();
            }
        }
        return waiting;
    }

    ImpairedLinkCounts.Way counts() {
        return sockets.values().stream().flatMap(socket -> socket.lanes().values().stream()).map(Lane::counts)
                .reduce(ImpairedLinkCounts.Way.NONE, ImpairedLinkCounts.Way::plus);
    }

    void close() {
        for (Socket socket : sockets.values()) {
            try {
                socket.channel().close();
            } catch (IOException e) {
                // Nothing more is to be had from it.
            }
        }
    }
}
