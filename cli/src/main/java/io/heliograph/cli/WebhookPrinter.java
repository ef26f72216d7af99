package io.heliograph.cli;

import io.heliograph.time.Clock;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** Prints what {@code webhook listen} took, and knows when that is enough. Thread-safe. */
final class WebhookPrinter implements Consumer<ReceivedWebhook> {

    private static final int FIRST_FAILURE = 300;
    private static final long LONG_NS = Duration.ofDays(1).toNanos();

    private final OutputStream out;
    private final boolean isJson;
    private final Optional<Long> most;
    private final Clock clock;
    private final Messages messages;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long taken;
    private long notTaken;
    private long lastNs;
    private Optional<IOException> failure = Optional.empty();
    private boolean isStopped;

    WebhookPrinter(OutputStream out, boolean isJson, Optional<Long> most, Clock clock, Messages messages) {
        this.out = out;
        this.isJson = isJson;
        this.most = most;
        this.clock = clock;
        this.messages = messages;
        this.lastNs = clock.nanoTime();
    }

    @Override
    public void accept(ReceivedWebhook received) {
        lock.lock();
        try {
            lastNs = clock.nanoTime();
            messages.line("webhook listen: " + received.status() + ", " + received.remark() + ", " + received.body().length + " bytes");
            if (received.status() < FIRST_FAILURE) {
                taken++;
                print(received);
            } else {
                notTaken++;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void print(ReceivedWebhook received) {
        if (failure.isPresent() || most.filter(n -> taken > n).isPresent()) {
            return;
        }
        try {
            out.write(((isJson ? received.json() : received.line()) + "\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            failure = Optional.of(e);
        }
    }

    /** Waits until it is enough; returns the exit code. */
    int await(Optional<Duration> quiet, Stop stop) throws InterruptedException {
        stop.onRequest(this::stop);
        lock.lock();
        try {
            boolean isQuiet = false;
            while (!isQuiet && !isStopped && failure.isEmpty() && most.filter(n -> taken >= n).isEmpty()) {
                long untilNs = quiet.map(d -> lastNs + d.toNanos()).orElseGet(() -> clock.nanoTime() + LONG_NS);
                clock.await(lock, changed, untilNs);
                isQuiet = quiet.isPresent() && clock.nanoTime() - lastNs >= quiet.get().toNanos();
            }
            messages.line("webhook listen: " + taken + " taken, " + notTaken + " not");
            return exitCode(isQuiet);
        } finally {
            lock.unlock();
        }
    }

    private int exitCode(boolean isQuiet) {
        if (failure.isPresent() && !Console.isReaderGone(failure.get())) {
            messages.line("webhook listen: standard output: " + failure.get().getMessage());
            return ExitCode.FAILED;
        }
        return isQuiet && most.filter(n -> taken < n).isPresent() ? ExitCode.FAILED : ExitCode.OK;
    }

    private void stop() {
        lock.lock();
        try {
            isStopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
