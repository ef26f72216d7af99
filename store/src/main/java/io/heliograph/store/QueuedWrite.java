package io.heliograph.store;

import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;

/** A write on its way: queued, run, and told what became of it. Run by the writer thread alone; its outcome is for all. */
final class QueuedWrite<T> {

    /** How far it may go when the store is full. */
    enum Room {
        LIMIT, RESERVE
    }

    /** Whether somebody waits for it. */
    enum Haste {
        NOW, IN_COMPANY
    }

    private final Write<T> write;
    private final long bytes;
    private final Room room;
    private final Haste haste;
    private final CompletableFuture<T> outcome = new CompletableFuture<>();
    private Runnable completion = () -> {
    };

    QueuedWrite(Write<T> write, long bytes, Room room, Haste haste) {
        this.write = write;
        this.bytes = bytes;
        this.room = room;
        this.haste = haste;
    }

    long bytes() {
        return bytes;
    }

    Room room() {
        return room;
    }

    Haste haste() {
        return haste;
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
