package io.heliograph.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One command in this process, with streams of its own. */
final class Invocation {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Stop stop = new Stop();
    private final CompletableFuture<Integer> code = new CompletableFuture<>();

    private Invocation() {
    }

    /** Runs a command to its end, without input. */
    static Invocation of(String... arguments) {
        return start(arguments).finish();
    }

    /** Runs a command to its end on lines of input. */
    static Invocation withInput(String input, String... arguments) {
        return withInput(input.getBytes(StandardCharsets.UTF_8), arguments);
    }

    /** Runs a command to its end on bytes of input. */
    static Invocation withInput(byte[] input, String... arguments) {
        var invocation = new Invocation();
        return invocation.run(new ByteArrayInputStream(input), invocation.out, Terminal.NONE, arguments).finish();
    }

    /** Starts a command without input. */
    static Invocation start(String... arguments) {
        var invocation = new Invocation();
        return invocation.run(InputStream.nullInputStream(), invocation.out, Terminal.NONE, arguments);
    }

    /** Starts a command that reads from {@code in}. */
    static Invocation startOn(InputStream in, String... arguments) {
        var invocation = new Invocation();
        return invocation.run(in, invocation.out, Terminal.NONE, arguments);
    }

    /** Starts a command that writes to {@code sink}. */
    static Invocation startInto(OutputStream sink, String... arguments) {
        return new Invocation().run(InputStream.nullInputStream(), sink, Terminal.NONE, arguments);
    }

    /** Starts a command before a person at {@code terminal}. */
    static Invocation startAt(Terminal terminal, String... arguments) {
        var invocation = new Invocation();
        return invocation.run(InputStream.nullInputStream(), invocation.out, terminal, arguments);
    }

    private Invocation run(InputStream in, OutputStream sink, Terminal terminal, String... arguments) {
        var console = new Console(in, sink, new PrintStream(err, true, StandardCharsets.UTF_8), terminal);
        Thread.ofPlatform().daemon().name("invocation " + String.join(" ", arguments)).start(() -> {
            try {
                code.complete(Program.run(console, stop, arguments));
            } catch (Throwable thrown) {
                code.completeExceptionally(thrown);
            }
        });
        return this;
    }

    /** Waits until it says so on standard error. */
    Invocation awaitMessage(String text) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(2)).until(() -> errors().contains(text));
        return this;
    }

    /** Sends it what a signal would. */
    Invocation stop(Stop.Cause cause) {
        stop.request(cause);
        return this;
    }

    /** Waits for its end. */
    Invocation finish() {
        code();
        return this;
    }

    boolean isFinished() {
        return code.isDone();
    }

    int code() {
        return code.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    String output() {
        return out.toString(StandardCharsets.UTF_8);
    }

    List<String> lines() {
        return output().lines().toList();
    }

    String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }

    List<String> messages() {
        return errors().lines().toList();
    }

    /** The last line on standard error, which is a ledger that closes. */
    String ledger() {
        String last = messages().getLast();
        assertThat(last).startsWith("ledger: {").endsWith(",\"difference\":0}");
        return last;
    }
}
