package io.heliograph.cli;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Lists a server's endpoints. */
@Command(
        name = "endpoints",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = "Lists a server's endpoints: id, state, URL, topics, and why it is not active.")
final class WebhookEndpointsCommand implements Callable<Integer> {

    private static final String PAGE = "/v1/endpoints?limit=200";

    private final Console console;

    @Mixin
    ServerOptions server = new ServerOptions();

    @Option(names = "--json", description = "Prints an object each.")
    boolean isJson;

    WebhookEndpointsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (ApiClient client = server.open()) {
            Optional<String> cursor = Optional.of("");
            while (cursor.isPresent()) {
                ApiReply reply = client.send("GET", PAGE + (cursor.get().isEmpty() ? "" : "&cursor=" + ApiClient.segment(cursor.get())));
                if (!reply.isOk()) {
                    return ApiOutput.refused(reply, console, "webhook endpoints");
                }
                JsonNode page = reply.json();
                for (JsonNode endpoint : page.path("items")) {
                    ApiOutput.line(console, isJson ? endpoint.toString() : line(endpoint));
                }
                cursor = Optional.of(page.path("next").asString("")).filter(next -> !next.isEmpty());
            }
        }
        console.out().flush();
        return ExitCode.OK;
    }

    private static String line(JsonNode endpoint) {
        String topics = endpoint.path("topics").values().stream().map(topic -> topic.asString("")).collect(Collectors.joining(","));
        String reason = endpoint.path("reason").asString("");
        return endpoint.path("id").asString("") + "  " + endpoint.path("state").asString("") + "  " + endpoint.path("url").asString("") + "  "
                + topics + (reason.isEmpty() ? "" : "  (" + reason + ")");
    }
}
