package io.heliograph.testkit;

import io.heliograph.ConfigException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** An {@link ImpairedLink} that is told what to do line by line. One use only: {@link #run} once. */
final class ImpairedLinkProcess {

    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private final BufferedReader in;
    private final PrintStream out;
    private final PrintStream err;

    ImpairedLinkProcess(InputStream in, PrintStream out, PrintStream err) {
        this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        this.out = out;
        this.err = err;
    }

    /** Runs until the input ends or the duration is over; returns the exit code. */
    int run(String... arguments) {
        ImpairedLinkArguments.Asked asked;
        try {
            asked = ImpairedLinkArguments.parse(arguments);
        } catch (ConfigException | IllegalArgumentException e) {
            err.println("impaired link: " + e.getMessage());
            return USAGE;
        }
        try {
            ImpairedLink link = ImpairedLink.open(asked.config());
            try {
                serve(link, asked.duration());
            } finally {
                link.close();
            }
            say(link.counts().toJson());
            return OK;
        } catch (UncheckedIOException | IllegalStateException e) {
            err.println("impaired link: " + e.getMessage());
            return FAILED;
        }
    }

    private void serve(ImpairedLink link, Optional<Duration> duration) {
        say("{\"role\":\"link\",\"listening\":\"" + link.localAddress().getAddress().getHostAddress() + ":"
                + link.localAddress().getPort() + "\"}");
        if (duration.isPresent()) {
            Thread.ofPlatform().daemon().name("heliograph-impaired-link commands").start(() -> obey(link));
            await(duration.get());
        } else {
            obey(link);
        }
    }

    private void obey(ImpairedLink link) {
        try {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                switch (line.strip()) {
                    case "cut forward" -> link.cut(ImpairedLink.Direction.FORWARD);
                    case "cut back" -> link.cut(ImpairedLink.Direction.BACK);
                    case "heal forward" -> link.heal(ImpairedLink.Direction.FORWARD);
                    case "heal back" -> link.heal(ImpairedLink.Direction.BACK);
                    case "counts" -> { }
                    default -> err.println("impaired link: command " + line
                            + ": allowed are cut forward, cut back, heal forward, heal back, counts");
                }
                say(link.counts().toJson());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("read commands", e);
        }
    }

    private static void await(Duration duration) {
        try {
            boolean isTold = new CountDownLatch(1).await(duration.toNanos(), TimeUnit.NANOSECONDS);
            assert !isTold;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }
}
