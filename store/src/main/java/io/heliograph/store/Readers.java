package io.heliograph.store;

import io.heliograph.spi.Environment;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Connections for reads: opened when they are needed, up to a limit, and kept. Thread-safe. */
final class Readers {

    private record Reader(Connection connection, Statements sql) {

        void close() {
            sql.close();
            try {
                connection.close();
            } catch (SQLException e) {
                // It is given up either way.
            }
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition given = lock.newCondition();
    private final ArrayDeque<Reader> idle = new ArrayDeque<>();
    private final Database database;
    private final StoreLimits limits;
    private final Environment environment;
    private final Tally tally;

    /** In use, being opened, and idle. */
    private int count;
    private boolean isClosed;

    Readers(Database database, StoreLimits limits, Environment environment, Tally tally) {
        this.database = database;
        this.limits = limits;
        this.environment = environment;
        this.tally = tally;
    }

    <T> T read(Read<T> read) {
        Reader reader = take();
        boolean isUsable = false;
        try {
            T result = readIn(new Transaction(reader.sql), read, reader.sql);
            isUsable = true;
            return result;
        } catch (SQLException e) {
            isUsable = database.judge(e) != Fault.LOST;
            reader.sql.forget();
            throw new StoreException(database.name() + ": a read failed", e);
        } catch (RuntimeException e) {
            isUsable = true;
            reader.sql.forget();
            throw e;
        } finally {
            give(reader, isUsable);
            tally.reads.increment();
        }
    }

    private static <T> T readIn(Transaction transaction, Read<T> read, Statements sql) throws SQLException {
        boolean isEnded = false;
        transaction.beginReading();
        try {
            T result = read.run(sql);
            transaction.commit();
            isEnded = true;
            return result;
        } finally {
            if (!isEnded) {
                transaction.abandon();
            }
        }
    }

    void close() {
        lock.lock();
        try {
            isClosed = true;
            idle.forEach(Reader::close);
            idle.clear();
            given.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private Reader take() {
        return awaitIdle().orElseGet(this::open);
    }

    /** An idle one; or empty, and the caller is to open the one that has been counted for it. */
    private Optional<Reader> awaitIdle() {
        long deadlineNs = environment.clock().nanoTime() + limits.maxWait().toNanos();
        lock.lock();
        try {
            while (true) {
                if (isClosed) {
                    throw new StoreClosedException(database.name() + " is closed");
                }
                if (!idle.isEmpty()) {
                    return Optional.of(idle.pop());
                }
                if (count < limits.readers()) {
                    count++;
                    return Optional.empty();
                }
                if (deadlineNs - environment.clock().nanoTime() <= 0) {
                    tally.readsRefused.increment();
                    throw new StoreBusyException(database.name(), "all " + limits.readers()
                            + " reads (limit readers) have taken longer than " + limits.maxWait() + " (limit maxWait)");
                }
                environment.clock().await(lock, given, deadlineNs);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            tally.readsRefused.increment();
            throw new StoreBusyException(database.name(), "interrupted while waiting to read");
        } finally {
            lock.unlock();
        }
    }

    private Reader open() {
        try {
            Connection connection = database.openReader();
            return new Reader(connection, Statements.on(connection));
        } catch (SQLException | RuntimeException e) {
            lock.lock();
            try {
                count--;
                given.signal();
            } finally {
                lock.unlock();
            }
            throw e instanceof RuntimeException own ? own : new StoreException(database.name() + ": no connection to read", e);
        }
    }

    private void give(Reader reader, boolean isUsable) {
        lock.lock();
        try {
            if (isUsable && !isClosed) {
                idle.push(reader);
            } else {
                count--;
                reader.close();
            }
            given.signal();
        } finally {
            lock.unlock();
        }
    }
}
