package io.heliograph.cli;

import io.heliograph.ConfigException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Where {@code serve} keeps its files. Stateless. */
final class DataFolder {

    private DataFolder() {
    }

    /** The one that is named, else one in the user's own folder. */
    static Path of(Optional<String> named, boolean isDev) {
        String text = named.orElseGet(() -> Path.of(System.getProperty("user.home"), ".heliograph", isDev ? "dev" : "serve").toString());
        try {
            return Path.of(text).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new ConfigException("--data", text, "a folder");
        }
    }
}
