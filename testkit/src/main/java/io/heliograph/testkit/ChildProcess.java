package io.heliograph.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * A process that a test has started: it is given lines, and what it says is kept by lines. Ended by {@link #close}.
 * Thread-safe; keeps everything in memory; a virtual thread reads each of its two streams.
 */
public final class ChildProcess implements AutoCloseable {

    private static final long GRACE_MS = 5_000;

    private final Process process;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Said lines = new Said();
    private final Said errors = new Said();
    private final Thread reader;
    private final Thread errorReader;

    /** One of its streams. */
    private static final class Said {
        private final List<String> lines = new ArrayList<>();
        private boolean isAll;
    }

    private ChildProcess(Process process) {
        this.process = process;
        this.reader = Thread.ofVirtual().start(() -> read(process.getInputStream(), lines));
        this.errorReader = Thread.ofVirtual().start(() -> read(process.getErrorStream(), errors));
    }

    /**
     * Starts {@code command}.
     *
     * @throws UncheckedIOException if there is no such command
     */
    public static ChildProcess start(List<String> command) {
        try {
            return new ChildProcess(new ProcessBuilder(command).start());
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", command) + ": " + e.getMessage(), e);
        }
    }

    /** The lines that it has written to standard output. */
    public List<String> lines() {
        return copy(lines);
    }

    /** The lines that it has written to standard error. */
    public List<String> errors() {
        return copy(errors);
    }

    /**
     * Waits for the first line on standard output, from line {@code from} on, that {@code isWanted}.
     *
     * @throws AssertionError if it does not come in time, or the process ends without it; the message has what it said
     */
    public String awaitLine(int from, Predicate<String> isWanted, Duration timeout) throws InterruptedException {
        return await(lines, from, isWanted, timeout);
    }

    /** Waits for the first line on standard output that {@code isWanted}; see {@link #awaitLine(int, Predicate, Duration)}. */
    public String awaitLine(Predicate<String> isWanted, Duration timeout) throws InterruptedException {
        return await(lines, 0, isWanted, timeout);
    }

    /** Waits for the first line on standard error that {@code isWanted}; see {@link #awaitLine(int, Predicate, Duration)}. */
    public String awaitError(Predicate<String> isWanted, Duration timeout) throws InterruptedException {
        return await(errors, 0, isWanted, timeout);
    }

    /** Gives it a line and returns the line that it answers with, which must be one. */
    public String ask(String line, Duration timeout) throws InterruptedException {
        int from = lines().size();
        type(line);
        return awaitLine(from, answer -> true, timeout);
    }

    /** Gives it a line of input. */
    public void type(String line) {
        try {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException("type " + line + " into " + this, e);
        }
    }

    /**
     * Waits for its end, and for its last words.
     *
     * @return its exit code
     * @throws AssertionError if it does not end in time
     */
    public int awaitEnd(Duration timeout) throws InterruptedException {
        if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new AssertionError("not ended after " + timeout + ": " + this);
        }
        reader.join(Duration.ofMillis(GRACE_MS));
        errorReader.join(Duration.ofMillis(GRACE_MS));
        return process.exitValue();
    }

    /** Its number in the operating system. */
    public long pid() {
        return process.pid();
    }

    /** Ends it and whatever it has started, if they still run. Idempotent. */
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            boolean isGone = process.waitFor(GRACE_MS, TimeUnit.MILLISECONDS);
            if (!isGone) {
                throw new IllegalStateException("cannot be ended: " + this);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String await(Said from, int first, Predicate<String> isWanted, Duration timeout)
            throws InterruptedException {
        long leftNs = timeout.toNanos();
        lock.lock();
        try {
            int looked = first;
            while (true) {
                for (; looked < from.lines.size(); looked++) {
                    if (isWanted.test(from.lines.get(looked))) {
                        return from.lines.get(looked);
                    }
                }
                if (from.isAll || leftNs <= 0) {
                    if (from.isAll) {
                        // Its streams end a moment before it does, and how it ended is what one wants to know.
                        process.waitFor(GRACE_MS, TimeUnit.MILLISECONDS);
                    }
                    throw new AssertionError("the line did not come" + (from.isAll ? "" : " in " + timeout) + ": " + this);
                }
                leftNs = Math.min(leftNs, changed.awaitNanos(leftNs));
            }
        } finally {
            lock.unlock();
        }
    }

    private void read(InputStream stream, Said into) {
        try (var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                String said = line;
                change(() -> into.lines.add(said));
            }
        } catch (IOException e) {
            // Its stream ends with it.
        } finally {
            change(() -> into.isAll = true);
        }
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private List<String> copy(Said of) {
        lock.lock();
        try {
            return List.copyOf(of.lines);
        } finally {
            lock.unlock();
        }
    }

    /** What was started, and everything that it has said. */
    @Override
    public String toString() {
        return "process " + process.pid() + (process.isAlive() ? "" : ", ended with " + process.exitValue())
                + "\n" + String.join("\n", lines()) + "\n" + String.join("\n", errors());
    }
}
