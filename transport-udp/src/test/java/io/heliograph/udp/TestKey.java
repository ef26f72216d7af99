package io.heliograph.udp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Keys for tests, from files as they are for everybody. */
final class TestKey {

    private TestKey() {
    }

    /** The key whose bytes are all {@code number}. */
    static PresharedKey of(int number) {
        try {
            Path file = file(number);
            try {
                return PresharedKey.read(file.toString());
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file with it, which the caller deletes. */
    static Path file(int number) throws IOException {
        Path file = Files.createTempFile("heliograph", ".key");
        Files.writeString(file, "%02x".formatted(number).repeat(PresharedKey.BYTES));
        return file;
    }
}
