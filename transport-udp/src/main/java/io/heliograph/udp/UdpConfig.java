package io.heliograph.udp;

import io.heliograph.ConfigException;
import io.heliograph.Notation;
import io.heliograph.spi.Address;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;

/**
 * A UDP address, understood.
 *
 * @param text             the address as it was written, for messages
 * @param target           the multicast group, or the subscriber's own address, and the port
 * @param networkInterface the interface that events leave and arrive by
 * @param local            that interface's address
 * @param maxDatagramBytes the largest datagram sent, header included
 * @param timeToLive       how many routers a multicast datagram may cross
 * @param io               which kind of socket
 * @param isReliable       whether what is lost is sent again
 * @param limits           every other limit
 */
public record UdpConfig(String text, InetSocketAddress target, NetworkInterface networkInterface, InetAddress local,
        int maxDatagramBytes, int timeToLive, IoChoice io, boolean isReliable, UdpLimits limits) {

    /** The bytes of an IPv4 and a UDP header. */
    private static final int IP_AND_UDP_BYTES = 28;

    private static final int LEAST_DATAGRAM_BYTES = 576 - IP_AND_UDP_BYTES;

    /**
     * Understands {@code udp://HOST:PORT?interface=loopback&reliable=false}.
     *
     * <p>{@code interface} is {@code loopback} (the default), an interface's name, or one of its addresses; {@code ttl}
     * is 1 if left out; {@code datagram}, the largest datagram in bytes, is what the interface carries unfragmented;
     * {@code buffer} is what is asked for the sockets' buffers; {@code io} is {@code auto} (the default), {@code native}
     * or {@code portable}.
     *
     * @throws ConfigException for anything that cannot be used
     */
    public static UdpConfig of(Address address) {
        address.requireSettings("interface", "reliable", "ttl", "datagram", "buffer", "io");
        String text = "udp://" + address.place();
        boolean isReliable = Notation.flag("reliable", address.setting("reliable").orElse("true"));
        InetSocketAddress target = target(address.place());
        NetworkInterface networkInterface = networkInterface(address.setting("interface").orElse("loopback"));
        InetAddress local = addressOf(networkInterface, address.setting("interface").orElse("loopback"));
        requireReachable(target, networkInterface, address.setting("interface").orElse("loopback"));
        UdpLimits limits = address.setting("buffer")
                .map(b -> (int) Math.min(Notation.bytes("buffer", b), Integer.MAX_VALUE))
                .map(UdpLimits.defaults()::withSocketBufferBytes)
                .orElse(UdpLimits.defaults());
        int largest = largestDatagram(networkInterface);
        int datagram = address.setting("datagram")
                .map(d -> Notation.integer("datagram", d, LEAST_DATAGRAM_BYTES, PortableDatagramIo.MAX_DATAGRAM_BYTES))
                .orElse(largest);
        int timeToLive = address.setting("ttl").map(t -> Notation.integer("ttl", t, 0, 255)).orElse(1);
        IoChoice io = address.setting("io").map(IoChoice::of).orElse(IoChoice.AUTO);
        return new UdpConfig(text, target, networkInterface, local, datagram, timeToLive, io, isReliable, limits);
    }

    /** Whether {@link #target} is a multicast group. */
    public boolean isMulticast() {
        return target.getAddress().isMulticastAddress();
    }

    private static InetSocketAddress target(String place) {
        int colon = place.lastIndexOf(':');
        if (colon < 1 || place.startsWith("[")) {
            throw new ConfigException("UDP address", place, "HOST:PORT with an IPv4 host, such as 239.77.1.1:4770");
        }
        int port = Notation.integer("port of the UDP address", place.substring(colon + 1), 1, 65_535);
        String host = place.substring(0, colon);
        try {
            if (InetAddress.getByName(host) instanceof Inet4Address address && !address.isAnyLocalAddress()) {
                return new InetSocketAddress(address, port);
            }
        } catch (UnknownHostException e) {
            // Reported below, with what is allowed.
        }
        throw new ConfigException("host of the UDP address", host,
                "a multicast group from 224.0.0.0 to 239.255.255.255, or a host with an IPv4 address");
    }

    private static NetworkInterface networkInterface(String setting) {
        try {
            if (setting.equals("loopback")) {
                return NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
            }
            NetworkInterface byName = NetworkInterface.getByName(setting);
            if (byName != null) {
                return byName;
            }
            if (setting.matches("[0-9.]{7,15}")) {
                NetworkInterface byAddress = NetworkInterface.getByInetAddress(InetAddress.getByName(setting));
                if (byAddress != null) {
                    return byAddress;
                }
            }
        } catch (IOException e) {
            // Reported below, with what is allowed.
        }
        throw new ConfigException("interface", setting, "loopback, an interface's name, or one of its addresses: "
                + names());
    }

    private static String names() {
        try {
            return String.join(", ", NetworkInterface.networkInterfaces().map(NetworkInterface::getName).toList());
        } catch (IOException e) {
            return "none can be listed";
        }
    }

    private static InetAddress addressOf(NetworkInterface networkInterface, String setting) {
        return networkInterface.inetAddresses()
                .filter(Inet4Address.class::isInstance)
                .filter(address -> !setting.matches("[0-9.]{7,15}") || address.getHostAddress().equals(setting))
                .findFirst()
                .orElseThrow(() -> new ConfigException("interface", setting, "an interface with an IPv4 address"));
    }

    private static void requireReachable(InetSocketAddress target, NetworkInterface networkInterface, String setting) {
        try {
            if (!target.getAddress().isMulticastAddress() && networkInterface.isLoopback()
                    && !target.getAddress().isLoopbackAddress()) {
                throw new ConfigException("interface", setting, "one that reaches "
                        + target.getAddress().getHostAddress() + ", given as ?interface=NAME");
            }
        } catch (IOException e) {
            throw new ConfigException("interface", setting, "an interface that can be asked: " + e.getMessage());
        }
    }

    private static int largestDatagram(NetworkInterface networkInterface) {
        try {
            int carried = networkInterface.getMTU() - IP_AND_UDP_BYTES;
            return Math.clamp(carried, LEAST_DATAGRAM_BYTES, PortableDatagramIo.MAX_DATAGRAM_BYTES);
        } catch (IOException e) {
            return LEAST_DATAGRAM_BYTES;
        }
    }
}
