package io.heliograph.udp;

import io.heliograph.ConfigException;
import io.heliograph.spi.Interfaces;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.Comparator;
import java.util.Optional;

/**
 * The interface that a UDP address names, {@code loopback} unless it names one, and its address for the target's family.
 *
 * @param networkInterface what datagrams leave and arrive by
 * @param local            one of its addresses; one that means something beyond the link, where there is one
 */
record UdpInterface(NetworkInterface networkInterface, InetAddress local) {

    /**
     * @param setting {@code loopback}, an interface's name, or one of its addresses
     * @throws ConfigException if there is no such interface, or it cannot reach {@code target}
     */
    static UdpInterface of(String setting, InetSocketAddress target) {
        NetworkInterface networkInterface = Interfaces.named(setting);
        requireReachable(target.getAddress(), networkInterface, setting);
        return new UdpInterface(networkInterface, addressOf(networkInterface, setting, target.getAddress()));
    }

    private static InetAddress addressOf(NetworkInterface networkInterface, String setting, InetAddress target) {
        Optional<InetAddress> wanted = UdpPlace.literal(setting);
        boolean isIpv6 = Endpoints.isIpv6(target);
        return networkInterface.inetAddresses()
                .filter(address -> Endpoints.isIpv6(address) == isIpv6)
                .filter(address -> wanted.isEmpty() || address.equals(wanted.get()))
                .min(Comparator.comparing(address -> address.isLinkLocalAddress() != target.isLinkLocalAddress()))
                .orElseThrow(() -> new ConfigException("interface", setting,
                        "an interface with an " + (isIpv6 ? "IPv6" : "IPv4") + " address, as the UDP address has"));
    }

    private static void requireReachable(InetAddress target, NetworkInterface networkInterface, String setting) {
        try {
            if (!target.isMulticastAddress() && networkInterface.isLoopback() && !target.isLoopbackAddress()) {
                throw new ConfigException("interface", setting, "one that reaches " + Endpoints.text(target)
                        + ", given as ?interface=NAME");
            }
        } catch (IOException e) {
            throw new ConfigException("interface", setting, "an interface that can be asked: " + e.getMessage());
        }
    }
}
