package io.heliograph.zmq;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** Writes keys in 85 printable characters, as ZeroMQ's tools do (RFC 32): five for four bytes, big-endian. */
final class Z85 {

    private static final String ALPHABET =
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
    private static final int BASE = 85;
    private static final int BLOCK_BYTES = 4;
    private static final int BLOCK_CHARACTERS = 5;

    private Z85() {
    }

    /** @param bytes as many as are divisible by 4 */
    static String encode(byte[] bytes) {
        var text = new StringBuilder();
        ByteBuffer blocks = ByteBuffer.wrap(bytes);
        while (blocks.hasRemaining()) {
            long value = blocks.getInt() & 0xffff_ffffL;
            char[] block = new char[BLOCK_CHARACTERS];
            for (int i = BLOCK_CHARACTERS - 1; i >= 0; i--) {
                block[i] = ALPHABET.charAt((int) (value % BASE));
                value /= BASE;
            }
            text.append(block);
        }
        return text.toString();
    }

    /** Reads exactly {@code length} bytes; empty if {@code text} is anything else. */
    static Optional<byte[]> decode(String text, int length) {
        if (text.length() != length / BLOCK_BYTES * BLOCK_CHARACTERS) {
            return Optional.empty();
        }
        ByteBuffer bytes = ByteBuffer.allocate(length);
        for (int at = 0; at < text.length(); at += BLOCK_CHARACTERS) {
            long value = 0;
            for (int i = 0; i < BLOCK_CHARACTERS; i++) {
                int digit = ALPHABET.indexOf(text.charAt(at + i));
                if (digit < 0) {
                    return Optional.empty();
                }
                value = value * BASE + digit;
            }
            if (value > 0xffff_ffffL) {
                return Optional.empty();
            }
            bytes.putInt((int) value);
        }
        return Optional.of(Arrays.copyOf(bytes.array(), length));
    }
}
