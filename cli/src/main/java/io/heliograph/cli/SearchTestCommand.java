package io.heliograph.cli;

import io.heliograph.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Tries a query on events. */
@Command(
        name = "test",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = "Tries a query on the latest events, or on some from standard input: which match, and why others do not.",
        footer = {
            "",
            "A line for each event: 'match' or 'no', its topic and id, and the clauses that",
            "matched, or that speak against it. Saves and delivers nothing.",
        })
final class SearchTestCommand implements Callable<Integer> {

    private static final int MAX_INPUT_BYTES = 1 << 20;

    private final Console console;

    @Mixin
    ServerOptions server = new ServerOptions();

    @Parameters(index = "0", paramLabel = "QUERY", description = "Such as 'title:garden AND price:[* TO 250000]'.")
    String query = "";

    @Option(names = "--last", paramLabel = "N", description = "How many of the latest events; 100 if left out.")
    Optional<String> last = Optional.empty();

    @Option(names = "--stdin", description = "Reads events instead, CloudEvents in JSON, one a line.")
    boolean readsInput;

    @Option(names = "--topic", paramLabel = "FILTER", description = "Among the events of which topics; all if left out; may be repeated.")
    List<String> topics = new ArrayList<>();

    @Option(names = "--language", paramLabel = "CODE", description = "Of the words in it, such as ru.")
    Optional<String> language = Optional.empty();

    @Option(names = "--json", description = "Prints an object each.")
    boolean isJson;

    SearchTestCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        byte[] request = request().toString().getBytes(StandardCharsets.UTF_8);
        try (ApiClient client = server.open()) {
            ApiReply reply = client.send("POST", "/v1/searches:test", request, ApiClient.JSON);
            if (!reply.isOk()) {
                return ApiOutput.refused(reply, console, "search test");
            }
            JsonNode result = reply.json();
            for (JsonNode event : result.path("events")) {
                ApiOutput.line(console, isJson ? event.toString() : line(event));
            }
            console.out().flush();
            console.messages().line("search test: " + result.path("matches").asLong(0) + " of " + result.path("tried").asLong(0) + " events match");
            return ExitCode.OK;
        }
    }

    private ObjectNode request() throws IOException {
        if (readsInput && last.isPresent()) {
            throw new ConfigException("--last", last.get(), "--last or --stdin, not both");
        }
        ObjectNode json = ApiReply.JSON.createObjectNode().put("query", query);
        last.ifPresent(text -> json.put("last", Arguments.count("--last", text)));
        language.ifPresent(code -> json.put("language", code));
        if (!topics.isEmpty()) {
            ArrayNode filters = json.putArray("topics");
            topics.forEach(filters::add);
        }
        if (readsInput) {
            ArrayNode events = json.putArray("events");
            for (String line : input().lines().filter(text -> !text.isBlank()).toList()) {
                events.add(event(line, events.size() + 1));
            }
        }
        return json;
    }

    private String input() throws IOException {
        byte[] input = console.in().readNBytes(MAX_INPUT_BYTES + 1);
        if (input.length > MAX_INPUT_BYTES) {
            throw new ConfigException("input", input.length + " bytes and more", "at most " + MAX_INPUT_BYTES);
        }
        return new String(input, StandardCharsets.UTF_8);
    }

    private static JsonNode event(String line, int number) {
        try {
            return ApiReply.JSON.readTree(line);
        } catch (JacksonException e) {
            throw new ConfigException("event " + number + " of the input", "no JSON", "CloudEvents in JSON, one a line");
        }
    }

    private static String line(JsonNode event) {
        JsonNode its = event.path("event");
        boolean isMatch = event.path("matches").asBoolean(false);
        var text = new StringBuilder(isMatch ? "match  " : "no     ").append(its.path("type").asString("")).append("  ")
                .append(its.path("id").asString(""));
        String before = isMatch ? "  by " : "  for want of ";
        if (isMatch) {
            for (JsonNode clause : event.path("clauses")) {
                if (clause.path("matches").asBoolean(false) && !clause.path("forbidden").asBoolean(false)) {
                    text.append(before).append(clause.path("clause").asString(""));
                    before = ", ";
                }
            }
        } else {
            for (JsonNode clause : event.path("failing")) {
                text.append(before).append(clause.asString(""));
                before = ", ";
            }
        }
        return text.toString();
    }
}
