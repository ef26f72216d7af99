package io.heliograph.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A {@link Child}: a JVM that measures one side, task after task. For one thread; owns a daemon thread that reads what
 * the child says.
 */
final class ChildSession implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 60;
    private static final String END = "";
    private final Process child;
    private final Writer tasks;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private ChildSession(Process child) {
        this.child = child;
        this.tasks = child.outputWriter();
        Thread.ofPlatform().daemon().name("reader of the child").start(this::read);
    }

    /** Starts a child by its command line. */
    static ChildSession start(List<String> command) throws IOException {
        return new ChildSession(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
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
    Samples measure(Task task) throws MeasurementFailed, InterruptedException {
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
            if (line.equals(Child.DONE)) {
                return samples;
            }
            if (line.startsWith(Child.FAILED)) {
                throw new MeasurementFailed(line.substring(Child.FAILED.length()));
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
