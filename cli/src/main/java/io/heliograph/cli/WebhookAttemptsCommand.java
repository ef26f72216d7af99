package io.heliograph.cli;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Lists what was tried at an endpoint. */
@Command(
        name = "attempts",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = "Lists the attempts at an endpoint, the latest first: id, when, what came of it, status, milliseconds, webhook-id.")
final class WebhookAttemptsCommand implements Callable<Integer> {

    private static final long LARGEST_PAGE = 200;
    private static final double MICROS_PER_MILLI = 1_000;

    private final Console console;

    @Mixin
    ServerOptions server = new ServerOptions();

    @Parameters(index = "0", paramLabel = "ENDPOINT", description = "Its id.")
    String endpoint = "";

    @Option(names = "--count", paramLabel = "N", description = "So many at most; 50 if left out.")
    String count = "50";

    @Option(names = "--json", description = "Prints an object each.")
    boolean isJson;

    WebhookAttemptsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        long left = Arguments.count("--count", count);
        String path = "/v1/endpoints/" + ApiClient.segment(endpoint) + "/attempts?limit=";
        try (ApiClient client = server.open()) {
            Optional<String> cursor = Optional.of("");
            while (cursor.isPresent() && left > 0) {
                String from = cursor.get().isEmpty() ? "" : "&cursor=" + ApiClient.segment(cursor.get());
                ApiReply reply = client.send("GET", path + Math.min(left, LARGEST_PAGE) + from);
                if (!reply.isOk()) {
                    return ApiOutput.refused(reply, console, "webhook attempts");
                }
                JsonNode page = reply.json();
                for (JsonNode attempt : page.path("items")) {
                    ApiOutput.line(console, isJson ? attempt.toString() : line(attempt));
                    left--;
                }
                cursor = Optional.of(page.path("next").asString("")).filter(next -> !next.isEmpty());
            }
        }
        console.out().flush();
        return ExitCode.OK;
    }

    private static String line(JsonNode attempt) {
        String status = attempt.has("status") ? attempt.path("status").asString("") : "-";
        String detail = attempt.path("detail").asString("");
        return attempt.path("id").asString("") + "  " + attempt.path("at").asString("") + "  " + attempt.path("outcome").asString("") + "  "
                + status + "  " + attempt.path("latency_us").asLong(0) / MICROS_PER_MILLI + " ms  " + attempt.path("webhook_id").asString("")
                + (detail.isEmpty() ? "" : "  (" + detail + ")");
    }
}
