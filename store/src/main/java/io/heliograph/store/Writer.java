package io.heliograph.store;

import io.heliograph.Notice;
import io.heliograph.spi.Environment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;

/**
 * The one thread that writes: {@code heliograph-store-writer NAME}. It runs {@link Batch}es, and {@link Watches} between them.
 *
 * <p>It ends when the queue is closed and empty, or with the first thing that it does not expect: then every write that waits
 * fails, a notice is told, and the store is closed.
 */
final class Writer implements Runnable {

    private static final long FAR_NS = Duration.ofDays(1).toNanos();

    private final WriteQueue queue;
    private final Batch batch;
    private final Watches watches;
    private final Statements sql;
    private final Database database;
    private final Duration watchEvery;
    private final Environment environment;
    private final Tally tally;
    private final Runnable onEnd;
    private final Thread thread;

    /**
     * @param onEnd closes what the store has open; run at the end of the thread, whatever ends it
     */
    Writer(WriteQueue queue, Batch batch, Watches watches, Statements sql, Database database, Duration watchEvery,
            Environment environment, Tally tally, Runnable onEnd) {
        this.queue = queue;
        this.batch = batch;
        this.watches = watches;
        this.sql = sql;
        this.database = database;
        this.watchEvery = watchEvery;
        this.environment = environment;
        this.tally = tally;
        this.onEnd = onEnd;
        this.thread = Thread.ofPlatform().daemon().name("heliograph-store-writer " + database.name()).unstarted(this);
    }

    void start() {
        thread.start();
    }

    /** Whether it is the caller, which cannot wait for its own end. */
    boolean isCurrentThread() {
        return thread.equals(Thread.currentThread());
    }

    /** Waits for its end. */
    void join(Duration atMost) {
        try {
            TimeUnit.NANOSECONDS.timedJoin(thread, atMost.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        try {
            work();
        } catch (LostStoreException e) {
            die(e.complaint());
        } catch (RuntimeException | Error e) {
            die(e);
        } finally {
            onEnd.run();
        }
    }

    private void work() throws LostStoreException {
        long nextLookNs = environment.clock().nanoTime();
        while (!queue.isDone()) {
            if (queue.await(watches.isEmpty() ? environment.clock().nanoTime() + FAR_NS : nextLookNs)) {
                batch.run(queue);
            }
            if (!watches.isEmpty() && environment.clock().nanoTime() - nextLookNs >= 0) {
                watches.look(sql);
                nextLookNs = environment.clock().nanoTime() + watchEvery.toNanos();
            }
        }
    }

    private void die(Throwable cause) {
        var taken = new ArrayList<>(batch.open());
        var waiting = queue.drain();
        environment.tell(new Notice.TransportFailed(database.name(), "the store's writer ended, the store is closed: " + cause));
        tally.failed.add(taken.size() + waiting.size());
        var unknown = new StoreException(database.name() + " failed while this was written; whether it is on disk is unknown",
                cause);
        taken.forEach(write -> write.fail(unknown));
        var closed = new StoreClosedException(database.name() + " is closed, because it failed: " + cause);
        waiting.forEach(write -> write.fail(closed));
    }
}
