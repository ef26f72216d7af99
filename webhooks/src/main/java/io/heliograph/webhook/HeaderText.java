package io.heliograph.webhook;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Any text in an HTTP field, as the HTTP binding of CloudEvents writes it: space, quote, percent sign and whatever is not
 * printable ASCII go as {@code %XX} for each byte of UTF-8. Stateless.
 */
final class HeaderText {

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private HeaderText() {
    }

    static String encode(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        var encoded = new StringBuilder(utf8.length);
        for (byte b : utf8) {
            if (b <= ' ' || b == '"' || b == '%' || b == 0x7f) {
                HEX.toHexDigits(encoded.append('%'), b);
            } else {
                encoded.append((char) b);
            }
        }
        return encoded.toString();
    }

    /** Reads what {@link #encode} wrote, or another sender less strictly; empty if it is no UTF-8. */
    static Optional<String> decode(String field) {
        var utf8 = new ByteArrayOutputStream(field.length());
        String text = unquote(field.strip());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isEncoded = c == '%' && i + 2 < text.length()
                    && HexFormat.isHexDigit(text.charAt(i + 1)) && HexFormat.isHexDigit(text.charAt(i + 2));
            if (isEncoded) {
                utf8.write(HexFormat.fromHexDigits(text, i + 1, i + 3));
                i += 2;
            } else if (c < 0x80) {
                utf8.write(c);
            } else {
                return Optional.empty();
            }
        }
        try {
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8.toByteArray())).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** A quoted string of RFC 9110 without its quotes; everything else as it is. */
    private static String unquote(String text) {
        if (text.length() < 2 || text.charAt(0) != '"' || text.charAt(text.length() - 1) != '"') {
            return text;
        }
        var bare = new StringBuilder(text.length());
        for (int i = 1; i < text.length() - 1; i++) {
            boolean isEscape = text.charAt(i) == '\\' && i + 1 < text.length() - 1;
            bare.append(text.charAt(isEscape ? ++i : i));
        }
        return bare.toString();
    }
}
