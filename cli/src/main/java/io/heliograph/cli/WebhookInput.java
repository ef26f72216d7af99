package io.heliograph.cli;

import io.heliograph.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What the webhook commands read: a body, and keys. Stateless. */
final class WebhookInput {

    static final String VARIABLE = "HELIOGRAPH_WEBHOOK_SECRET";

    private static final int MAX_BODY_BYTES = 16 << 20;

    private WebhookInput() {
    }

    /** The argument's bytes, else standard input to its end, byte by byte. */
    static byte[] body(Optional<String> argument, Console console, String name) throws IOException {
        if (argument.isPresent()) {
            return argument.get().getBytes(StandardCharsets.UTF_8);
        }
        if (console.terminal().input()) {
            console.messages().line(name + ": the body is what is typed, line breaks included; Ctrl-D ends");
        }
        byte[] body = console.in().readNBytes(MAX_BODY_BYTES + 1);
        if (body.length > MAX_BODY_BYTES) {
            throw new ConfigException("body on standard input", "more", "at most 16MiB");
        }
        return body;
    }

    /** The keys of the flags, else the one of the environment. */
    static <K> List<K> keys(List<String> flags, Map<String, String> environment, Function<String, K> parser) {
        if (!flags.isEmpty()) {
            return flags.stream().map(parser).toList();
        }
        return Optional.ofNullable(environment.get(VARIABLE)).map(parser).map(List::of).orElse(List.of());
    }

    static ConfigException noKey() {
        return new ConfigException("--secret", "", "a key, here or in the variable " + VARIABLE);
    }
}
