package io.heliograph.webhook;

import io.heliograph.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

/**
 * What secrets at rest are sealed with: {@value #BYTES} bytes, from a file or the environment, as 64 hexadecimal digits or
 * in base64. Immutable and thread-safe; shows its {@link #id} and nothing else.
 */
public final class MasterKey {

    /** How long a key is. */
    public static final int BYTES = 32;

    private static final int MOST_TEXT_BYTES = 1024;
    private static final int ID_BYTES = 8;
    private static final byte[] ID_LABEL = "heliograph master key".getBytes(StandardCharsets.US_ASCII);
    private static final String SETTING = "master key file";
    private static final Set<PosixFilePermission> OWNERS = EnumSet.of(PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private final byte[] bytes;
    private final String id;

    private MasterKey(byte[] bytes) {
        this.bytes = bytes;
        this.id = id(bytes);
    }

    /** A new key. */
    public static MasterKey generate(SecureRandom random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new MasterKey(bytes);
    }

    /**
     * Reads the key in a file that its owner alone may use; where the file system knows no permissions of POSIX, that is
     * not looked at.
     *
     * @throws ConfigException if there is no such file, others may use it, or it holds no key: the message says which,
     *                         and nothing of what the file holds
     */
    public static MasterKey read(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw refusal(file, "an ordinary file: " + (Files.exists(file) ? "this is none" : "there is none here"));
            }
            PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
            if (view != null && !OWNERS.containsAll(view.readAttributes().permissions())) {
                throw refusal(file, "a file that its owner alone may use, as after 'chmod 600': this one is "
                        + PosixFilePermissions.toString(view.readAttributes().permissions()));
            }
            try (InputStream in = Files.newInputStream(file)) {
                return parse(SETTING, file.toString(), in.readNBytes(MOST_TEXT_BYTES + 1));
            }
        } catch (IOException e) {
            throw refusal(file, "a file that can be read: " + e);
        }
    }

    /**
     * Writes the key to a new file that its owner alone may use.
     *
     * @throws ConfigException if the file exists or cannot be written
     */
    public void write(Path file) {
        try {
            Files.createFile(file, ownersAlone(file));
            Files.writeString(file, HexFormat.of().formatHex(bytes) + "\n", StandardOpenOption.WRITE, StandardOpenOption.SYNC);
        } catch (FileAlreadyExistsException e) {
            throw refusal(file, "a file that does not exist yet: a key is never overwritten");
        } catch (IOException e) {
            throw refusal(file, "a file that can be written: " + e);
        }
    }

    private static FileAttribute<?>[] ownersAlone(Path file) {
        boolean isPosix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        return isPosix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))}
                : new FileAttribute<?>[] {};
    }

    /**
     * Reads the key in a variable of the environment.
     *
     * @throws ConfigException if it is not set or holds no key; the message shows nothing of what it holds
     */
    public static MasterKey fromEnvironment(Map<String, String> environment, String variable) {
        String text = environment.get(variable);
        if (text == null) {
            throw new ConfigException("master key in the environment", variable, "a variable that is set");
        }
        return parse("master key in the environment", variable, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static MasterKey parse(String setting, String where, byte[] content) {
        String text = new String(content, StandardCharsets.ISO_8859_1).strip();
        try {
            byte[] key = text.length() == 2 * BYTES ? HexFormat.of().parseHex(text) : Base64.getDecoder().decode(text);
            if (key.length == BYTES && content.length <= MOST_TEXT_BYTES) {
                return new MasterKey(key);
            }
        } catch (IllegalArgumentException e) {
            // Reported below, without what the decoder says of the content.
        }
        throw new ConfigException(setting, where, BYTES + " bytes, as " + 2 * BYTES + " hexadecimal digits or in base64,"
                + " such as 'openssl rand -hex " + BYTES + "' prints: this holds something else");
    }

    private static ConfigException refusal(Path file, String allowed) {
        return new ConfigException(SETTING, file, allowed);
    }

    private static String id(byte[] bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(ID_LABEL);
            return HexFormat.of().formatHex(digest.digest(bytes), 0, ID_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Names the key and gives nothing of it away: 16 hexadecimal digits of a hash. Stored beside what it seals. */
    public String id() {
        return id;
    }

    byte[] bytes() {
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MasterKey key && MessageDigest.isEqual(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Shows the id alone. */
    @Override
    public String toString() {
        return "MasterKey[" + id + "]";
    }
}
