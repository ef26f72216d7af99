package io.heliograph.udp;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What both kinds of sockets ask about an address. Stateless. */
final class Endpoints {

    /** Two or more groups of zeros, with the colons around them. */
    private static final Pattern ZEROS = Pattern.compile("(?:^|:)0(?::0)+(?::|$)");

    private Endpoints() {
    }

    /** Whether a socket for {@code host} is one of IPv6. */
    static boolean isIpv6(InetAddress host) {
        return host instanceof Inet6Address;
    }

    static StandardProtocolFamily family(InetAddress host) {
        return isIpv6(host) ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
    }

    /**
     * The same address; where it means something on one link or machine only ({@code fe80::1}, {@code ff12::77}), with
     * the interface's number as its scope, without which the kernel would not know where that link is.
     */
    static InetSocketAddress on(NetworkInterface networkInterface, InetSocketAddress address) {
        return new InetSocketAddress(on(networkInterface, address.getAddress()), address.getPort());
    }

    /** As {@link #on(NetworkInterface, InetSocketAddress)}, without a port. */
    static InetAddress on(NetworkInterface networkInterface, InetAddress host) {
        boolean isScoped = host.isLinkLocalAddress() || host.isMCLinkLocal() || host.isMCNodeLocal();
        if (!isScoped || !(host instanceof Inet6Address)) {
            return host;
        }
        try {
            return Inet6Address.getByAddress(null, host.getAddress(), networkInterface.getIndex());
        } catch (UnknownHostException e) {
            throw new AssertionError("sixteen bytes are an address", e);
        }
    }

    /** {@code 127.0.0.1:4770}, {@code [::1]:4770}. */
    static String text(InetSocketAddress address) {
        InetAddress host = address.getAddress();
        return (isIpv6(host) ? "[" + text(host) + "]" : text(host)) + ":" + address.getPort();
    }

    /** {@code 127.0.0.1}, {@code ::1}, {@code fe80::1%2}: IPv6 as RFC 5952 has it, with its scope as a number. */
    static String text(InetAddress host) {
        if (!(host instanceof Inet6Address ipv6)) {
            return host.getHostAddress();
        }
        String full = host.getHostAddress();
        int percent = full.indexOf('%');
        String groups = percent < 0 ? full : full.substring(0, percent);
        String zeros = ZEROS.matcher(groups).results().map(MatchResult::group)
                .reduce("", (longest, next) -> next.length() > longest.length() ? next : longest);
        int at = zeros.isEmpty() ? -1 : groups.indexOf(zeros);
        String text = at < 0 ? groups : groups.substring(0, at) + "::" + groups.substring(at + zeros.length());
        return ipv6.getScopeId() == 0 ? text : text + "%" + ipv6.getScopeId();
    }

    /** The addresses, joined by commas as an address of several groups has them. */
    static String text(List<InetSocketAddress> addresses) {
        return addresses.stream().map(Endpoints::text).collect(Collectors.joining(","));
    }
}
