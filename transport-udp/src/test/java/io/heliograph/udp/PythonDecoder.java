package io.heliograph.udp;

import io.heliograph.testkit.ChildProcess;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** The second implementation of the wire: {@code decode.py}, which needs nothing but {@code python3}. */
final class PythonDecoder {

    private static final Duration SOON = Duration.ofSeconds(60);

    /** Maven runs tests in the module's folder. */
    private static final Path FOLDER = Path.of("src", "test", "python");

    private PythonDecoder() {
    }

    /** What a script wrote. */
    record Output(int code, List<String> lines, List<String> errors) {

        /** Lines that tell of events, in order. */
        List<NetReport> events() {
            return lines.stream().map(NetReport::parse).filter(line -> line.fields().containsKey("sequence")).toList();
        }

        /** Lines that tell of gaps, in order. */
        List<NetReport> gaps() {
            return lines.stream().map(NetReport::parse).filter(line -> line.fields().containsKey("gap")).toList();
        }
    }

    /** Leaves the test out, as not run, where there is no {@code python3}: a build needs none. */
    static void requirePython() {
        try (var version = ChildProcess.start(List.of("python3", "--version"))) {
            Assumptions.assumeTrue(version.awaitEnd(SOON) == 0, "python3 --version fails");
        } catch (UncheckedIOException e) {
            Assumptions.abort("python3 is missing: it is in the Debian package python3");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Decodes a capture; {@code flags} such as {@code --from-start}. */
    static Output decode(Path capture, String... flags) throws InterruptedException {
        var arguments = new ArrayList<>(List.of(flags));
        arguments.add(capture.toString());
        return run("decode.py", arguments);
    }

    /** Runs a script of the folder; compiled files are not left beside it. */
    static Output run(String script, List<String> arguments) throws InterruptedException {
        var command = new ArrayList<>(List.of("python3", "-B", FOLDER.resolve(script).toString()));
        command.addAll(arguments);
        try (var python = ChildProcess.start(command)) {
            int code = python.awaitEnd(SOON);
            return new Output(code, python.lines(), python.errors());
        }
    }
}
