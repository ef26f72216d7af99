package io.heliograph.store;

import io.heliograph.time.Clock;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs writes that share a commit: what waits, and what comes while they run, until the batch is full, its time is up or nothing
 * waits any more. Nobody waits for company: that comes by itself, while the commit before is on its way to the disk.
 *
 * <pre>
 * together   BEGIN | write | write | write | COMMIT, fsync | outcomes
 *                       fails: ROLLBACK
 * marked     BEGIN | SAVEPOINT write RELEASE | SAVEPOINT write fails ROLLBACK TO | ... | COMMIT, fsync | outcomes
 *                       the whole transaction is gone: ROLLBACK
 * alone      BEGIN | write | COMMIT, fsync | outcome | BEGIN | write fails ROLLBACK | outcome | ...
 * </pre>
 *
 * <p>Savepoints cost as much as the writes themselves, and a way to the server and back each, so they are set only where a write
 * has failed and the others run again. Some faults end the transaction for all, savepoints or not (a full disk, a constraint
 * that is checked at the commit, a deadlock); then each write gets one of its own. Confined to the writer thread.
 */
final class Batch {

    private final Statements sql;
    private final Transaction transaction;
    private final Database database;
    private final StoreLimits limits;
    private final Quota quota;
    private final Tally tally;
    private final Clock clock;

    /** Not failed, and not yet on disk. */
    private final List<QueuedWrite<?>> open = new ArrayList<>();

    private long endNs;

    Batch(Statements sql, Database database, StoreLimits limits, Quota quota, Tally tally, Clock clock) {
        this.sql = sql;
        this.transaction = new Transaction(sql);
        this.database = database;
        this.limits = limits;
        this.quota = quota;
        this.tally = tally;
        this.clock = clock;
    }

    /**
     * Runs writes from the queue, and hands out their outcomes.
     *
     * @throws LostStoreException if the database cannot be relied on any more; {@link #open} has those whose outcome is unknown
     */
    void run(WriteQueue queue) throws LostStoreException {
        Optional<QueuedWrite<?>> first = queue.poll();
        if (first.isEmpty()) {
            return;
        }
        open.add(first.get());
        if (!isBegun(transaction::begin, queue)) {
            return;
        }
        endNs = clock.nanoTime() + limits.batchTime().toNanos();
        try {
            runTogether(queue);
            commit();
        } catch (SQLException e) {
            giveUp(e);
            repeat(() -> fail(open.getFirst(), e), database.judge(e) == Fault.CONFLICT, queue);
        } catch (RuntimeException e) {
            sql.forget();
            transaction.abandon();
            repeat(() -> fail(open.getFirst(), e), false, queue);
        }
    }

    /** Those that were taken, and neither failed nor were completed. */
    List<QueuedWrite<?>> open() {
        return open;
    }

    /** The one that has been taken, and more. */
    private void runTogether(WriteQueue queue) throws SQLException {
        quota.measure(sql);
        Optional<QueuedWrite<?>> next = Optional.of(open.getFirst());
        for (int ran = 1; next.isPresent(); ran++) {
            QueuedWrite<?> write = next.get();
            if (!isRefused(write)) {
                write.run(sql);
            }
            next = taken(queue, ran);
        }
    }

    /** One that was alone has failed; of several, nobody knows yet which. */
    private void repeat(Runnable failure, boolean mayPassNow, WriteQueue queue) throws LostStoreException {
        if (open.size() == 1 && !mayPassNow) {
            failure.run();
            return;
        }
        tally.repeatedBatches.increment();
        if (!isBegun(transaction::beginMarked, queue)) {
            return;
        }
        try {
            int ran = 0;
            for (QueuedWrite<?> write : List.copyOf(open)) {
                runMarked(write);
                ran++;
            }
            // What waits may have the same fault, so this batch takes it too.
            for (Optional<QueuedWrite<?>> next = taken(queue, ran); next.isPresent(); next = taken(queue, ran)) {
                runMarked(next.get());
                ran++;
            }
            commit();
        } catch (SQLException e) {
            giveUp(e);
            for (QueuedWrite<?> write : List.copyOf(open)) {
                if (!isBegun(transaction::begin, queue)) {
                    return;
                }
                runAlone(write);
            }
        }
    }

