package io.heliograph.webhook;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The addresses that are not on the public Internet, or lead back from it: IANA's special-purpose registries for
 * <a href="https://www.iana.org/assignments/iana-ipv4-special-registry/">IPv4</a> and
 * <a href="https://www.iana.org/assignments/iana-ipv6-special-registry/">IPv6</a>, and the forms of IPv6 that carry an
 * IPv4 address. A table of its own, since the JDK's {@code isLoopbackAddress} and its like know few of them. Stateless.
 */
final class AddressBlocks {

    private record Block(Cidr range, String name) {
    }

    private static final List<Block> TABLE = List.of(
            block("0.0.0.0/8", "this network"),
            block("10.0.0.0/8", "private"),
            block("100.64.0.0/10", "shared by providers"),
            block("127.0.0.0/8", "loopback"),
            block("169.254.0.0/16", "link-local"),
            block("172.16.0.0/12", "private"),
            block("192.0.0.0/24", "protocol assignments"),
            block("192.0.2.0/24", "documentation"),
            block("192.88.99.0/24", "6to4 relay"),
            block("192.168.0.0/16", "private"),
            block("198.18.0.0/15", "benchmarks"),
            block("198.51.100.0/24", "documentation"),
            block("203.0.113.0/24", "documentation"),
            block("224.0.0.0/4", "multicast"),
            block("240.0.0.0/4", "reserved"),
            // ::, ::1, ::ffff:a.b.c.d, ::a.b.c.d, ::ffff:0:a.b.c.d and 64:ff9b:1::/48 lie in here.
            block("::/8", "loopback, unspecified or an embedded IPv4 address"),
            block("100::/64", "discard"),
            block("2001::/23", "protocol assignments"),
            block("2001:db8::/32", "documentation"),
            block("2002::/16", "6to4"),
            block("3fff::/20", "documentation"),
            block("5f00::/16", "segment routing"),
            block("fc00::/7", "private"),
            block("fe80::/10", "link-local"),
            block("fec0::/10", "site-local"),
            block("ff00::/8", "multicast"));

    /** A translator to IPv4 at the network's edge: what matters is where it leads. */
    private static final Cidr NAT64 = Cidr.parse("64:ff9b::/96");
    private static final int EMBEDDED_AT = 12;
    /** Bytes 8 to 11 of an ISATAP address, whatever its network; the second bit says whether the IPv4 address is unique. */
    private static final byte[] ISATAP = {0x00, 0x00, 0x5e, (byte) 0xfe};

    private AddressBlocks() {
    }

    private static Block block(String range, String name) {
        return new Block(Cidr.parse(range), name);
    }

    /** What bars an address of 4 or 16 bytes, as text for whoever wanted it; empty for a public one. */
    static Optional<String> barring(byte[] address) {
        if (NAT64.contains(address)) {
            return barring(Arrays.copyOfRange(address, EMBEDDED_AT, address.length));
        }
        if (isIsatap(address)) {
            return Optional.of("ISATAP: an embedded IPv4 address");
        }
        for (Block block : TABLE) {
            if (block.range().contains(address)) {
                return Optional.of(block.name() + " (" + block.range() + ")");
            }
        }
        return Optional.empty();
    }

    private static boolean isIsatap(byte[] address) {
        return address.length == 16 && (address[8] & ~0x02) == ISATAP[0] && Arrays.equals(address, 9, EMBEDDED_AT, ISATAP, 1, 4);
    }
}
