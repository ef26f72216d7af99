package io.heliograph.cli;

import io.heliograph.time.WallClock;
import io.heliograph.webhook.MessageId;
import io.heliograph.webhook.Signer;
import io.heliograph.webhook.Verification;
import io.heliograph.webhook.VerifyingKey;
import io.heliograph.webhook.WebhookVerifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Verifies a signed body. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = "Tells whether BODY, else standard input as it stands, was signed by the holder of the key.",
        footer = {
            "",
            "Exit code 0 if it was, else 1.",
        })
final class WebhookVerifyCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(index = "0", arity = "0..1", paramLabel = "BODY", description = "What was signed, byte by byte.")
    Optional<String> body = Optional.empty();

    @Option(names = "--secret", paramLabel = "KEY", description = "whsec_... or whpk_...; repeated, one is enough.")
    List<String> secrets = new ArrayList<>();

    @Option(names = "--id", paramLabel = "ID", required = true, description = "The header webhook-id.")
    String id = "";

    @Option(names = "--timestamp", paramLabel = "SECONDS", required = true, description = "The header webhook-timestamp.")
    String timestamp = "";

    @Option(names = "--signature", paramLabel = "SIGNATURES", required = true, description = "The header webhook-signature.")
    String signature = "";

    @Option(names = "--tolerance", paramLabel = "D", description = "How old it may be, such as 10m; 300s if left out.")
    Optional<String> tolerance = Optional.empty();

    @Option(names = "--any-age", description = "However old it is.")
    boolean isOfAnyAge;

    WebhookVerifyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        VerifyingKey[] keys = WebhookInput.keys(secrets, System.getenv(), VerifyingKey::parse).toArray(VerifyingKey[]::new);
        if (keys.length == 0) {
            throw WebhookInput.noKey();
        }
        WebhookVerifier verifier = WebhookVerifier.of(keys).withClock(isOfAnyAge ? atSigning() : WallClock.SYSTEM);
        if (tolerance.isPresent()) {
            verifier = verifier.withTolerance(Arguments.positive("--tolerance", tolerance.get()));
        }
        byte[] signed = WebhookInput.body(body, console, "webhook verify");
        Map<String, List<String>> headers = Map.of(Signer.ID, List.of(id), Signer.TIMESTAMP, List.of(timestamp),
                Signer.SIGNATURE, List.of(signature));
        return switch (verifier.verify(headers, signed)) {
            case Verification.Verified(MessageId message, Instant attempt) -> {
                console.out().write(("verified: " + message + " of " + attempt + "\n").getBytes(StandardCharsets.UTF_8));
                console.out().flush();
                yield ExitCode.OK;
            }
            case Verification.Refused(var reason, String detail) -> {
                console.messages().line("webhook verify: refused, " + reason + ": " + detail);
                yield ExitCode.FAILED;
            }
        };
    }

    /** A clock that shows the time of signing; what is no time is the verifier's to refuse. */
    private WallClock atSigning() {
        long seconds = timestamp.matches("[0-9]{1,9}|[1-8][0-9]{9}") ? Long.parseLong(timestamp) : 0;
        return () -> seconds * 1_000_000_000L;
    }
}
