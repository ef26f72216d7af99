package io.heliograph.webhook;

import io.heliograph.ConfigException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What {@code webhook-id} names: one message to one or more endpoints, the same in all attempts, so that a receiver knows
 * a repetition.
 *
 * @param text 1 to {@value #MAX_LENGTH} printable ASCII characters without space and dot: the dot ends it in what is
 *             signed
 */
public record MessageId(String text) {

    /** The longest id. */
    public static final int MAX_LENGTH = 128;

    private static final String PREFIX = "msg_";
    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int GENERATED_LENGTH = 22;
    /** Enough for ten thousand years; 62 to the power of 9 is above 2 to the power of 48. */
    private static final int TIME_BITS = 48;
    private static final int TIME_DIGITS = 9;
    /** 62 to the power of 10 is below 2 to the power of 63. */
    private static final int LONG_DIGITS = 10;

    /** @throws ConfigException if {@code text} is no id */
    public MessageId {
        if (!isValid(text)) {
            throw new ConfigException("webhook-id", text,
                    "1 to " + MAX_LENGTH + " printable ASCII characters without space and '.'");
        }
    }

    /** A new id: {@code msg_} and 22 letters and digits. */
    public static MessageId generate(RandomGenerator random) {
        return generate(random, random.nextLong() >>> 64 - TIME_BITS);
    }

    /**
     * A new id that sorts behind those of earlier milliseconds, so that an index of ids grows at its end: {@code msg_}, 9 digits of
     * time and 13 of chance, in base 62.
     *
     * @param epochMs milliseconds since 1970
     */
    public static MessageId generate(RandomGenerator random, long epochMs) {
        char[] text = new char[PREFIX.length() + GENERATED_LENGTH];
        PREFIX.getChars(0, PREFIX.length(), text, 0);
        int at = write(text, PREFIX.length(), TIME_DIGITS, epochMs & (1L << TIME_BITS) - 1);
        at = write(text, at, LONG_DIGITS, random.nextLong() >>> 1);
        write(text, at, text.length - at, random.nextLong() >>> 1);
        return new MessageId(new String(text));
    }

    /** The id of several messages that go out as one: the same for the same ones in the same order. */
    static MessageId ofAll(List<String> messages) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(String.join("\n", messages).getBytes(StandardCharsets.US_ASCII));
            ByteBuffer parts = ByteBuffer.wrap(hash);
            char[] text = new char[PREFIX.length() + GENERATED_LENGTH];
            PREFIX.getChars(0, PREFIX.length(), text, 0);
            int at = write(text, PREFIX.length(), LONG_DIGITS, parts.getLong() >>> 1);
            at = write(text, at, LONG_DIGITS, parts.getLong() >>> 1);
            write(text, at, text.length - at, parts.getLong() >>> 1);
            return new MessageId(new String(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static int write(char[] text, int from, int count, long value) {
        long left = value;
        for (int i = from + count - 1; i >= from; i--) {
            text[i] = DIGITS.charAt((int) (left % DIGITS.length()));
            left /= DIGITS.length();
        }
        return from + count;
    }

    static boolean isValid(String text) {
        boolean isValid = !text.isEmpty() && text.length() <= MAX_LENGTH;
        for (int i = 0; isValid && i < text.length(); i++) {
            char c = text.charAt(i);
            isValid = c > ' ' && c < 0x7f && c != '.';
        }
        return isValid;
    }

    @Override
    public String toString() {
        return text;
    }
}
