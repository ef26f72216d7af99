package io.heliograph.testkit;

import java.net.Inet6Address;
import java.net.InetSocketAddress;

/**
 * Which datagrams a fault in a {@link NetworkHost} strikes. Immutable.
 *
 * @param match as nftables writes it
 */
public record Flow(String match) {

    /** All of UDP. */
    public static Flow all() {
        return new Flow("meta l4proto udp");
    }

    /** Those to {@code port}, wherever they go. */
    public static Flow toPort(int port) {
        return new Flow("udp dport " + port);
    }

    /** Those to a group or host, at its port. */
    public static Flow to(InetSocketAddress target) {
        String family = target.getAddress() instanceof Inet6Address ? "ip6" : "ip";
        return new Flow(family + " daddr " + target.getAddress().getHostAddress() + " udp dport " + target.getPort());
    }
}
