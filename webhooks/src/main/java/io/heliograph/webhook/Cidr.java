package io.heliograph.webhook;

import io.heliograph.ConfigException;
import java.net.InetAddress;
import java.util.Arrays;

/**
 * A block of IP addresses, such as {@code 10.0.0.0/8} or {@code fd00::/8}. Immutable.
 *
 * <p>A block of IPv4 addresses holds no IPv6 address and the other way round: {@code ::ffff:10.0.0.1} is not in
 * {@code 10.0.0.0/8}.
 */
public final class Cidr {

    private static final String ALLOWED = "an address and its prefix length, such as 10.0.0.0/8, fd00::/8 or 127.0.0.1";

    private final byte[] network;
    private final int prefixBits;
    private final String text;

    private Cidr(byte[] network, int prefixBits, String text) {
        this.network = network;
        this.prefixBits = prefixBits;
        this.text = text;
    }

    /**
     * Reads a block; an address alone is a block of one.
     *
     * @throws ConfigException if it is none, or bits behind its prefix are set
     */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        byte[] network = HostText.literal(slash < 0 ? text : text.substring(0, slash))
                .orElseThrow(() -> new ConfigException("address block", text, ALLOWED));
        int bits = network.length * Byte.SIZE;
        int prefix = slash < 0 ? bits : prefix(text, text.substring(slash + 1), bits);
        byte[] masked = masked(network, prefix);
        if (!Arrays.equals(masked, network)) {
            throw new ConfigException("address block", text,
                    "one without bits behind its prefix: " + show(masked) + "/" + prefix);
        }
        return new Cidr(network, prefix, show(network) + "/" + prefix);
    }

    private static int prefix(String text, String digits, int most) {
        if (!digits.matches("[0-9]{1,3}") || Integer.parseInt(digits) > most) {
            throw new ConfigException("address block", text, ALLOWED);
        }
        return Integer.parseInt(digits);
    }

    private static byte[] masked(byte[] address, int prefixBits) {
        byte[] masked = new byte[address.length];
        for (int i = 0; i < address.length; i++) {
            int kept = Math.clamp(prefixBits - (long) i * Byte.SIZE, 0, Byte.SIZE);
            masked[i] = (byte) (address[i] & 0xff << Byte.SIZE - kept);
        }
        return masked;
    }

    /** Whether the block holds an address, given as 4 or 16 bytes; allocates nothing. */
    boolean contains(byte[] address) {
        if (address.length != network.length) {
            return false;
        }
        int whole = prefixBits / Byte.SIZE;
        int rest = prefixBits % Byte.SIZE;
        int mask = 0xff << Byte.SIZE - rest;
        return Arrays.equals(address, 0, whole, network, 0, whole)
                && (rest == 0 || ((address[whole] ^ network[whole]) & mask & 0xff) == 0);
    }

    /** Whether the block holds an address. */
    public boolean contains(InetAddress address) {
        return contains(address.getAddress());
    }

    /** The block as it is written. */
    @Override
    public String toString() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cidr that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    static String show(byte[] address) {
        return HostText.address(address).getHostAddress();
    }
}
