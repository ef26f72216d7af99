package io.heliograph.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A {@link UdpChild}: a JVM that measures one side, task after task. For one thread; owns a daemon thread that reads what
 * the child says.
 */
final class ChildSession implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 60;
    private static final String END = "";
    private static final List<String> AERON_OPTIONS = List.of(
            "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
            "--add-opens=java.base/java.util.zip=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "-XX:+UseParallelGC",
            "-Dagrona.disable.bounds.checks=true",
            "-Daeron.pre.touch.mapped.memory=true");

    private final Process child;
    private final Writer tasks;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private ChildSession(Process child) {
        this.child = child;
        this.tasks = child.outputWriter();
        Thread.ofPlatform().daemon().name("reader of the child").start(this::read);
    }

    /**
     * Starts a child.
     *
     * @param peers the folder with the peers' jars
     */
    static ChildSession start(String side, Path peers) throws IOException {
        return new ChildSession(new ProcessBuilder(command(side, peers)).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    /** Our side needs no option: the one that it gets only spares the reader the JDK's warning. */
    private static List<String> command(String side, Path peers) {
        boolean isAeron = side.equals(UdpChild.AERON);
        String own = System.getProperty("java.class.path");
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(isAeron ? AERON_OPTIONS : List.of());
        command.addAll(List.of("-cp", isAeron ? own + ":" + peers.resolve("*") : own, UdpChild.class.getName(), side));
        return command;
    }

    private void read() {
        try (BufferedReader reader = child.inputReader()) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        } catch (IOException | UncheckedIOException e) {
            // The child has gone; so the end below says.
        }
        lines.add(END);
    }

    /**
     * Has the child measure.
     *
     * @throws MeasurementFailed if it did not, with what it said
     */
    Samples measure(UdpTask task) throws MeasurementFailed, InterruptedException {
        var samples = new Samples();
        try {
            tasks.write(task.line() + "\n");
            tasks.flush();
        } catch (IOException e) {
            throw new MeasurementFailed("the child has ended: " + e.getMessage());
        }
        while (true) {
            String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (line == null) {
                throw new MeasurementFailed("no word from the child for " + PATIENCE_SECONDS + " s");
            }
            if (line.equals(UdpChild.DONE)) {
                return samples;
            }
            if (line.startsWith(UdpChild.FAILED)) {
                throw new MeasurementFailed(line.substring(UdpChild.FAILED.length()));
            }
            if (line.equals(END)) {
                throw new MeasurementFailed("the child has ended");
            }
            if (!samples.take(line)) {
                System.err.println(line);
            }
        }
    }

    /** Ends the child. */
    @Override
    public void close() {
        child.destroyForcibly();
        child.onExit().join();
    }
}
