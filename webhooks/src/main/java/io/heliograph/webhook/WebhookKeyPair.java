package io.heliograph.webhook;

import io.heliograph.ConfigException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;

/**
 * An Ed25519 key pair of a sender: {@code whsk_}, and the seed's 32 bytes and the public key's 32 in base64. Signs
 * {@code v1a}; a signature takes about half a millisecond. Immutable and thread-safe; shows itself only in {@link #reveal}.
 */
public final class WebhookKeyPair implements SigningKey {

    /** What the text of a key pair begins with. */
    public static final String PREFIX = "whsk_";

    private static final int SEED_BYTES = 32;
    private static final String ALLOWED =
            PREFIX + " and an Ed25519 key pair, the seed's 32 bytes and the public key's 32 in base64";
    private static final byte[] PROBE = {'p', 'r', 'o', 'b', 'e'};
    private static final byte[] NOTHING = {};

    private final byte[] seed;
    private final PrivateKey key;
    private final WebhookPublicKey publicKey;
    private final byte[] publicBytes;

    private WebhookKeyPair(byte[] seed, byte[] publicBytes) throws GeneralSecurityException {
        this.seed = seed;
        this.publicBytes = publicBytes;
        this.publicKey = WebhookPublicKey.of(publicBytes);
        this.key = KeyFactory.getInstance(WebhookPublicKey.ALGORITHM)
                .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
    }

    /** A new key pair. */
    public static WebhookKeyPair generate(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(WebhookPublicKey.ALGORITHM);
            generator.initialize(NamedParameterSpec.ED25519, random);
            KeyPair pair = generator.generateKeyPair();
            byte[] seed = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
            byte[] encoded = pair.getPublic().getEncoded();
            byte[] publicBytes = Arrays.copyOfRange(encoded, encoded.length - WebhookPublicKey.BYTES, encoded.length);
            return new WebhookKeyPair(seed, publicBytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + WebhookPublicKey.ALGORITHM, e);
        }
    }

    /**
     * Reads a key pair.
     *
     * @throws ConfigException if it is none, or its halves do not belong together; the message shows nothing of the text
     */
    public static WebhookKeyPair parse(String text) {
        byte[] bytes = KeyText.decode("secret", PREFIX, text, ALLOWED);
        if (bytes.length != SEED_BYTES + WebhookPublicKey.BYTES) {
            throw KeyText.refusal("secret", ALLOWED + ": this one has " + bytes.length + " bytes");
        }
        try {
            byte[] publicBytes = Arrays.copyOfRange(bytes, SEED_BYTES, bytes.length);
            var pair = new WebhookKeyPair(Arrays.copyOf(bytes, SEED_BYTES), publicBytes);
            if (pair.publicKey.verifies(PROBE, NOTHING, pair.sign(PROBE, NOTHING))) {
                return pair;
            }
        } catch (GeneralSecurityException e) {
            // Reported below: the seed is no key.
        }
        throw KeyText.refusal("secret", ALLOWED + ": these halves do not belong together");
    }

    @Override
    public SignatureVersion version() {
        return SignatureVersion.V1A;
    }

    @Override
    public byte[] sign(byte[] head, byte[] body) {
        try {
            Signature signing = Signature.getInstance(WebhookPublicKey.ALGORITHM);
            signing.initSign(key);
            signing.update(head);
            signing.update(body);
            return signing.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + WebhookPublicKey.ALGORITHM, e);
        }
    }

    /** The public half. */
    @Override
    public WebhookPublicKey verifier() {
        return publicKey;
    }

    @Override
    public String reveal() {
        byte[] both = Arrays.copyOf(seed, SEED_BYTES + WebhookPublicKey.BYTES);
        System.arraycopy(publicBytes, 0, both, SEED_BYTES, WebhookPublicKey.BYTES);
        return KeyText.encode(PREFIX, both);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WebhookKeyPair pair && MessageDigest.isEqual(seed, pair.seed);
    }

    @Override
    public int hashCode() {
        return publicKey.hashCode();
    }

    /** Shows the public half alone. */
    @Override
    public String toString() {
        return "WebhookKeyPair[" + publicKey + "]";
    }
}
