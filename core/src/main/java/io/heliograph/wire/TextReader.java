package io.heliograph.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads UTF-8 strictly. Short texts that come again and again (topics, subjects, content types) are kept in a table of
 * {@value #SLOTS} places, one for each hash, and recognised eight bytes at a time where they lie, so that a repeated one
 * is neither copied nor allocated. Confined to one thread.
 */
final class TextReader {

    private static final int SLOTS = 1024;
    private static final int SLOT_BITS = 10;
    private static final int LONGEST_KEPT = 64;
    private static final int WORD = Long.BYTES;
    private static final long MIX = 0x9e3779b97f4a7c15L;

    /** One text that may come again: its bytes in words, the last one filled up with zeros. */
    private record Kept(int length, long[] words, ReadText text) {
        static final Kept EMPTY = new Kept(0, new long[0], new ReadText(""));

        boolean is(ByteBuffer source, int start, int length) {
            if (this.length != length) {
                return false;
            }
            int whole = length / WORD;
            for (int i = 0; i < whole; i++) {
                if (words[i] != source.getLong(start + i * WORD)) {
                    return false;
                }
            }
            return whole == words.length || words[whole] == rest(source, start, length);
        }
    }

    private final Kept[] slots = new Kept[SLOTS];
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);

    TextReader() {
        Arrays.fill(slots, Kept.EMPTY);
    }

    /** Reads {@code length} bytes, which {@code source} has at {@code start}; none if they are not UTF-8. */
    Optional<ReadText> read(ByteBuffer source, int start, int length) {
        if (length > LONGEST_KEPT) {
            return decode(source, start, length).map(ReadText::new);
        }
        int slot = slot(source, start, length);
        Kept kept = slots[slot];
        if (kept.is(source, start, length)) {
            return kept.text.itself();
        }
        Optional<ReadText> text = decode(source, start, length).map(ReadText::new);
        text.ifPresent(read -> slots[slot] = new Kept(length, words(source, start, length), read));
        return text;
    }

    /** By its length, its first and its last eight bytes: texts that differ in none of these are rare, and only share a slot. */
    private static int slot(ByteBuffer source, int start, int length) {
        long ends = length < WORD
                ? rest(source, start, length)
                : source.getLong(start) ^ Long.rotateLeft(source.getLong(start + length - WORD), 23);
        return (int) ((ends + length) * MIX >>> Long.SIZE - SLOT_BITS);
    }

    /** The bytes behind the last whole word, filled up with zeros. */
    private static long rest(ByteBuffer source, int start, int length) {
        int rest = length % WORD;
        if (rest == 0) {
            return 0;
        }
        if (length > WORD) {
            return source.getLong(start + length - WORD) >>> Long.SIZE - rest * Byte.SIZE;
        }
        long word = 0;
        for (int i = length - 1; i >= length - rest; i--) {
            word = word << Byte.SIZE | source.get(start + i) & 0xff;
        }
        return word;
    }

    private static long[] words(ByteBuffer source, int start, int length) {
        long[] words = new long[(length + WORD - 1) / WORD];
        for (int i = 0; i < length / WORD; i++) {
            words[i] = source.getLong(start + i * WORD);
        }
        if (length % WORD != 0) {
            words[length / WORD] = rest(source, start, length);
        }
        return words;
    }

    private Optional<String> decode(ByteBuffer source, int start, int length) {
        byte[] bytes = new byte[length];
        source.get(start, bytes);
        for (byte b : bytes) {
            if (b < 0) {
                return decodeStrictly(bytes);
            }
        }
        return Optional.of(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    private Optional<String> decodeStrictly(byte[] bytes) {
        try {
            return Optional.of(decoder.decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
