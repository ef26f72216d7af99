package io.heliograph.cloudevents;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** UTF-8 as its specification has it, where the JSON parser would let more pass and the JDK would write {@code ?}. */
final class StrictUtf8 {

    private StrictUtf8() {
    }

    static Optional<String> decode(ByteBuffer utf8) {
        try {
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(utf8).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    static void requireUtf8(byte[] bytes) {
        if (decode(ByteBuffer.wrap(bytes)).isEmpty()) {
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
