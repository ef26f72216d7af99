package io.heliograph.webhook;

import io.heliograph.ConfigException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals secrets for the disk, AES-256-GCM, and opens them again. Immutable and thread-safe.
 *
 * <pre>
 * sealed:1:9f86d081884c7d65:base64
 *        ^ layout           ^ 12 bytes nonce, what is sealed, 16 bytes tag
 *          ^ the master key's id
 * </pre>
 *
 * <p>What is sealed is bound to its owner, such as an endpoint's id: moved to another row, it does not open. The first
 * master key seals; all of them open, so that a new one may be put in front while the old one is still needed.
 */
public final class SecretSeal {

    private static final String HEAD = "sealed:1:";
    private static final String TRANSFORMATION = "AES/GCM/NoPadding";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int MAX_LENGTH = 4096;

    private final MasterKey sealing;
    private final Map<String, MasterKey> byId = new LinkedHashMap<>();
    private final SecureRandom random;

    /** What became of an attempt to open. */
    public sealed interface Opening {

        /** It is open. */
        record Opened(String secret) implements Opening {
            /** Says that there is one, and nothing else. */
            @Override
            public String toString() {
                return "Opened[hidden]";
            }
        }

        /** It was sealed with a master key that is not here: nothing opens it until that is back. */
        record KeyLost(String keyId) implements Opening {
        }

        /** It was changed, cut off, or sealed for another owner. */
        record Damaged(String why) implements Opening {
        }
    }

    private SecretSeal(List<MasterKey> keys, SecureRandom random) {
        this.sealing = keys.getFirst();
        this.random = random;
        keys.forEach(key -> byId.put(key.id(), key));
    }

    /**
     * Seals with the first of these keys, and opens with all of them.
     *
     * @throws ConfigException if there is none
     */
    public static SecretSeal of(List<MasterKey> keys, SecureRandom random) {
        if (keys.isEmpty()) {
            throw new ConfigException("master keys", 0, "at least one");
        }
        return new SecretSeal(keys, random);
    }

    /**
     * Seals a secret.
     *
     * @param owner whose it is; the same is needed to open it
     */
    public String seal(String owner, String secret) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] closed = cipher(Cipher.ENCRYPT_MODE, sealing, owner, nonce).doFinal(secret.getBytes(StandardCharsets.UTF_8));
            byte[] both = Arrays.copyOf(nonce, NONCE_BYTES + closed.length);
            System.arraycopy(closed, 0, both, NONCE_BYTES, closed.length);
            return HEAD + sealing.id() + ":" + Base64.getEncoder().encodeToString(both);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + TRANSFORMATION, e);
        }
    }

    /** Opens what was sealed for {@code owner}. */
    public Opening open(String owner, String sealed) {
        int colon = sealed.indexOf(':', HEAD.length());
        if (!sealed.startsWith(HEAD) || colon < 0 || sealed.length() > MAX_LENGTH) {
            return new Opening.Damaged("it does not begin as a sealed secret does");
        }
        String keyId = sealed.substring(HEAD.length(), colon);
        MasterKey key = byId.get(keyId);
        return key == null ? new Opening.KeyLost(keyId) : open(owner, sealed.substring(colon + 1), key);
    }

    private static Opening open(String owner, String base64, MasterKey key) {
        try {
            byte[] both = Base64.getDecoder().decode(base64);
            if (both.length < NONCE_BYTES) {
                return new Opening.Damaged("it is cut off");
            }
            byte[] open = cipher(Cipher.DECRYPT_MODE, key, owner, Arrays.copyOf(both, NONCE_BYTES))
                    .doFinal(both, NONCE_BYTES, both.length - NONCE_BYTES);
            return new Opening.Opened(new String(open, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return new Opening.Damaged("it is not base64");
        } catch (AEADBadTagException e) {
            return new Opening.Damaged("it was changed, or sealed for another owner");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + TRANSFORMATION, e);
        }
    }

    private static Cipher cipher(int mode, MasterKey key, String owner, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(TRANSFORMATION);
        cipher.init(mode, new SecretKeySpec(key.bytes(), "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD((HEAD + key.id() + ":" + owner).getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    /** Whether {@code sealed} names the key that seals now; what does not is to be sealed again, to let an old key go. */
    public boolean isCurrent(String sealed) {
        return sealed.startsWith(HEAD + sealing.id() + ":");
    }

    /** Shows the keys' ids alone. */
    @Override
    public String toString() {
        return "SecretSeal" + byId.values();
    }
}
