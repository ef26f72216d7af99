package io.heliograph.zmq;

import io.heliograph.ConfigException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import java.util.Set;
import javax.crypto.KeyAgreement;

/**
 * A pair of CURVE keys: who has the secret one is known by the public one. Immutable and thread-safe; shows its public key
 * only.
 *
 * <pre>
 * {@code
 * ZmqKeys keys = ZmqKeys.generate();
 * keys.write(Path.of("prices.key"));       // the secret key, for its owner alone
 * System.out.println(keys.publicKey());    // for the others' allow-files and curve-server-key
 * }
 * </pre>
 *
 * <p>The same as {@code curve_keygen} of ZeroMQ makes: a file with the secret key that it prints is read too.
 */
public final class ZmqKeys {

    /** How long a key is. */
    static final int BYTES = 32;

    private static final String ALGORITHM = "X25519";
    private static final BigInteger BASE_POINT = BigInteger.valueOf(9);
    private static final String SETTING = "curve-key-file";

    private final byte[] secretKey;
    private final byte[] publicKey;

    private ZmqKeys(byte[] secretKey) {
        this.secretKey = secretKey;
        this.publicKey = publicKey(secretKey);
    }

    /** A new pair, from the platform's source of randomness. */
    public static ZmqKeys generate() {
        byte[] secret = new byte[BYTES];
        new SecureRandom().nextBytes(secret);
        return new ZmqKeys(secret);
    }

    /**
     * Reads the secret key in a file that its owner alone may use: 40 characters of Z85, the first thing in it that is no
     * comment. Where the file system knows no permissions of POSIX, they are not looked at.
     *
     * @throws ConfigException if there is no such file, others may use it, or it holds no key: the message says which, and
     *                         nothing of what the file holds
     */
    public static ZmqKeys read(String path) {
        KeyFile file = KeyFile.secret(SETTING, path);
        if (file.keys().size() != 1) {
            throw new ConfigException(SETTING, path, "a file with one secret key, 40 characters of Z85: this one holds "
                    + file.keys().size());
        }
        return new ZmqKeys(file.keys().getFirst());
    }

    /**
     * Writes the secret key to a new file, which its owner alone may read and write.
     *
     * @throws IOException if there is one already, or it cannot be written
     */
    public void write(Path path) throws IOException {
        byte[] content = (Z85.encode(secretKey) + "\n").getBytes(StandardCharsets.US_ASCII);
        boolean isPosix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] ownersAlone = isPosix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))}
                : new FileAttribute<?>[0];
        try (var file = Files.newByteChannel(path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownersAlone)) {
            var bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        } catch (FileAlreadyExistsException e) {
            throw new FileAlreadyExistsException(path.toString(), null, "a key is not written over; take another name");
        }
    }

    /** The public key, 40 characters of Z85. */
    public String publicKey() {
        return Z85.encode(publicKey);
    }

    byte[] publicBytes() {
        return publicKey.clone();
    }

    byte[] secretBytes() {
        return secretKey.clone();
    }

    /** The point that the secret key leads to from the curve's base point. */
    private static byte[] publicKey(byte[] secretKey) {
        try {
            KeyFactory keys = KeyFactory.getInstance(ALGORITHM);
            KeyAgreement curve = KeyAgreement.getInstance(ALGORITHM);
            curve.init(keys.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, secretKey)));
            curve.doPhase(keys.generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, BASE_POINT)), true);
            return curve.generateSecret();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks " + ALGORITHM, e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ZmqKeys keys && MessageDigest.isEqual(secretKey, keys.secretKey);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(publicKey);
    }

    /** Its public key. */
    @Override
    public String toString() {
        return "ZmqKeys[" + publicKey() + "]";
    }
}
