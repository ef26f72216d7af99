package io.heliograph.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** A short command of the operating system, run to its end. Stateless. */
final class SystemCommand {

    private static final List<String> FOLDERS = Stream.concat(
            Stream.of("/usr/sbin", "/sbin", "/usr/bin", "/bin"),
            Arrays.stream(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":"))).distinct().toList();

    private SystemCommand() {
    }

    /** Where {@code program} is, also if it is one for administrators and they are not on the path. */
    static Optional<Path> find(String program) {
        return FOLDERS.stream().map(folder -> Path.of(folder, program)).filter(Files::isExecutable).findFirst();
    }

    /** @throws IllegalStateException if {@code program} is missing; the message names the Debian package that has it */
    static String require(String program, String debianPackage) {
        return find(program).map(Path::toString).orElseThrow(() -> new IllegalStateException("the command " + program
                + " is missing: it is in the Debian package " + debianPackage + " (apt-get install " + debianPackage + ")"));
    }

    /**
     * Runs {@code command} with {@code input} and returns what it wrote to standard output.
     *
     * @throws IllegalStateException if its exit code is not 0; the message has its errors
     */
    static String run(String input, List<String> command) {
        try {
            Process process = new ProcessBuilder(command).start();
            var errors = CompletableFuture.supplyAsync(() -> read(process.getErrorStream()),
                    task -> Thread.ofVirtual().start(task));
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String output = read(process.getInputStream());
            int code = process.waitFor();
            if (code != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": exit code " + code + ": "
                        + errors.join().strip() + (input.isEmpty() ? "" : "; its input was\n" + input));
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", command) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(String.join(" ", command) + ": interrupted", e);
        }
    }

    private static String read(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
