package io.heliograph.cli;

import io.heliograph.ConfigException;
import io.heliograph.TransportException;
import io.heliograph.server.ApiKey;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which server a command talks to, and by which key. */
final class ServerOptions {

    private static final String DEFAULT_URL = "http://127.0.0.1:8080";
    private static final String FIRST_KEY_FILE = "api-key";

    @Option(names = "--server", paramLabel = "URL", description = "The server, as 'serve' prints it; " + DEFAULT_URL + " if left out.")
    Optional<String> server = Optional.empty();

    @Option(names = "--key", paramLabel = "KEY",
            description = "A key of it; if left out, the one in " + ServeCommand.API_KEY + ", else the one in the data folder. Others can see an argument.")
    Optional<String> key = Optional.empty();

    @Option(names = "--data", paramLabel = "DIR", description = "The server's data folder; ~/.heliograph/serve if left out.")
    Optional<String> data = Optional.empty();

    /** A client for the server that is meant. */
    ApiClient open() {
        return open(System.getenv());
    }

    ApiClient open(Map<String, String> environment) {
        Optional<String> shown = key.or(() -> Optional.ofNullable(environment.get(ServeCommand.API_KEY)));
        return new ApiClient(url(), shown.isPresent() ? shown.map(ApiKey::parse) : keyOfFolder());
    }

    private URI url() {
        String text = server.orElse(DEFAULT_URL);
        try {
            URI url = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            boolean isHttp = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (isHttp && url.getHost() != null && url.getRawUserInfo() == null && url.getRawPath().isEmpty()) {
                return url;
            }
        } catch (URISyntaxException e) {
            // Said below.
        }
        throw new ConfigException("--server", text, "a server's URL without a path, such as " + DEFAULT_URL);
    }

    /** None is no fault: a server that was started with --dev asks for none. */
    private Optional<ApiKey> keyOfFolder() {
        Path file = DataFolder.of(data, false).resolve(FIRST_KEY_FILE);
        try {
            return Files.exists(file) ? Optional.of(ApiKey.parse(Files.readString(file).strip())) : Optional.empty();
        } catch (IOException e) {
            throw new TransportException("the key in " + file + " cannot be read", e);
        }
    }
}
