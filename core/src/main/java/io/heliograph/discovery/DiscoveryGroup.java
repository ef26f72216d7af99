package io.heliograph.discovery;

import io.heliograph.ConfigException;
import io.heliograph.Notation;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * The IPv4 multicast group and port that beacons are sent to and heard at. Immutable and thread-safe.
 *
 * @param address the group and its port, written in figures: no name is ever looked up
 */
public record DiscoveryGroup(InetSocketAddress address) {

    /**
     * 239.77.255.77, port 4769, unless told otherwise: administratively scoped (RFC 2365), and none of the groups and
     * ports that SSDP, mDNS, DDS, Zenoh, LCM, Hazelcast, JGroups, Ignite or Zyre use.
     */
    public static final DiscoveryGroup DEFAULT =
            new DiscoveryGroup(new InetSocketAddress(InetAddress.ofLiteral("239.77.255.77"), 4769));

    private static final String ALLOWED = "an IPv4 multicast group and its port, such as 239.77.255.77:4769";

    /** @throws ConfigException if it is no IPv4 multicast group with a port */
    public DiscoveryGroup {
        if (!(address.getAddress() instanceof Inet4Address group) || !group.isMulticastAddress() || address.getPort() == 0) {
            throw new ConfigException("discovery group", address, ALLOWED);
        }
    }

    /**
     * Reads {@code GROUP:PORT}.
     *
     * @param setting the setting's name, for the error
     * @throws ConfigException if it is no IPv4 multicast group with a port
     */
    public static DiscoveryGroup parse(String setting, String text) {
        int colon = text.indexOf(':');
        if (colon < 1) {
            throw new ConfigException(setting, text, ALLOWED);
        }
        int port = Notation.integer("port of " + setting, text.substring(colon + 1), 1, 65_535);
        try {
            return new DiscoveryGroup(new InetSocketAddress(Inet4Address.ofLiteral(text.substring(0, colon)), port));
        } catch (IllegalArgumentException | ConfigException e) {
            throw new ConfigException(setting, text, ALLOWED);
        }
    }

    /** As it is written: {@code 239.77.255.77:4769}. */
    @Override
    public String toString() {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }
}
