package io.heliograph.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process that a test has started.
 *
 * @param process the process
 * @param output  the file that its standard output goes to
 * @param errors  the file that its standard error goes to
 */
record Child(Process process, Path output, Path errors) {

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** Waits until it says so on standard error. */
    void awaitMessage(String text) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> Files.readString(errors).contains(text));
    }

    /** Waits until it has a thread of that name. */
    void awaitThread(String name) {
        Path tasks = Path.of("/proc", Long.toString(process.pid()), "task");
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> {
            try (var threads = Files.list(tasks)) {
                return threads.anyMatch(thread -> isNamed(thread.resolve("comm"), name));
            }
        });
    }

    private static boolean isNamed(Path comm, String name) {
        try {
            // The kernel keeps 15 characters of a name.
            return Files.readString(comm).trim().equals(name.substring(0, Math.min(15, name.length())));
        } catch (IOException e) {
            return false;
        }
    }

    /** Gives it input. */
    void type(String text) throws IOException {
        process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Sends it a signal. */
    void signal(String name) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
        assertThat(code).as("kill -%s", name).isZero();
    }

    /** Waits for its end. */
    int exitCode() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).as("ended in time").isTrue();
        return process.exitValue();
    }

    List<String> messages() throws IOException {
        return Files.readAllLines(errors, StandardCharsets.UTF_8);
    }

    List<String> lines() throws IOException {
        return Files.readAllLines(output, StandardCharsets.UTF_8);
    }

    /** Ends it and whatever it has started, if they still run. */
    void end() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
