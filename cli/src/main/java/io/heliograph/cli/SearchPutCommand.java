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
import tools.jackson.databind.node.ObjectNode;

/** Saves a search. */
@Command(
        name = "put",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = "Saves a search, in place of the one of the same id, and prints it.",
        footer = {
            "",
            "Without QUERY the whole search is read from standard input, as JSON: when, throttle,",
            "digest and the rest are as in PUT /v1/searches/{id}.",
        })
final class SearchPutCommand implements Callable<Integer> {

    private static final int MAX_INPUT_BYTES = 1 << 20;

    private final Console console;

    @Mixin
    ServerOptions server = new ServerOptions();

    @Parameters(index = "0", paramLabel = "ID", description = "What it goes by.")
    String id = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "QUERY", description = "Such as 'title:garden AND price:[* TO 250000]'.")
    Optional<String> query = Optional.empty();

    @Option(names = "--topic", paramLabel = "FILTER", description = "Among the events of which topics; all if left out; may be repeated.")
    List<String> topics = new ArrayList<>();

    @Option(names = "--deliver", paramLabel = "TO", description = "endpoint:ID or address:NAME; may be repeated.")
    List<String> recipients = new ArrayList<>();

    @Option(names = "--tag", paramLabel = "TAG", description = "What 'list --tag' goes by; may be repeated.")
    List<String> tags = new ArrayList<>();

    @Option(names = "--language", paramLabel = "CODE", description = "Of the words in it, such as ru.")
    Optional<String> language = Optional.empty();

    SearchPutCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        byte[] search = query.isPresent() ? fromOptions(query.get()) : fromInput();
        try (ApiClient client = server.open()) {
            ApiReply reply = client.send("PUT", "/v1/searches/" + ApiClient.segment(id), search, ApiClient.JSON);
            return ApiOutput.print(reply, console, "search put");
        }
    }

    private byte[] fromOptions(String text) {
        ObjectNode json = ApiReply.JSON.createObjectNode().put("query", text);
        add(json, "topics", topics);
        add(json, "deliver", recipients);
        add(json, "tags", tags);
        language.ifPresent(code -> json.put("language", code));
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void add(ObjectNode json, String name, List<String> values) {
        if (!values.isEmpty()) {
            var array = json.putArray(name);
            values.forEach(array::add);
        }
    }

    private byte[] fromInput() throws IOException {
        boolean isMixed = !topics.isEmpty() || !recipients.isEmpty() || !tags.isEmpty() || language.isPresent();
        if (isMixed) {
            throw new ConfigException("QUERY", "(left out)", "one beside --topic, --deliver, --tag and --language");
        }
        byte[] input = console.in().readNBytes(MAX_INPUT_BYTES + 1);
        if (input.length > MAX_INPUT_BYTES) {
            throw new ConfigException("input", input.length + " bytes and more", "at most " + MAX_INPUT_BYTES);
        }
        return input;
    }
}
