package io.heliograph.wire;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads UTF-8 strictly. Short texts that come again and again (topics, subjects, content types) are kept in a table of
 * {@value #SLOTS} places, one for each hash, so that a repeated one allocates nothing. Confined to one thread.
 */
final class TextReader {

    private static final int SLOTS = 256;
    private static final int LONGEST_KEPT = 64;

    /** One text that may come again. */
    private record Kept(byte[] bytes, Optional<String> text) {
        static final Kept NOTHING = new Kept(new byte[0], Optional.empty());
    }

    private final Kept[] slots = new Kept[SLOTS];
    private final byte[] scratch = new byte[LONGEST_KEPT];
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);

    TextReader() {
        Arrays.fill(slots, Kept.NOTHING);
    }

    /** Takes {@code length} bytes, which remain in {@code source}; none if they are not UTF-8. */
    Optional<String> read(ByteBuffer source, int length) {
        if (length > LONGEST_KEPT) {
            byte[] bytes = new byte[length];
            source.get(bytes);
            return decode(bytes, length);
        }
        source.get(scratch, 0, length);
        int hash = length;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + scratch[i];
        }
        int slot = (hash ^ hash >>> 8 ^ hash >>> 16) & SLOTS - 1;
        Kept kept = slots[slot];
        if (Arrays.equals(kept.bytes, 0, kept.bytes.length, scratch, 0, length)) {
            return kept == Kept.NOTHING ? Optional.of("") : kept.text;
        }
        Optional<String> text = decode(scratch, length);
        if (text.isPresent()) {
            slots[slot] = new Kept(Arrays.copyOf(scratch, length), text);
        }
        return text;
    }

    private Optional<String> decode(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            if (bytes[i] < 0) {
                return decodeStrictly(bytes, length);
            }
        }
        return Optional.of(new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
    }

    private Optional<String> decodeStrictly(byte[] bytes, int length) {
        try {
            CharBuffer text = decoder.decode(ByteBuffer.wrap(bytes, 0, length));
            return Optional.of(text.toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
