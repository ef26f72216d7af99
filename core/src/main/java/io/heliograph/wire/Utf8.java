package io.heliograph.wire;

import java.nio.ByteBuffer;

/** Writes text as UTF-8 without a copy in between. For the text of events, which has no unpaired surrogates. */
final class Utf8 {

    private Utf8() {
    }

    static int length(String text) {
        int length = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                // A pair is two characters and four bytes, so each half counts for one more.
                boolean half = Character.isSurrogate(c);
                length += c < 0x800 || half ? 1 : 2;
            }
        }
        return length;
    }

    static void put(String text, ByteBuffer target) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                target.put((byte) c);
            } else if (c < 0x800) {
                target.put((byte) (0xc0 | c >> 6)).put((byte) (0x80 | c & 0x3f));
            } else if (Character.isSurrogate(c)) {
                int codePoint = text.codePointAt(i++);
                target.put((byte) (0xf0 | codePoint >> 18)).put((byte) (0x80 | codePoint >> 12 & 0x3f))
                        .put((byte) (0x80 | codePoint >> 6 & 0x3f)).put((byte) (0x80 | codePoint & 0x3f));
            } else {
                target.put((byte) (0xe0 | c >> 12)).put((byte) (0x80 | c >> 6 & 0x3f)).put((byte) (0x80 | c & 0x3f));
            }
        }
    }
}
