package io.heliograph;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A value of a CloudEvents 1.0 extension attribute: one of the specification's seven types.
 *
 * <p>JSON has fewer: {@link Binary}, {@link Link}, {@link LinkReference} and {@link Timestamp} are written as their
 * canonical string and read back as {@link Text}. The binary frame keeps all seven.
 */
public sealed interface AttributeValue {

    /** The value as CloudEvents writes it in a string. */
    String canonical();

    /** True or false. */
    record Bool(boolean value) implements AttributeValue {
        @Override
        public String canonical() {
            return Boolean.toString(value);
        }
    }

    /** A 32-bit integer. */
    record Int(int value) implements AttributeValue {
        @Override
        public String canonical() {
            return Integer.toString(value);
        }
    }

    /** A string without control characters, unpaired surrogates or Unicode non-characters. */
    record Text(String value) implements AttributeValue {
        public Text {
            requireText("attribute value", value);
        }

        @Override
        public String canonical() {
            return value;
        }
    }

    /** Bytes, given as hexadecimal digits so that the record is immutable and equal by content. */
    record Binary(String hex) implements AttributeValue {
        public Binary {
            try {
                hex = HexFormat.of().formatHex(HexFormat.of().parseHex(hex));
            } catch (IllegalArgumentException e) {
                throw new ConfigException("binary attribute", hex, "pairs of hexadecimal digits");
            }
        }

        /** The attribute for {@code bytes}, which are copied. */
        public static Binary of(byte[] bytes) {
            return new Binary(HexFormat.of().formatHex(bytes));
        }

        /** The bytes, a fresh copy. */
        public byte[] bytes() {
            return HexFormat.of().parseHex(hex);
        }

        @Override
        public String canonical() {
            return Base64.getEncoder().encodeToString(bytes());
        }
    }

    /** An absolute URI, kept as it is written: two spellings of one URI are two values. */
    record Link(String text) implements AttributeValue {
        public Link {
            if (!parse(text).isAbsolute()) {
                throw new ConfigException("URI attribute", text, "an absolute URI");
            }
        }

        /** The attribute for {@code uri}. */
        public static Link of(URI uri) {
            return new Link(uri.toString());
        }

        /** The URI. */
        public URI value() {
            return URI.create(text);
        }

        @Override
        public String canonical() {
            return text;
        }
    }

    /** A URI reference, kept as it is written. */
    record LinkReference(String text) implements AttributeValue {
        public LinkReference {
            parse(text);
        }

        /** The attribute for {@code uri}. */
        public static LinkReference of(URI uri) {
            return new LinkReference(uri.toString());
        }

        /** The URI reference. */
        public URI value() {
            return URI.create(text);
        }

        @Override
        public String canonical() {
            return text;
        }
    }

    /** A moment, in RFC 3339 when written. */
    record Timestamp(Instant value) implements AttributeValue {
        @Override
        public String canonical() {
            return value.toString();
        }
    }

    private static URI parse(String text) {
        requireText("URI attribute", text);
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new ConfigException("URI attribute", text, "a URI as RFC 2396 writes it");
        }
    }

    /**
     * Returns {@code value} unchanged.
     *
     * @throws ConfigException if it holds what CloudEvents bars from strings
     */
    static String requireText(String what, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c >= 0x20 && c < 0x7f) {
                continue;
            }
            if (!isAllowed(value.codePointAt(i))) {
                throw new ConfigException(what, value,
                        "text without control characters, unpaired surrogates or non-characters");
            }
            if (Character.isHighSurrogate(c)) {
                i++;
            }
        }
        return value;
    }

    private static boolean isAllowed(int codePoint) {
        boolean control = Character.isISOControl(codePoint);
        boolean surrogate = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
        boolean nonCharacter = (codePoint & 0xfffe) == 0xfffe || (codePoint >= 0xfdd0 && codePoint <= 0xfdef);
        return !control && !surrogate && !nonCharacter;
    }
}