    /** The next write for this batch, if there is one now and the batch takes more than the {@code ran}. */
    private Optional<QueuedWrite<?>> taken(WriteQueue queue, int ran) {
        if (ran >= limits.batchWrites() || clock.nanoTime() - endNs >= 0) {
            return Optional.empty();
        }
        Optional<QueuedWrite<?>> next = queue.poll();
        next.ifPresent(open::add);
        return next;
    }

    private void runMarked(QueuedWrite<?> write) throws SQLException {
        if (isRefused(write)) {
            return;
        }
        transaction.mark();
        try {
            write.run(sql);
        } catch (SQLException e) {
            sql.forget();
            switch (database.judge(e)) {
                case LOST, CONFLICT -> throw e;
                case STATEMENT, BUSY, FULL -> {
                    // Where that fails, the transaction is gone as a whole, and this write will fail again when it runs alone.
                    transaction.undo();
                    fail(write, e);
                }
            }
        } catch (RuntimeException e) {
            sql.forget();
            transaction.undo();
            fail(write, e);
        }
    }

    private void runAlone(QueuedWrite<?> write) throws LostStoreException {
        try {
            write.run(sql);
            long fromNs = clock.nanoTime();
            transaction.commit();
            tally.committed(1, clock.nanoTime() - fromNs);
            open.remove(write);
            write.complete();
        } catch (SQLException e) {
            giveUp(e);
            fail(write, e);
        } catch (RuntimeException e) {
            sql.forget();
            transaction.abandon();
            fail(write, e);
        }
    }

    private void commit() throws SQLException {
        if (open.isEmpty()) {
            transaction.abandon();
            return;
        }
        long fromNs = clock.nanoTime();
        transaction.commit();
        tally.committed(open.size(), clock.nanoTime() - fromNs);
        open.forEach(QueuedWrite::complete);
        open.clear();
    }

    /** Undoes the transaction; the next one finds everything as it was before. */
    private void giveUp(SQLException e) throws LostStoreException {
        sql.forget();
        transaction.abandon();
        requireUsable(e);
    }

    private boolean isRefused(QueuedWrite<?> write) {
        if (write.room() == QueuedWrite.Room.RESERVE || !quota.isFull()) {
            return false;
        }
        tally.full.increment();
        open.remove(write);
        write.fail(new StoreFullException(quota.message()));
        return true;
    }

    @FunctionalInterface
    private interface Beginning {
        void run() throws SQLException;
    }

    /** Without a transaction nothing runs: then all fail that wait, for they have waited as long as a lock may take. */
    private boolean isBegun(Beginning beginning, WriteQueue queue) throws LostStoreException {
        try {
            beginning.run();
            return true;
        } catch (SQLException e) {
            requireUsable(e);
            for (Optional<QueuedWrite<?>> next = queue.poll(); next.isPresent(); next = queue.poll()) {
                open.add(next.get());
            }
            for (QueuedWrite<?> write : List.copyOf(open)) {
                fail(write, e);
            }
            return false;
        }
    }

    private void requireUsable(SQLException e) throws LostStoreException {
        if (database.judge(e) == Fault.LOST) {
            throw new LostStoreException(e);
        }
    }

    private void fail(QueuedWrite<?> write, RuntimeException why) {
        tally.failed.increment();
        open.remove(write);
        write.fail(why);
    }

    private void fail(QueuedWrite<?> write, SQLException why) {
        switch (database.judge(why)) {
            case FULL -> {
                tally.full.increment();
                open.remove(write);
                write.fail(new StoreFullException(database.name() + " has no room for this write (" + why.getMessage()
                        + "): make room on its disk, remove rows, or raise the limit maxBytes of " + limits.maxBytes()
                        + " bytes"));
            }
            case BUSY -> fail(write, new StoreBusyException(database.name(),
                    "another connection has held a lock for longer than " + limits.maxWait() + " (limit maxWait): "
                    + why.getMessage()));
            case STATEMENT, CONFLICT, LOST -> fail(write, new StoreException(database.name() + ": a write failed", why));
        }
    }
}
