package io.heliograph.udp;

import io.heliograph.ConfigException;
import io.heliograph.Notation;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Understands what stands between {@code udp://} and the settings. Stateless.
 *
 * <pre>
 * 127.0.0.1:4770   [::1]:4770   host:4770      one place
 * 239.77.1.1:4770,239.77.1.2:4770              two lines: multicast groups of one family
 * </pre>
 */
final class UdpPlace {

    private static final int MOST_LINES = 2;

    private UdpPlace() {
    }

    /** @throws ConfigException for anything that cannot be used */
    static List<InetSocketAddress> targets(String place) {
        String[] lines = place.split(",", -1);
        if (lines.length > MOST_LINES) {
            throw new ConfigException("UDP address", place, "one HOST:PORT, or two multicast groups joined by a comma");
        }
        var targets = new ArrayList<InetSocketAddress>();
        for (String line : lines) {
            targets.add(target(line));
        }
        if (targets.size() == MOST_LINES) {
            requireLines(place, targets.getFirst().getAddress(), targets.getLast().getAddress());
        }
        return targets;
    }

    private static void requireLines(String place, InetAddress first, InetAddress second) {
        if (!first.isMulticastAddress() || !second.isMulticastAddress()) {
            throw new ConfigException("UDP address", place, "multicast groups where there are two lines");
        }
        if (Endpoints.isIpv6(first) != Endpoints.isIpv6(second) || first.equals(second)) {
            throw new ConfigException("UDP address", place, "two different groups, both of IPv4 or both of IPv6");
        }
    }

    private static InetSocketAddress target(String line) {
        int colon = line.lastIndexOf(':');
        boolean isBracketed = line.startsWith("[") && line.lastIndexOf(']') == colon - 1;
        if (colon < 1 || line.startsWith("[") != isBracketed || !isBracketed && line.indexOf(':') != colon) {
            throw new ConfigException("UDP address", line, "HOST:PORT, such as 239.77.1.1:4770, and IPv6 in brackets, such as [ff15::77]:4770");
        }
        int port = Notation.integer("port of the UDP address", line.substring(colon + 1), 1, 65_535);
        return new InetSocketAddress(isBracketed ? ipv6(line.substring(1, colon - 1)) : host(line.substring(0, colon)), port);
    }

    private static InetAddress ipv6(String text) {
        Optional<InetAddress> address = literal(text);
        if (address.isEmpty() || !(address.get() instanceof Inet6Address) || address.get().isAnyLocalAddress()) {
            throw new ConfigException("host of the UDP address", text, text.indexOf('%') < 0
                    ? "an IPv6 address in brackets, such as ::1 or ff15::77"
                    : "an IPv6 address without a zone: the interface is given as ?interface=NAME");
        }
        return address.get();
    }

    private static InetAddress host(String text) {
        try {
            Optional<InetAddress> address = Arrays.stream(InetAddress.getAllByName(text))
                    .filter(found -> !found.isAnyLocalAddress())
                    .min(Comparator.comparing(found -> !(found instanceof Inet4Address)));
            if (address.isPresent()) {
                return address.get();
            }
        } catch (IOException e) {
            // Reported below, with what is allowed.
        }
        throw new ConfigException("host of the UDP address", text,
                "a multicast group, such as 239.77.1.1, or a host with an address of its own");
    }

    /** The address that {@code text} writes in figures, without a zone; empty if it is none. */
    static Optional<InetAddress> literal(String text) {
        try {
            return text.indexOf('%') < 0 ? Optional.of(InetAddress.ofLiteral(text)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
