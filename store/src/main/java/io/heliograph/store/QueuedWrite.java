package io.heliograph.store;

import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;

/** A write on its way: queued, run, and told what became of it. Run by the writer thread alone; its outcome is for all. */
final class QueuedWrite<T> {

    /** How far it may go when the store is full. */
    enum Room {
        LIMIT, RESERVE
    }

    private final Write<T> write;
    private final long bytes;
    private final Room room;
    private final CompletableFuture<T> outcome = new CompletableFuture<>();
    private Runnable completion = () -> {
    };

    QueuedWrite(Write<T> write, long bytes, Room room) {
        this.write = write;
        this.bytes = bytes;
        this.room = room;
    }

    long bytes() {
        return bytes;
    }

    Room room() {
        return room;
    }

    CompletableFuture<T> outcome() {
        return outcome;
    }

    /** Runs it, and keeps what it returned. */
    void run(Statements sql) throws SQLException {
        T value = write.run(sql);
        completion = () -> outcome.complete(value);
    }

    /** Hands out what it returned; its commit is on disk. */
    void complete() {
        completion.run();
    }

    void fail(Throwable why) {
        outcome.completeExceptionally(why);
    }
}
