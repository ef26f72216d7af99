package io.heliograph.store;

import io.heliograph.testkit.ChildProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A JVM that is started to be killed. It says {@code ack N.} once what has number N is on disk. Other rooms' tests may use it too. */
public final class CrashingProcess implements AutoCloseable {

    /** For so long a test waits for what it says, or for its end. */
    public static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Pattern ACKNOWLEDGED = Pattern.compile("ack (\\d+)\\.");

    private final ChildProcess process;

    private CrashingProcess(ChildProcess process) {
        this.process = process;
    }

    /** Starts one by its {@link #command}. */
    public static CrashingProcess start(Class<?> main, Path scratch, String... arguments) {
        return new CrashingProcess(ChildProcess.start(command(main, scratch, arguments)));
    }

    /**
     * The command that starts a class of the test's own class path.
     *
     * @param scratch where SQLite's driver puts its library, which a process that is killed leaves behind
     */
    public static List<String> command(Class<?> main, Path scratch, String... arguments) {
        var command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java"),
                "--enable-native-access=ALL-UNNAMED", "-Dorg.sqlite.tmpdir=" + scratch, "-Dslf4j.internal.verbosity=ERROR",
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m", "-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Waits until it has said so many lines. */
    public void awaitLines(int lines) throws InterruptedException {
        process.awaitLine(lines, line -> true, PATIENCE);
    }

    /**
     * Kills it, as {@code kill -9} does.
     *
     * @return the numbers that it had acknowledged; its last line may be cut off
     */
    public Set<Long> kill() throws InterruptedException {
        ProcessHandle.of(process.pid()).orElseThrow().destroyForcibly();
        process.awaitEnd(PATIENCE);
        return process.lines().stream().map(ACKNOWLEDGED::matcher).filter(Matcher::matches).map(ack -> Long.valueOf(ack.group(1)))
                .collect(Collectors.toSet());
    }

    @Override
    public void close() {
        process.close();
    }
}
