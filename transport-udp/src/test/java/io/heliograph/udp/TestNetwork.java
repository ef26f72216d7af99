package io.heliograph.udp;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.heliograph.NoticeListener;
import io.heliograph.TransportException;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Where tests send, in one family of addresses: to this machine alone. IPv6 multicast has no way through the loopback
 * interface unless somebody gave it one; elsewhere groups of the interface's scope are used, which no kernel lets leave
 * the machine.
 */
enum TestNetwork {

    IPV4("127.0.0.1", "239.77.2.", "192.0.2.1"),
    IPV6("::1", "ff11::77:", "2001:db8::1");

    private static final Optional<NetworkInterface> IPV6_MULTICAST = findIpv6Multicast();

    private final String host;
    private final String groups;
    private final String stranger;

    TestNetwork(String host, String groups, String stranger) {
        this.host = host;
        this.groups = groups;
        this.stranger = stranger;
    }

    /** Skips the test, with the reason, where the machine has no such addresses. */
    void require() {
        try (DatagramIo io = portable().unicast(new InetSocketAddress(host(), 0), 4_096)) {
            assumeTrue(io.localAddress().getPort() > 0);
        } catch (TransportException e) {
            assumeTrue(false, "this machine has no " + this + " at all: " + e.getMessage());
        }
    }

    /** Where unicast sockets are bound. */
    InetAddress host() {
        return InetAddress.ofLiteral(host);
    }

    /** An address that is no machine's: RFC 5737, RFC 3849. */
    InetAddress stranger() {
        return InetAddress.ofLiteral(stranger);
    }

    /** A multicast group, each number another. */
    InetSocketAddress group(int number, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(groups + number), port);
    }

    /** Where multicast leaves and arrives; skips the test where nothing does. */
    NetworkInterface multicastInterface() throws IOException {
        if (this == IPV4) {
            return NetworkInterface.getByInetAddress(host());
        }
        assumeTrue(IPV6_MULTICAST.isPresent(), "no interface of this machine has a way for IPv6 multicast");
        return IPV6_MULTICAST.orElseThrow();
    }

    /** An address of that interface. */
    InetAddress multicastHost() throws IOException {
        return this == IPV4 ? host() : ipv6AddressOf(multicastInterface()).orElseThrow();
    }

    private static Optional<NetworkInterface> findIpv6Multicast() {
        try {
            return NetworkInterface.networkInterfaces().filter(TestNetwork::carriesIpv6Multicast).findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static boolean carriesIpv6Multicast(NetworkInterface candidate) {
        Optional<InetAddress> address = ipv6AddressOf(candidate);
        if (address.isEmpty()) {
            return false;
        }
        try (DatagramIo receiver = portable().multicastReceiver(IPV6.group(99, 0), candidate, 4_096);
                DatagramIo sender = portable().multicastSender(address.get(), candidate, 0, 4_096)) {
            sender.send(ByteBuffer.allocate(1), receiver.localAddress());
            return receiver.receive((datagram, source) -> { }, 100_000_000) == 1;
        } catch (IOException | TransportException e) {
            return false;
        }
    }

    private static Optional<InetAddress> ipv6AddressOf(NetworkInterface candidate) {
        return candidate.inetAddresses().filter(Inet6Address.class::isInstance)
                .filter(address -> !address.isLinkLocalAddress()).findFirst();
    }

    private static DatagramIos portable() {
        return DatagramIos.of(IoChoice.PORTABLE, "test", NoticeListener.NONE);
    }
}
