package io.heliograph.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's lines of curl on saved searches, run by a shell as they stand, but for the ports. */
class ReadmeSavedSearchTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern SECTION = Pattern.compile("### Saved searches\n(.*?)\n##", Pattern.DOTALL);
    /** A prompt, the command, and its lines that go on behind a backslash. */
    private static final Pattern COMMAND = Pattern.compile("^\\$ (curl (?:[^\n]*\\\\\n)*[^\n]*)$", Pattern.MULTILINE);

    @TempDir
    Path folder;

    private final Children children = new Children();

    @AfterEach
    void endChildren() {
        children.close();
    }

    @Test
    void theLinesOfCurlDoWhatTheyPromise() throws Exception {
        assumeThat(isThereCurl()).as("curl is installed").isTrue();
        List<String> lines = commands();
        assertThat(lines).hasSize(5);
        Child listener = children.start(folder, "webhook", "listen", "--port", "0");
        Child serve = children.start(folder, "serve", "--dev", "--port", "0", "--data", folder.resolve("data").toString());
        listener.awaitMessage("ready at ");
        await().atMost(PATIENCE).until(() -> Files.readString(serve.output()).contains("\n"));
        String hook = portOf(listener.messages().getFirst());
        String api = portOf(serve.lines().getFirst());

        assertThat(run(lines.get(0), api, hook)).startsWith("{\"id\":\"ep_").contains("\"secret\":\"whsec_");
        assertThat(run(lines.get(1), api, hook)).startsWith("{\"id\":\"gardens\",\"query\":");
        assertThat(run(lines.get(2), api, hook)).contains("\"novelty\":\"new\"");
        await().atMost(PATIENCE).until(() -> Files.readString(listener.output()).contains("heliograph.alert"));
        assertThat(run(lines.get(3), api, hook)).contains("\"type\":\"heliograph.alert\"", "\"search\":\"gardens\"");
        assertThat(run(lines.get(4), api, hook)).contains("\"statistics\":{\"matches\":1,\"alerts\":1,");
    }

    private static boolean isThereCurl() throws IOException, InterruptedException {
        return new ProcessBuilder("sh", "-c", "command -v curl").redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
    }

    private static List<String> commands() throws IOException {
        Path readme = Path.of("README.md");
        Matcher section = SECTION.matcher(Files.readString(Files.exists(readme) ? readme : Path.of("..").resolve(readme)));
        assertThat(section.find()).isTrue();
        return COMMAND.matcher(section.group(1)).results().map(result -> result.group(1)).toList();
    }

    private static String portOf(String line) {
        Matcher port = Pattern.compile("127\\.0\\.0\\.1:([0-9]+)").matcher(line);
        assertThat(port.find()).as(line).isTrue();
        return port.group(1);
    }

    private static String run(String command, String api, String hook) throws IOException, InterruptedException {
        Process shell = new ProcessBuilder("sh", "-c", command.replace(":8080", ":" + api).replace(":8787", ":" + hook))
                .redirectErrorStream(true).start();
        String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(shell.exitValue()).as(output).isZero();
        return output;
    }
}
