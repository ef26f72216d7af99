package io.heliograph.cloudevents;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** UTF-8 as its specification has it, where the JSON parser would let more pass and the JDK would write {@code ?}. */
final class StrictUtf8 {

    private static final char REPLACEMENT = '\uFFFD';

    private StrictUtf8() {
    }

    static Optional<String> decode(ByteBuffer utf8) {
        byte[] bytes = new byte[utf8.remaining()];
        utf8.get(bytes);
        return decode(bytes);
    }

    /** The JDK's own way is several times faster than a decoder, and leaves a mark where it met something that is no UTF-8. */
    private static Optional<String> decode(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        return text.indexOf(REPLACEMENT) < 0 ? Optional.of(text) : decodeStrictly(bytes);
    }

    /** The mark may stand there by itself, too. */
    private static Optional<String> decodeStrictly(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    static void requireUtf8(byte[] bytes) {
        if (decode(bytes).isEmpty()) {
            throw new CloudEventException("", "not UTF-8");
        }
    }

    /** @param pointer where the text stands, for the error */
    static byte[] encode(String pointer, String text) {
        try {
            ByteBuffer utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[utf8.remaining()];
            utf8.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new CloudEventException(pointer, "half a surrogate pair is no text");
        }
    }
}
