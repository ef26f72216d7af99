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
 * BEGIN | SAVEPOINT write RELEASE | SAVEPOINT write fails ROLLBACK TO | SAVEPOINT write RELEASE | COMMIT, fsync | outcomes
 * </pre>
 *
 * <p>Some faults end the transaction for all (a full disk, a constraint that is checked at the commit, a deadlock). Then each
 * write runs once more, in a transaction of its own, so that only the guilty fail. Confined to the writer thread.
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
        try {
            transaction.beginMarked();
        } catch (SQLException e) {
            failAllWaiting(queue, e);
            return;
        }
        try {
            runTogether(first.get(), queue);
            commit();
        } catch (SQLException e) {
            transaction.abandon();
            requireUsable(e);
            tally.lostBatches.increment();
            runAlone();
        }
    }

    /** Those that were taken, and neither failed nor were completed. */
    List<QueuedWrite<?>> open() {
        return open;
    }

    private void runTogether(QueuedWrite<?> first, WriteQueue queue) throws SQLException {
        long beganNs = clock.nanoTime();
        quota.measure(sql);
        Optional<QueuedWrite<?>> next = Optional.of(first);
        int taken = 1;
        while (true) {
            runOne(next.get());
            if (taken == limits.batchWrites() || clock.nanoTime() - beganNs >= limits.batchTime().toNanos()) {
                return;
            }
            next = queue.poll();
            if (next.isEmpty()) {
                return;
            }
            open.add(next.get());
            taken++;
        }
    }

    private void runOne(QueuedWrite<?> write) throws SQLException {
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
            transaction.undo();
            fail(write, e);
        }
    }

    private void runAlone() throws LostStoreException {
        for (QueuedWrite<?> write : List.copyOf(open)) {
            try {
                transaction.begin();
                quota.measure(sql);
                if (isRefused(write)) {
                    transaction.abandon();
                    continue;
                }
                write.run(sql);
                long fromNs = clock.nanoTime();
                transaction.commit();
                tally.committed(1, clock.nanoTime() - fromNs);
                open.remove(write);
                write.complete();
            } catch (SQLException e) {
                sql.forget();
                transaction.abandon();
                requireUsable(e);
                fail(write, e);
            } catch (RuntimeException e) {
                transaction.abandon();
                fail(write, e);
            }
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

    private boolean isRefused(QueuedWrite<?> write) {
        if (write.room() == QueuedWrite.Room.RESERVE || !quota.isFull()) {
            return false;
        }
        tally.full.increment();
        open.remove(write);
        write.fail(new StoreFullException(quota.message()));
        return true;
    }

    /** Without a transaction nothing runs, and who waits has waited as long as a lock may take. */
    private void failAllWaiting(WriteQueue queue, SQLException e) throws LostStoreException {
        requireUsable(e);
        for (Optional<QueuedWrite<?>> next = queue.poll(); next.isPresent(); next = queue.poll()) {
            open.add(next.get());
        }
        for (QueuedWrite<?> write : List.copyOf(open)) {
            fail(write, e);
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
                        + "): make room on its disk, remove rows, or raise the limit maxBytes of " + limits.maxBytes() + " bytes"));
            }
            case BUSY -> fail(write, new StoreBusyException(database.name() + ": another connection has held a lock for longer than "
                    + limits.maxWait() + " (limit maxWait): " + why.getMessage()));
            case STATEMENT, CONFLICT, LOST -> fail(write, new StoreException(database.name() + ": a write failed", why));
        }
    }
}
