package io.heliograph.cli;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Lists the saved searches. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = "Lists the saved searches: id, matches, and query.")
final class SearchListCommand implements Callable<Integer> {

    private static final String PAGE = "/v1/searches?limit=200";

    private final Console console;

    @Mixin
    ServerOptions server = new ServerOptions();

    @Option(names = "--tag", paramLabel = "TAG", description = "Those that have it.")
    Optional<String> tag = Optional.empty();

    @Option(names = "--json", description = "Prints an object each.")
    boolean isJson;

    SearchListCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        String path = PAGE + tag.map(text -> "&tag=" + ApiClient.segment(text)).orElse("");
        try (ApiClient client = server.open()) {
            Optional<String> cursor = Optional.of("");
            while (cursor.isPresent()) {
                ApiReply reply = client.send("GET", path + "&cursor=" + ApiClient.segment(cursor.get()));
                if (!reply.isOk()) {
                    return ApiOutput.refused(reply, console, "search list");
                }
                JsonNode page = reply.json();
                for (JsonNode search : page.path("items")) {
                    ApiOutput.line(console, isJson ? search.toString() : line(search));
                }
                cursor = Optional.of(page.path("next").asString("")).filter(next -> !next.isEmpty());
            }
        }
        console.out().flush();
        return ExitCode.OK;
    }

    private static String line(JsonNode search) {
        JsonNode query = search.path("query");
        return search.path("id").asString("") + "  " + search.path("statistics").path("matches").asLong(0) + "  "
                + (query.isString() ? query.stringValue() : query.toString());
    }
}
