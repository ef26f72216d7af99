package io.heliograph.udp;

import io.heliograph.TransportException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;

/**
 * Whether IPv6 multicast has a way out through an interface. Linux gives every interface one but the loopback interface,
 * and without one every send fails: better told when a publisher opens, with what to do about it. Stateless.
 */
final class MulticastRoute {

    /** Any group does; nothing is sent there. RFC 4291: of site scope, not permanently assigned. */
    private static final InetSocketAddress PROBED = new InetSocketAddress(InetAddress.ofLiteral("ff15::1"), 9);

    private MulticastRoute() {
    }

    /** @throws TransportException if there is no route */
    static void require(NetworkInterface networkInterface) {
        try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET6)) {
            channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, networkInterface);
            // A datagram socket's connect sends nothing, but looks for the route.
            channel.connect(PROBED);
        } catch (IOException e) {
            String name = networkInterface.getName();
            throw new TransportException("cannot send IPv6 multicast through " + name + ", which has no route for it: add one,"
                    + " on Linux 'ip -6 route add local ff00::/8 dev " + name + " table local' for a loopback interface,"
                    + " or take another interface", e);
        }
    }
}
