package io.heliograph.cli;

import io.heliograph.Notation;
import io.heliograph.demo.Demo;
import io.heliograph.demo.DemoConfig;
import io.heliograph.demo.DemoConfig.Generator;
import io.heliograph.demo.DemoConfig.StatusLine;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts the demo. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = "The whole house on one page: StatsD over UDP, aggregates, UDP multicast, the outbox, saved searches, signed webhooks.",
        footer = {
            "",
            "Without --port and --statsd-port the next free port from 8080 and 8125 on is taken;",
            "a port that is given and taken ends the program with exit code 3.",
        })
final class DemoCommand implements Callable<Integer> {

    private static final int MAX_PORT = 65_535;

    private final Console console;
    private final Stop stop;

    @Option(names = "--port", paramLabel = "N", description = "The page's port on 127.0.0.1; 0 takes a free one.")
    Optional<String> port = Optional.empty();

    @Option(names = "--statsd-port", paramLabel = "N", description = "Where metrics come in; 0 takes a free one.")
    Optional<String> statsdPort = Optional.empty();

    @Option(names = "--duration", paramLabel = "D", description = "Ends after so long, such as 30s; else Ctrl-C ends.")
    Optional<String> duration = Optional.empty();

    @Option(names = "--no-generator", description = "Makes no metrics of its own.")
    boolean isSilent;

    DemoCommand(Console console, Stop stop) {
        this.console = console;
        this.stop = stop;
    }

    @Override
    public Integer call() {
        Optional<Duration> length = duration.map(text -> Arguments.positive("--duration", text));
        var config = new DemoConfig(port("--port", port), port("--statsd-port", statsdPort), length,
                isSilent ? Generator.OFF : Generator.ON,
                console.terminal().errors() ? StatusLine.REWRITTEN : StatusLine.AT_END);
        var demo = new Demo(config, new PrintStream(console.out(), true, StandardCharsets.UTF_8), console.err());
        stop.onRequest(demo::stop);
        return demo.run();
    }

    private static OptionalInt port(String flag, Optional<String> text) {
        return text.map(number -> OptionalInt.of(Notation.integer(flag, number, 0, MAX_PORT))).orElse(OptionalInt.empty());
    }
}
