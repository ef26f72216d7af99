package io.heliograph.cli;

import io.heliograph.Notation;
import io.heliograph.webhook.HttpHeader;
import io.heliograph.webhook.MessageId;
import io.heliograph.webhook.Signer;
import io.heliograph.webhook.SigningKey;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Signs a body. */
@Command(
        name = "sign",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = "Prints the three header lines that sign BODY, else standard input as it stands.")
final class WebhookSignCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(index = "0", arity = "0..1", paramLabel = "BODY", description = "What is signed.")
    Optional<String> body = Optional.empty();

    @Option(names = "--secret", paramLabel = "KEY", description = "whsec_... or whsk_...; repeated, each key signs.")
    List<String> secrets = new ArrayList<>();

    @Option(names = "--id", paramLabel = "ID", description = "The message's id; a new one if left out.")
    Optional<String> id = Optional.empty();

    @Option(names = "--timestamp", paramLabel = "SECONDS", description = "Since 1970; now if left out.")
    Optional<String> timestamp = Optional.empty();

    @Option(names = "--json", description = "Prints one JSON object.")
    boolean isJson;

    WebhookSignCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        List<SigningKey> keys = WebhookInput.keys(secrets, System.getenv(), SigningKey::parse);
        if (keys.isEmpty()) {
            throw WebhookInput.noKey();
        }
        MessageId message = id.map(MessageId::new).orElseGet(() -> MessageId.generate(new SecureRandom()));
        Instant at = timestamp.map(text -> Instant.ofEpochSecond(Notation.integer("--timestamp", text, 0, Integer.MAX_VALUE)))
                .orElseGet(Instant::now);
        byte[] signed = WebhookInput.body(body, console, "webhook sign");
        List<HttpHeader> headers = Signer.of(keys).sign(message, at, signed);
        String output = isJson ? json(headers)
                : headers.stream().map(header -> header.name() + ": " + header.value()).collect(Collectors.joining("\n"));
        console.out().write((output + "\n").getBytes(StandardCharsets.UTF_8));
        console.out().flush();
        return ExitCode.OK;
    }

    private static String json(List<HttpHeader> headers) {
        var text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            headers.forEach(header -> json.writeStringProperty(header.name(), header.value()));
            json.writeEndObject();
        }
        return text.toString();
    }
}
