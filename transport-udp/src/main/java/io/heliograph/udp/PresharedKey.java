package io.heliograph.udp;

import io.heliograph.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;

/**
 * The key that a group's members share, read from a file: {@value #BYTES} bytes as 64 hexadecimal digits or in base64.
 * Immutable and thread-safe; shows itself nowhere.
 */
public final class PresharedKey {

    /** How long a key is. */
    public static final int BYTES = 32;

    private static final int MOST_FILE_BYTES = 1024;
    private static final String SETTING = "key-file";
    private static final Set<PosixFilePermission> OWNERS = EnumSet.of(PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private final byte[] bytes;

    private PresharedKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Reads the key in a file that its owner alone may use; where the file system knows no permissions of POSIX, that is
     * not looked at.
     *
     * @throws ConfigException if there is no such file, others may use it, or it holds no key: the message says which,
     *                         and nothing of what the file holds
     */
    public static PresharedKey read(String path) {
        try {
            Path file = Path.of(path);
            if (!Files.isRegularFile(file)) {
                throw refusal(path, "an ordinary file: " + (Files.exists(file) ? "this is none" : "there is none here"));
            }
            PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
            if (view != null) {
                requireOwnersAlone(path, view.readAttributes().permissions());
            }
            try (InputStream in = Files.newInputStream(file)) {
                return parse(path, in.readNBytes(MOST_FILE_BYTES + 1));
            }
        } catch (NoSuchFileException | InvalidPathException e) {
            throw refusal(path, "an ordinary file: there is none here");
        } catch (IOException e) {
            throw refusal(path, "a file that can be read: " + e);
        }
    }

    private static void requireOwnersAlone(String path, Set<PosixFilePermission> permissions) {
        if (!OWNERS.containsAll(permissions)) {
            throw refusal(path, "a file that its owner alone may use, as after 'chmod 600': this one is "
                    + PosixFilePermissions.toString(permissions));
        }
    }

    private static PresharedKey parse(String path, byte[] content) {
        String text = new String(content, StandardCharsets.ISO_8859_1).strip();
        try {
            byte[] key = text.length() == 2 * BYTES ? HexFormat.of().parseHex(text) : Base64.getDecoder().decode(text);
            if (key.length == BYTES && content.length <= MOST_FILE_BYTES) {
                return new PresharedKey(key);
            }
        } catch (IllegalArgumentException e) {
            // Reported below, without what the decoder says of the content.
        }
        throw refusal(path, "a file that holds " + BYTES + " bytes, as " + 2 * BYTES + " hexadecimal digits or in base64,"
                + " such as 'openssl rand -hex " + BYTES + "' prints: this one holds something else");
    }

    private static ConfigException refusal(String path, String allowed) {
        return new ConfigException(SETTING, path, allowed);
    }

    /** A copy of the key. */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PresharedKey key && MessageDigest.isEqual(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Says that it is one, and nothing else. */
    @Override
    public String toString() {
        return "PresharedKey[hidden]";
    }
}
