package io.heliograph.alert;

import io.heliograph.Notice;
import io.heliograph.spi.Environment;
import io.heliograph.store.SqlStore;
import io.heliograph.store.StoreClosedException;
import io.heliograph.webhook.Outbox;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Matches stored events, in the order in which they were stored, and writes what follows from it.
 *
 * <pre>
 *   notes of stored events --> read, with the searches' generation --> searches brought up to it --> match --> judge --> write
 *          ^                                                                                       |                      |
 *          '------------- what was not written is there again -------------.       many matches: a part at a time,        |
 *                                                                          |       others come in between                 v
 *                                                                      kill -9                                    alerts, in one
 *                                                                                                                 transaction
 * </pre>
 *
 * <p>When that happens is decided here; what happens, in {@link Matching}, and how it comes to the disk, in {@link Commits}.
 *
 * <p>Owns one daemon thread, {@code heliograph-alert-matcher}.
 */
final class Matcher implements AutoCloseable {

    private static final long PAUSE_NS = Duration.ofMillis(100).toNanos();
    private static final long LOOK_NS = Duration.ofSeconds(5).toNanos();
    private static final Duration LINGER = Duration.ofSeconds(10);
    private static final int TIDIED_TOGETHER = 4;

    private final Indexes indexes;
    private final Environment environment;
    private final Commits commits;
    private final Matching matching;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private final Thread thread;
    private boolean isWoken = true;
    private boolean isClosed;
    private boolean isTroubled;

    /** @param onWritten hears of alerts that are on disk, on this thread */
    Matcher(SqlStore store, Outbox outbox, Indexes indexes, AlertsConfig config, Environment environment, Consumer<AlertWrite> onWritten) {
        this.indexes = indexes;
        this.environment = environment;
        this.commits = new Commits(store, outbox, indexes, config, environment, this::pause, onWritten);
        this.matching = new Matching(store, indexes, commits, config, environment);
        this.thread = Thread.ofPlatform().daemon().name("heliograph-alert-matcher").unstarted(this::run);
    }

    void start() {
        commits.begin();
        thread.start();
    }

    /** There is something to do. */
    void wake() {
        lock.lock();
        try {
            isWoken = true;
            woken.signal();
        } finally {
            lock.unlock();
        }
    }

    MatchingSums sums() {
        return commits.sums();
    }

    long windowsGivenUp() {
        return matching.windowsGivenUp();
    }

    private void run() {
        try {
            boolean isBusy = true;
            while (isBusy || awaitWork()) {
                isBusy = step();
            }
        } catch (InterruptedException | StoreClosedException e) {
            // It is closed; what is not matched is there in the next process.
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return isClosed;
        } finally {
            lock.unlock();
        }
    }

    /** Says whether there may be more to do now. */
    private boolean step() throws InterruptedException {
        if (isClosed()) {
            return false;
        }
        try {
            boolean isBusy = matching.matchSome() | matching.writeSomeHeavy() | matching.writeSomeLate() | commits.endDigests()
                    | indexes.tidy(TIDIED_TOGETHER);
            isTroubled = false;
            return isBusy;
        } catch (StoreClosedException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            // Whatever it is: the notes are there, and so nothing is lost by another try.
            pause(e);
            return true;
        }
    }

    /** Told once, until it goes again. */
    private void pause(Throwable why) throws InterruptedException {
        if (isClosed()) {
            throw new InterruptedException("closed");
        }
        if (!isTroubled) {
            isTroubled = true;
            environment.tell(new Notice.Degraded("alerts", "events wait to be matched: " + why));
        }
        lock.lock();
        try {
            environment.clock().await(lock, woken, environment.clock().nanoTime() + PAUSE_NS);
        } finally {
            lock.unlock();
        }
    }

    private boolean awaitWork() throws InterruptedException {
        long nowMs = nowMs();
        long dueMs = Math.min(commits.nextDigestMs(), matching.nextDueMs().orElse(Long.MAX_VALUE));
        lock.lock();
        try {
            long nowNs = environment.clock().nanoTime();
            long endNs = nowNs + (dueMs - nowMs >= LOOK_NS / 1_000_000 || dueMs == Long.MAX_VALUE ? LOOK_NS
                    : Math.max(0, dueMs - nowMs) * 1_000_000);
            while (!isWoken && !isClosed && environment.clock().nanoTime() - endNs < 0) {
                environment.clock().await(lock, woken, endNs);
            }
            isWoken = false;
            return !isClosed;
        } finally {
            lock.unlock();
        }
    }

    private long nowMs() {
        return environment.wallClock().epochNanos() / 1_000_000;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            isClosed = true;
            woken.signal();
        } finally {
            lock.unlock();
        }
        try {
            thread.join(LINGER);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
