package io.heliograph.server;

import io.heliograph.ConfigException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A key of an API user: {@value #MIN_LENGTH} to {@value #MAX_LENGTH} printable ASCII characters. Immutable; shows itself only in
 * {@link #reveal}.
 */
public final class ApiKey {

    /** The shortest key. */
    public static final int MIN_LENGTH = 16;

    /** The longest key. */
    public static final int MAX_LENGTH = 128;

    private static final String PREFIX = "hk_";
    private static final int GENERATED_BYTES = 32;

    private final String text;

    private ApiKey(String text) {
        this.text = text;
    }

    /** A new key of {@value #GENERATED_BYTES} bytes of chance. */
    public static ApiKey generate(SecureRandom random) {
        byte[] bytes = new byte[GENERATED_BYTES];
        random.nextBytes(bytes);
        return new ApiKey(PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    /**
     * Reads a key.
     *
     * @throws ConfigException if it is none; the message shows nothing of it
     */
    public static ApiKey parse(String text) {
        boolean isKey = text.length() >= MIN_LENGTH && text.length() <= MAX_LENGTH && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (!isKey) {
            throw new ConfigException("API key", "(not shown)",
                    MIN_LENGTH + " to " + MAX_LENGTH + " printable ASCII characters without a space");
        }
        return new ApiKey(text);
    }

    /** What is stored of it: SHA-256, as hexadecimal digits. */
    String hash() {
        return hashOf(text);
    }

    /** The same of any text. */
    static String hashOf(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** The key, for whoever it is given to, at the one moment when it is. */
    public String reveal() {
        return text;
    }

    /** Shows nothing of it. */
    @Override
    public String toString() {
        return "ApiKey[hidden]";
    }
}
