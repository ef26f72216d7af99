package io.heliograph.webhook;

import io.heliograph.ConfigException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The public half of a {@link WebhookKeyPair}: {@code whpk_} and {@value #BYTES} bytes in base64. Verifies {@code v1a},
 * Ed25519. Immutable, thread-safe, and no secret.
 */
public final class WebhookPublicKey implements VerifyingKey {

    /** What the text of a public key begins with. */
    public static final String PREFIX = "whpk_";

    /** How long a public key is. */
    public static final int BYTES = 32;

    static final String ALGORITHM = "Ed25519";
    private static final String ALLOWED = PREFIX + " and an Ed25519 public key, " + BYTES + " bytes in base64";

    /** What X.509 has in front of the {@value #BYTES} bytes: RFC 8410, section 4. */
    private static final byte[] X509_HEAD = HexFormat.of().parseHex("302a300506032b6570032100");

    private final byte[] bytes;
    private final PublicKey key;

    private WebhookPublicKey(byte[] bytes, PublicKey key) {
        this.bytes = bytes;
        this.key = key;
    }

    /**
     * Reads a public key.
     *
     * @throws ConfigException if it is none; the message shows nothing of the text, which may be another key
     */
    public static WebhookPublicKey parse(String text) {
        return of(KeyText.decode("public key", PREFIX, text, ALLOWED));
    }

    /** The key of {@code bytes}, which are not copied. */
    static WebhookPublicKey of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw KeyText.refusal("public key", ALLOWED);
        }
        try {
            byte[] encoded = Arrays.copyOf(X509_HEAD, X509_HEAD.length + BYTES);
            System.arraycopy(bytes, 0, encoded, X509_HEAD.length, BYTES);
            PublicKey key = KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(encoded));
            return new WebhookPublicKey(bytes, key);
        } catch (GeneralSecurityException e) {
            throw KeyText.refusal("public key", ALLOWED);
        }
    }

    @Override
    public SignatureVersion version() {
        return SignatureVersion.V1A;
    }

    @Override
    public boolean verifies(byte[] head, byte[] body, byte[] signature) {
        try {
            Signature verifying = Signature.getInstance(ALGORITHM);
            verifying.initVerify(key);
            verifying.update(head);
            verifying.update(body);
            return verifying.verify(signature);
        } catch (SignatureException e) {
            // It is no signature at all, such as one that is too short.
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    /** The key as text, with its prefix. */
    public String text() {
        return KeyText.encode(PREFIX, bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WebhookPublicKey that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return text();
    }
}
