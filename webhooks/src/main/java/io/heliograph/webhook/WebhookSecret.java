package io.heliograph.webhook;

import io.heliograph.ConfigException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A secret that sender and receiver share: {@code whsec_} and {@value #MIN_BYTES} to {@value #MAX_BYTES} bytes in base64.
 * Signs and verifies {@code v1}, HMAC-SHA256. Immutable and thread-safe; shows itself only in {@link #reveal}.
 */
public final class WebhookSecret implements SigningKey, VerifyingKey {

    /** What the text of a secret begins with. */
    public static final String PREFIX = "whsec_";

    /** The shortest secret. */
    public static final int MIN_BYTES = 24;

    /** The longest secret. */
    public static final int MAX_BYTES = 64;

    private static final int GENERATED_BYTES = 32;
    private static final String ALGORITHM = "HmacSHA256";
    private static final String ALLOWED = PREFIX + " and " + MIN_BYTES + " to " + MAX_BYTES + " bytes in base64";

    private final byte[] bytes;
    /** Never used itself, only cloned: looking the algorithm up costs more than a short signature. */
    private final Mac prototype;

    private WebhookSecret(byte[] bytes) {
        this.bytes = bytes;
        this.prototype = mac(bytes);
    }

    /** A new secret of {@value #GENERATED_BYTES} bytes. */
    public static WebhookSecret generate(SecureRandom random) {
        byte[] bytes = new byte[GENERATED_BYTES];
        random.nextBytes(bytes);
        return new WebhookSecret(bytes);
    }

    /**
     * Reads a secret.
     *
     * @throws ConfigException if it is none; the message shows nothing of the text
     */
    public static WebhookSecret parse(String text) {
        byte[] bytes = KeyText.decode("secret", PREFIX, text, ALLOWED);
        if (bytes.length < MIN_BYTES || bytes.length > MAX_BYTES) {
            throw KeyText.refusal("secret", ALLOWED + ": this one has " + bytes.length);
        }
        return new WebhookSecret(bytes);
    }

    private static Mac mac(byte[] key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac;
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    @Override
    public SignatureVersion version() {
        return SignatureVersion.V1;
    }

    @Override
    public byte[] sign(byte[] head, byte[] body) {
        Mac mac = fresh();
        mac.update(head);
        return mac.doFinal(body);
    }

    private Mac fresh() {
        try {
            return (Mac) prototype.clone();
        } catch (CloneNotSupportedException e) {
            return mac(bytes);
        }
    }

    @Override
    public boolean verifies(byte[] head, byte[] body, byte[] signature) {
        return MessageDigest.isEqual(sign(head, body), signature);
    }

    /** Itself: the secret is shared. */
    @Override
    public VerifyingKey verifier() {
        return this;
    }

    @Override
    public String reveal() {
        return KeyText.encode(PREFIX, bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WebhookSecret secret && MessageDigest.isEqual(bytes, secret.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Says that it is one, and nothing else. */
    @Override
    public String toString() {
        return "WebhookSecret[hidden]";
    }
}
