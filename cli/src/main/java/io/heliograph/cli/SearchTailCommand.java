package io.heliograph.cli;

import io.heliograph.TransportException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Prints alerts as they are given. */
@Command(
        name = "tail",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = "Prints alerts as they are given: the search, and the event that it found.",
        footer = {
            "",
            "Ends with --count, with Ctrl-C, or when the server does. What was missed because the",
            "output could not keep up is a line on standard error.",
        })
final class SearchTailCommand implements Callable<Integer> {

    private static final String DATA = "data: ";
    private static final String KIND = "event: ";

    private final Console console;
    private final Stop stop;

    @Mixin
    ServerOptions server = new ServerOptions();

    @Parameters(index = "0", arity = "0..1", paramLabel = "ID", description = "Of which search; of all if left out.")
    Optional<String> id = Optional.empty();

    @Option(names = "--count", paramLabel = "N", description = "Ends after so many alerts.")
    Optional<String> count = Optional.empty();

    @Option(names = "--json", description = "Prints the alerts' CloudEvents.")
    boolean isJson;

    SearchTailCommand(Console console, Stop stop) {
        this.console = console;
        this.stop = stop;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Optional<Long> most = count.map(text -> Arguments.count("--count", text));
        try (ApiClient client = server.open()) {
            HttpResponse<InputStream> stream = client.stream("/v1/alerts/stream");
            try (InputStream body = stream.body()) {
                if (stream.statusCode() != 200) {
                    var reply = new ApiReply(stream.statusCode(), new String(body.readAllBytes(), StandardCharsets.UTF_8));
                    return ApiOutput.refused(reply, console, "search tail");
                }
                stop.onRequest(client::close);
                return follow(new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8)), most);
            }
        }
    }

    private int follow(BufferedReader lines, Optional<Long> most) throws IOException {
        long printed = 0;
        String kind = "";
        while (most.isEmpty() || printed < most.get()) {
            String line = next(lines);
            if (line.startsWith(KIND)) {
                kind = line.substring(KIND.length());
            } else if (line.startsWith(": open")) {
                console.messages().line("search tail: listening" + id.map(search -> " for " + search).orElse(""));
            } else if (line.startsWith(DATA)) {
                printed += take(kind, line.substring(DATA.length())) ? 1 : 0;
                kind = "";
            } else if (line.equals(END)) {
                return ended();
            }
        }
        return ExitCode.OK;
    }

    /** No line of a stream is this. */
    private static final String END = "\n";

    private String next(BufferedReader lines) throws IOException {
        try {
            String line = lines.readLine();
            return line == null ? END : line;
        } catch (IOException e) {
            if (stop.isRequested()) {
                return END;
            }
            throw new TransportException("the server's stream broke off", e);
        }
    }

    private int ended() {
        if (stop.isRequested()) {
            return ExitCode.OK;
        }
        console.messages().line("search tail: the server has ended the stream");
        return ExitCode.FAILED;
    }

    /** Prints an alert; says whether it was one that was asked for. */
    private boolean take(String kind, String json) throws IOException {
        JsonNode alert = new ApiReply(200, json).json();
        if (!kind.isEmpty()) {
            console.messages().line("search tail: " + kind + " " + alert.path("data"));
            return false;
        }
        String search = alert.path("data").path("search").asString("");
        if (id.filter(wanted -> !wanted.equals(search)).isPresent()) {
            return false;
        }
        ApiOutput.line(console, isJson ? json : search + "  " + shown(alert.path("data")));
        console.out().flush();
        return true;
    }

    private static String shown(JsonNode data) {
        JsonNode event = data.path("event");
        return event.isMissingNode() ? data.toString() : event.path("type").asString("") + "  " + event.path("data");
    }
}
