package io.heliograph.cli;

import io.heliograph.ConfigException;
import io.heliograph.server.ApiKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;

/** The keys of a data folder that {@code serve} has made. Stateless. */
final class KeyFile {

    private KeyFile() {
    }

    static ApiKeys open(Optional<String> data) {
        Path folder = DataFolder.of(data, false);
        if (!Files.isDirectory(folder)) {
            throw new ConfigException("--data", folder, "a folder that 'heliograph serve' has made");
        }
        return ApiKeys.in(folder, new SecureRandom());
    }
}
