package io.heliograph.udp;

import java.security.GeneralSecurityException;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/** Keys from a shared secret: HKDF with SHA-256 (RFC 5869), as the JDK has it. Stateless and thread-safe; allocates. */
final class Hkdf {

    private static final String ALGORITHM = "HKDF-SHA256";
    private static final int MAX_BYTES = 255 * 32;

    private Hkdf() {
    }

    /**
     * Extracts and expands.
     *
     * @param secret what is shared
     * @param salt   sets apart whose keys they are; may be empty
     * @param info   sets apart what they are for; may be empty
     * @param bytes  how many to derive, 1 to 8160
     * @throws IllegalArgumentException for another number of bytes
     * @throws IllegalStateException    if this Java has no HKDF-SHA256
     */
    static byte[] derive(byte[] secret, byte[] salt, byte[] info, int bytes) {
        if (bytes < 1 || bytes > MAX_BYTES) {
            throw new IllegalArgumentException("bytes to derive " + bytes + " is not 1 to " + MAX_BYTES);
        }
        AlgorithmParameterSpec how = HKDFParameterSpec.ofExtract().addIKM(secret).addSalt(salt).thenExpand(info, bytes);
        try {
            return KDF.getInstance(ALGORITHM).deriveData(how);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + ALGORITHM, e);
        }
    }
}
