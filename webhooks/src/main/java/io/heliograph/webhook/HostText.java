package io.heliograph.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * How hosts are written, read one way only. What other parsers take for an address in another spelling, such as
 * {@code 2130706433}, {@code 0177.0.0.1}, {@code 0x7f.1} or {@code 127.1}, is neither an address nor a name here.
 * Stateless; looks nothing up.
 */
final class HostText {

    private static final int MAX_NAME_LENGTH = 253;
    private static final int MAX_LABEL_LENGTH = 63;

    private HostText() {
    }

    /** The bytes of an address: four decimal numbers without leading zeros, or IPv6 without a zone. */
    static Optional<byte[]> literal(String text) {
        return text.indexOf(':') < 0 ? ipv4(text) : ipv6(text);
    }

    private static Optional<byte[]> ipv4(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return Optional.empty();
        }
        byte[] address = new byte[4];
        for (int i = 0; i < 4; i++) {
            boolean isCanonical = parts[i].matches("0|[1-9][0-9]{0,2}");
            if (!isCanonical || Integer.parseInt(parts[i]) > 255) {
                return Optional.empty();
            }
            address[i] = (byte) Integer.parseInt(parts[i]);
        }
        return Optional.of(address);
    }

    /** What the JDK reads as IPv6; it takes {@code ::ffff:1.2.3.4} for the IPv4 address, and so do those that connect. */
    private static Optional<byte[]> ipv6(String text) {
        if (!text.matches("[0-9A-Fa-f:.]{2,45}")) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(text).getAddress());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The address that these 4 or 16 bytes are. */
    static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length, e);
        }
    }

    /** Whether this lower-case text is a name that only a resolver can turn into an address. */
    static boolean isName(String text) {
        if (text.isEmpty() || text.length() > MAX_NAME_LENGTH) {
            return false;
        }
        String[] labels = text.split("\\.", -1);
        for (String label : labels) {
            if (!isLabel(label)) {
                return false;
            }
        }
        return !isNumber(labels[labels.length - 1]);
    }

    private static boolean isLabel(String label) {
        boolean isLabel = !label.isEmpty() && label.length() <= MAX_LABEL_LENGTH
                && label.charAt(0) != '-' && label.charAt(label.length() - 1) != '-';
        for (int i = 0; i < label.length() && isLabel; i++) {
            char c = label.charAt(i);
            isLabel = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-';
        }
        return isLabel;
    }

    /** Whether some parser may read a last label as a number, and with it the whole as an address. */
    private static boolean isNumber(String label) {
        return label.matches("[0-9]+|0x[0-9a-f]*");
    }
}
