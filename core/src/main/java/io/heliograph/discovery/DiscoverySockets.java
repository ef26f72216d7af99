package io.heliograph.discovery;

import io.heliograph.AddressInUseException;
import io.heliograph.ConfigException;
import io.heliograph.TransportException;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;

/** Opens the two kinds of sockets that beacons need, on one interface. Stateless. */
final class DiscoverySockets {

    /** Beacons stay on the link. */
    private static final int TIME_TO_LIVE = 1;

    private DiscoverySockets() {
    }

    /** What readies a fresh channel. */
    @FunctionalInterface
    private interface Preparation {
        void prepare(DatagramChannel channel) throws IOException;
    }

    /**
     * A socket that sends to groups through {@code networkInterface} and never waits.
     *
     * @throws ConfigException    if the interface has no IPv4 address
     * @throws TransportException if the operating system refuses
     */
    static DatagramChannel sender(NetworkInterface networkInterface) {
        InetAddress local = ipv4(networkInterface);
        return open("announce on " + networkInterface.getName(), channel -> {
            channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, networkInterface);
            channel.setOption(StandardSocketOptions.IP_MULTICAST_TTL, TIME_TO_LIVE);
            channel.bind(new InetSocketAddress(local, 0));
            channel.configureBlocking(false);
        });
    }

    /**
     * A socket that has joined {@code group} on {@code networkInterface}, beside others that have.
     *
     * @throws ConfigException       if the interface has no IPv4 address
     * @throws AddressInUseException if a socket that does not share holds the port
     * @throws TransportException    if the operating system refuses
     */
    static DatagramChannel receiver(NetworkInterface networkInterface, DiscoveryGroup group) {
        ipv4(networkInterface);
        return open("hear beacons at " + group + " on " + networkInterface.getName(), channel -> {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            bind(channel, group);
            channel.join(group.address().getAddress(), networkInterface);
        });
    }

    private static void bind(DatagramChannel channel, DiscoveryGroup group) throws IOException {
        try {
            channel.bind(group.address());
        } catch (BindException e) {
            if (String.valueOf(e.getMessage()).contains("in use")) {
                throw new AddressInUseException("UDP " + group,
                        "close the program that holds it, or let everybody announce to another group");
            }
            throw e;
        }
    }

    private static InetAddress ipv4(NetworkInterface networkInterface) {
        return networkInterface.inetAddresses().filter(Inet4Address.class::isInstance).findFirst()
                .orElseThrow(() -> new ConfigException("interface", networkInterface.getName(),
                        "an interface with an IPv4 address, which announcing needs"));
    }

    private static DatagramChannel open(String what, Preparation preparation) {
        try {
            DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
            try {
                preparation.prepare(channel);
                return channel;
            } catch (IOException | RuntimeException e) {
                close(channel);
                throw e;
            }
        } catch (AddressInUseException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new TransportException("cannot " + what, e);
        }
    }

    /** Closes it; that it fails to helps nobody to know. */
    static void close(DatagramChannel channel) {
        try {
            channel.close();
        } catch (IOException ignored) {
            // The descriptor is gone all the same.
        }
    }
}
