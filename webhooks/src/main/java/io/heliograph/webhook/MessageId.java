package io.heliograph.webhook;

import io.heliograph.ConfigException;
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
    /** 62 to the power of 22 is above 2 to the power of 128. */
    private static final int GENERATED_LENGTH = 22;

    /** @throws ConfigException if {@code text} is no id */
    public MessageId {
        if (!isValid(text)) {
            throw new ConfigException("webhook-id", text,
                    "1 to " + MAX_LENGTH + " printable ASCII characters without space and '.'");
        }
    }

    /** A new id: {@code msg_} and 22 letters and digits. */
    public static MessageId generate(RandomGenerator random) {
        var text = new StringBuilder(PREFIX.length() + GENERATED_LENGTH).append(PREFIX);
        for (int i = 0; i < GENERATED_LENGTH; i++) {
            text.append(DIGITS.charAt(random.nextInt(DIGITS.length())));
        }
        return new MessageId(text.toString());
    }

    static boolean isValid(String text) {
        return !text.isEmpty() && text.length() <= MAX_LENGTH
                && text.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '.');
    }

    @Override
    public String toString() {
        return text;
    }
}
