package io.heliograph.udp;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * AES-GCM (NIST SP 800-38D) in place, with a tag of {@value #TAG_BYTES} bytes, by the JDK. The buffer's position and limit stay
 * as they are. Confined to one thread; allocates about 1 KiB per call, within the JDK's cipher for the most part.
 *
 * <pre>
 *   clearAt           bodyAt             tagAt        tagAt + 16
 *   | read and proven | hidden and proven | tag       |
 * </pre>
 */
final class AesGcm {

    static final int TAG_BYTES = 16;
    static final int NONCE_BYTES = 12;

    private static final String ALGORITHM = "AES/GCM/NoPadding";

    private final Cipher cipher;

    AesGcm() {
        try {
            cipher = Cipher.getInstance(ALGORITHM);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + ALGORITHM + ", which every Java must have", e);
        }
    }

    /**
     * Hides the body and writes the tag behind it, for which there must be room below the buffer's capacity. With the same
     * key, never twice with the same nonce.
     */
    void seal(SecretKey key, byte[] nonce, ByteBuffer buffer, int clearAt, int bodyAt, int tagAt) {
        try {
            cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
            cipher.updateAAD(part(buffer, clearAt, bodyAt));
            cipher.doFinal(part(buffer, bodyAt, tagAt), part(buffer, bodyAt, tagAt + TAG_BYTES));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the datagram cannot be sealed", e);
        }
    }

    /**
     * Shows the body.
     *
     * @return false if the tag proves nothing: with another key, another nonce, or any bit other than it was sealed. What the
     *     body holds then is undefined
     */
    boolean open(SecretKey key, byte[] nonce, ByteBuffer buffer, int clearAt, int bodyAt, int tagAt) {
        try {
            cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
            cipher.updateAAD(part(buffer, clearAt, bodyAt));
            cipher.doFinal(part(buffer, bodyAt, tagAt + TAG_BYTES), part(buffer, bodyAt, tagAt + TAG_BYTES));
            return true;
        } catch (AEADBadTagException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the datagram cannot be opened", e);
        }
    }

    private static ByteBuffer part(ByteBuffer buffer, int from, int to) {
        return buffer.duplicate().limit(to).position(from);
    }
}
