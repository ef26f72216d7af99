package io.heliograph.zmq;

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
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The keys in a file: one a line, 40 characters of Z85; what follows a space or a tab is a comment, and so is a line that
 * begins with one or with {@code "# "}.
 *
 * @param keys in the order of the file; not to be changed
 */
record KeyFile(List<byte[]> keys) {

    private static final int MOST_BYTES = 1 << 20;
    private static final Set<PosixFilePermission> OWNERS = EnumSet.of(PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);
    private static final Set<PosixFilePermission> READERS = EnumSet.of(PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE, PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_EXECUTE);

    KeyFile {
        keys = List.copyOf(keys);
    }

    /**
     * Reads secret keys, in a file that its owner alone may use.
     *
     * @throws ConfigException naming {@code setting}, and nothing of what the file holds
     */
    static KeyFile secret(String setting, String path) {
        return read(setting, path, OWNERS, "a file that its owner alone may use, as after 'chmod 600'");
    }

    /**
     * Reads public keys, in a file that its owner alone may change.
     *
     * @throws ConfigException naming {@code setting}
     */
    static KeyFile open(String setting, String path) {
        return read(setting, path, READERS, "a file that its owner alone may change, as after 'chmod 644'");
    }

    private static KeyFile read(String setting, String path, Set<PosixFilePermission> allowed, String what) {
        try {
            Path file = Path.of(path);
            if (!Files.isRegularFile(file)) {
                throw new ConfigException(setting, path, "an ordinary file: " + (Files.exists(file) ? "this is none" : "there is none here"));
            }
            PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
            if (view != null && !allowed.containsAll(view.readAttributes().permissions())) {
                throw new ConfigException(setting, path,
                        what + ": this one is " + PosixFilePermissions.toString(view.readAttributes().permissions()));
            }
            try (InputStream in = Files.newInputStream(file)) {
                return parse(setting, path, in.readNBytes(MOST_BYTES + 1));
            }
        } catch (NoSuchFileException | InvalidPathException e) {
            throw new ConfigException(setting, path, "an ordinary file: there is none here");
        } catch (IOException e) {
            throw new ConfigException(setting, path, "a file that can be read: " + e);
        }
    }

    private static KeyFile parse(String setting, String path, byte[] content) {
        if (content.length > MOST_BYTES) {
            throw new ConfigException(setting, path, "a file of at most " + MOST_BYTES + " bytes");
        }
        var keys = new ArrayList<byte[]>();
        int number = 0;
        for (String line : new String(content, StandardCharsets.ISO_8859_1).lines().toList()) {
            number++;
            String word = line.split("[ \t]", 2)[0];
            if (word.isEmpty() || word.equals("#")) {
                continue;
            }
            int place = number;
            keys.add(Z85.decode(word, ZmqKeys.BYTES).orElseThrow(() -> new ConfigException(setting, path,
                    "a key a line, 40 characters of Z85: line " + place + " is none")));
        }
        return new KeyFile(keys);
    }
}
