package io.heliograph.webhook;

import io.heliograph.store.SqlStore;
import io.heliograph.store.Statements;
import io.heliograph.store.StoreBusyException;
import io.heliograph.store.StoreClosedException;
import io.heliograph.store.StoreFullException;
import io.heliograph.store.Write;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Writes what many ask for at the same time with one write: while a group is on its way to the disk the next one gathers, until the
 * store has its turn for it. A group that fails is written again one by one, so that one's fault is not the others'.
 *
 * <p>Thread-safe; starts no thread. Futures complete on the store's.
 *
 * @param <T> what is asked for
 * @param <R> what comes of it
 */
final class WriteGroups<T, R> {

    private static final int MOST = 1_024;
    private static final long MOST_BYTES = 4 << 20;

    /** Writes a group. */
    @FunctionalInterface
    interface Body<T, R> {

        /** One result for each, in the same order; may run twice. */
        List<R> write(Statements sql, List<T> group) throws SQLException;
    }

    /** Hands a write to the store. */
    @FunctionalInterface
    interface Submit<R> {
        CompletableFuture<List<R>> submit(long bytes, Write<List<R>> write);
    }

    private record Asked<T, R>(T what, long bytes, CompletableFuture<R> outcome) {
    }

    private final SqlStore store;
    private final Submit<R> submit;
    private final Body<T, R> body;
    private final Consumer<List<R>> onDisk;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Asked<T, R>> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private boolean isUnderWay;

    /**
     * @param onDisk hears what came of a group before its futures complete
     */
    WriteGroups(SqlStore store, Submit<R> submit, Body<T, R> body, Consumer<List<R>> onDisk) {
        this.store = store;
        this.submit = submit;
        this.body = body;
        this.onDisk = onDisk;
    }

    /**
     * Has something written.
     *
     * @param bytes how much memory it holds while it waits
     * @return completes as {@link SqlStore#write} does
     */
    CompletableFuture<R> write(T what, long bytes) {
        var asked = new Asked<T, R>(what, bytes, new CompletableFuture<>());
        lock.lock();
        try {
            boolean isFull = waiting.size() >= store.limits().queuedWrites()
                    || waitingBytes + bytes > store.limits().queuedBytes() && !waiting.isEmpty();
            if (isFull) {
                asked.outcome.completeExceptionally(new StoreBusyException(waiting.size() + " writes wait already, with " + waitingBytes
                        + " bytes; the limits are queuedWrites=" + store.limits().queuedWrites() + " and queuedBytes="
                        + store.limits().queuedBytes()));
                return asked.outcome;
            }
            waiting.add(asked);
            waitingBytes += bytes;
            if (isUnderWay) {
                return asked.outcome;
            }
            isUnderWay = true;
        } finally {
            lock.unlock();
        }
        next();
        return asked.outcome;
    }

    private void next() {
        var group = new Group();
        var _ = submit.submit(0, group).whenComplete((results, failure) -> {
            List<Asked<T, R>> all = group.members();
            if (failure == null) {
                complete(all, results);
            } else {
                failed(all, cause(failure));
            }
            if (hasMore()) {
                next();
            }
        });
    }

    /** Those who wait when it runs for the first time; it may run twice. */
    private final class Group implements Write<List<R>> {

        private List<Asked<T, R>> members = List.of();

        @Override
        public List<R> run(Statements sql) throws SQLException {
            return body.write(sql, members().stream().map(Asked::what).toList());
        }

        /** One that was refused before it ran has members too: they are refused. There is one at least. */
        List<Asked<T, R>> members() {
            if (members.isEmpty()) {
                members = take();
            }
            return members;
        }
    }

    private List<Asked<T, R>> take() {
        var group = new ArrayList<Asked<T, R>>();
        long bytes = 0;
        lock.lock();
        try {
            for (Asked<T, R> first = waiting.peek(); first != null && group.size() < MOST; first = waiting.peek()) {
                if (!group.isEmpty() && bytes + first.bytes > MOST_BYTES) {
                    break;
                }
                group.add(waiting.remove());
                bytes += first.bytes;
            }
            waitingBytes -= bytes;
            return group;
        } finally {
            lock.unlock();
        }
    }

    private boolean hasMore() {
        lock.lock();
        try {
            isUnderWay = !waiting.isEmpty();
            return isUnderWay;
        } finally {
            lock.unlock();
        }
    }

    private CompletableFuture<List<R>> submitAlone(Asked<T, R> asked) {
        return submit.submit(asked.bytes, sql -> body.write(sql, List.of(asked.what)));
    }

    private void complete(List<Asked<T, R>> group, List<R> results) {
        onDisk.accept(results);
        for (int i = 0; i < group.size(); i++) {
            group.get(i).outcome.complete(results.get(i));
        }
    }

    private void failed(List<Asked<T, R>> group, Throwable why) {
        boolean isOfAll = why instanceof StoreBusyException || why instanceof StoreFullException || why instanceof StoreClosedException;
        if (isOfAll || group.size() == 1) {
            group.forEach(asked -> asked.outcome.completeExceptionally(why));
            return;
        }
        for (Asked<T, R> asked : group) {
            var _ = submitAlone(asked).whenComplete((results, failure) -> {
                if (failure == null) {
                    complete(List.of(asked), results);
                } else {
                    // A store that failed in the middle of the commit is closed now, and what became of the group is unknown.
                    Throwable own = cause(failure);
                    asked.outcome.completeExceptionally(own instanceof StoreClosedException ? why : own);
                }
            });
        }
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
