package io.heliograph.store;

import io.heliograph.Notice;
import io.heliograph.spi.Environment;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One SQL database for all rooms of a process: many may write, and what is written together is synced together.
 *
 * <p>A {@link #write} is queued, and its future completes when the commit is on disk. Writes run one after the other in the order
 * of their submission, many to a commit; one that fails is undone alone. A full queue, a full store or a closed one refuses at
 * once. A {@link #read} runs on the calling thread, on a connection of its own, and waits for no writer.
 *
 * <p>Thread-safe. Owns one daemon thread, {@code heliograph-store-writer NAME}, which starts when it is opened; futures complete
 * on it, so what depends on them must be quick there, and must not wait for another write.
 */
public final class SqlStore implements AutoCloseable {

    private static final Duration LINGER = Duration.ofSeconds(10);

    private final Database database;
    private final Dialect dialect;
    private final WriteQueue queue;
    private final Readers readers;
    private final Watches watches;
    private final StoreLimits limits;
    private final Tally tally = new Tally();
    private final Writer writer;

    private SqlStore(Database database, Connection connection, Statements sql, StoreLimits limits, Environment environment) {
        this.database = database;
        this.dialect = sql.dialect();
        this.limits = limits;
        this.queue = new WriteQueue(limits, environment.clock());
        this.readers = new Readers(database, limits, environment, tally);
        this.watches = new Watches(database, environment);
        var quota = new Quota(database, limits, environment);
        var batch = new Batch(sql, database, limits, quota, tally, environment.clock());
        this.writer = new Writer(queue, batch, watches, sql, database, limits.watchEvery(), environment, tally, () -> {
            readers.close();
            sql.close();
            closeQuietly(connection);
            database.close();
        });
    }

    /**
     * Opens a store and brings its tables up to date. The driver of its database is to be on the class path.
     *
     * @param schemas the rooms' tables; those of other rooms are left alone
     * @throws io.heliograph.ConfigException       if the address cannot be used
     * @throws io.heliograph.AddressInUseException if another process has the file open; the message says which
     * @throws StoreException                      if the database cannot be opened, its tables belong to a newer program, or a
     *                                             migration that has run was edited
     */
    public static SqlStore open(StoreAddress address, List<Schema> schemas, StoreLimits limits, Environment environment) {
        Database database = switch (address) {
            case StoreAddress.DataFolder folder -> SqliteDatabase.in(folder, limits);
            case StoreAddress.SqliteFile file -> SqliteDatabase.at(file, limits);
            case StoreAddress.PostgresDatabase server -> new PostgresDatabase(server, limits);
        };
        try {
            return open(database, schemas, limits, environment);
        } catch (SQLException e) {
            database.close();
            throw new StoreException(database.name() + " cannot be opened", e);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    private static SqlStore open(Database database, List<Schema> schemas, StoreLimits limits, Environment environment)
            throws SQLException {
        Connection connection = database.openWriter();
        try {
            Statements sql = Statements.on(connection);
            database.doubt(sql).ifPresent(doubt -> environment.tell(new Notice.Degraded(database.name(), doubt)));
            database.beginMigrating(sql);
            try {
                new Migrations(sql, database.name(), environment.wallClock().epochNanos() / 1_000_000).run(schemas);
            } finally {
                database.endMigrating(sql);
            }
            var store = new SqlStore(database, connection, sql, limits, environment);
            store.writer.start();
            return store;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Which database it is. */
    public Dialect dialect() {
        return dialect;
    }

    /** How much it takes. */
    public StoreLimits limits() {
        return limits;
    }

    /**
     * Changes rows.
     *
     * @return what {@code write} returned, once it is on disk. Otherwise what it threw; a {@link StoreBusyException} where the
     *         queue is full, a {@link StoreFullException} where the store is, a {@link StoreClosedException} where it is
     *         closed; a {@link StoreException} with the {@link SQLException} as its cause
     */
    public <T> CompletableFuture<T> write(Write<T> write) {
        return write(0, write);
    }

    /**
     * Changes rows.
     *
     * @param bytes how much memory {@code write} holds while it waits
     * @return see {@link #write(Write)}
     */
    public <T> CompletableFuture<T> write(long bytes, Write<T> write) {
        if (bytes < 0) {
            throw new IllegalArgumentException("a write that holds " + bytes + " bytes: at least 0 is needed");
        }
        return submit(new QueuedWrite<>(write, bytes, QueuedWrite.Room.LIMIT, QueuedWrite.Haste.NOW));
    }

    /**
     * Changes rows, also when the store is full up to its limit: for what notes an outcome or removes rows, and adds next to
     * nothing.
     *
     * @return see {@link #write(Write)}
     */
    public <T> CompletableFuture<T> writeFromReserve(Write<T> write) {
        return submit(new QueuedWrite<>(write, 0, QueuedWrite.Room.RESERVE, QueuedWrite.Haste.NOW));
    }

    /**
     * As {@link #writeFromReserve}, for what nobody waits for: it shares the commit of the next write that somebody does wait for, or
     * has one after 5 ms, so that it costs no sync of its own while others write. Those that came after it may be before it.
     *
     * @return see {@link #write(Write)}
     */
    public <T> CompletableFuture<T> writeInCompany(Write<T> write) {
        return submit(new QueuedWrite<>(write, 0, QueuedWrite.Room.RESERVE, QueuedWrite.Haste.IN_COMPANY));
    }

    /**
     * Removes rows a few at a time, each time in a write of its own, so that others come in between.
     *
     * @param few removes at most some hundred rows and returns how many; run until it returns 0
     * @return how many were removed
     */
    public CompletableFuture<Long> removeInBatches(Write<Integer> few) {
        var removed = new CompletableFuture<Long>();
        removeInBatches(few, 0, removed);
        return removed;
    }

    private void removeInBatches(Write<Integer> few, long before, CompletableFuture<Long> removed) {
        var _ = writeFromReserve(few).whenComplete((count, failure) -> {
            if (failure != null) {
                removed.completeExceptionally(failure);
            } else if (count == 0) {
                removed.complete(before);
            } else {
                removeInBatches(few, before + count, removed);
            }
        });
    }

    /**
     * Gives free pages of an SQLite file back to the disk; removed rows leave their pages to new ones until then. PostgreSQL does
     * that by itself.
     *
     * @param pages how many at most; the writer is busy for about 10 us with each
     * @return how many
     */
    public CompletableFuture<Integer> shrink(int pages) {
        return writeFromReserve(sql -> database.shrink(sql, pages));
    }

    /**
     * Reads rows, all as they were at one moment, which is after every write that has completed.
     *
     * @throws StoreBusyException   if no connection was free in time
     * @throws StoreClosedException if the store is closed
     * @throws StoreException       if a query failed
     */
    public <T> T read(Read<T> read) {
        return readers.read(read);
    }

    /**
     * Has {@code listener} told while there are rows that {@code query} finds: at first, and then soon after another connection
     * has committed. So rows are found that a caller's own transaction has written ({@link Statements#on}), in this process or
     * another.
     *
     * @param query    finds a row as long as there is work, at little cost, such as {@code SELECT 1 FROM outbox_inlet LIMIT 1}
     * @param listener runs on the writer thread, so it only submits a {@link #write} or wakes somebody; it is told again as
     *                 long as there are rows
     */
    public Watch watch(String query, Runnable listener) {
        Watch watch = watches.add(query, listener);
        queue.nudge();
        return watch;
    }

    /** What it has done so far. */
    public StoreCounters counters() {
        return tally.counters(queue);
    }

    /**
     * Takes no more writes, commits those that wait, and lets go of the database. Waits for that for 10 s at most, and not at all
     * on the writer's own thread. Idempotent.
     */
    @Override
    public void close() {
        queue.close();
        if (writer.isCurrentThread()) {
            return;
        }
        writer.join(LINGER);
        var left = queue.drain();
        tally.failed.add(left.size());
        left.forEach(write -> write.fail(new StoreClosedException(
                database.name() + " is closed; its last writes took longer than " + LINGER)));
    }

    private <T> CompletableFuture<T> submit(QueuedWrite<T> write) {
        switch (queue.offer(write)) {
            case TAKEN -> {
                return write.outcome();
            }
            case FULL -> write.fail(new StoreBusyException(database.name(), queue.depth() + " writes wait already, with "
                    + queue.bytes() + " bytes; the limits are queuedWrites=" + limits.queuedWrites() + " and queuedBytes="
                    + limits.queuedBytes()));
            case CLOSED -> write.fail(new StoreClosedException(database.name() + " is closed"));
        }
        tally.refused.increment();
        return write.outcome();
    }

    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // Everything acknowledged is on disk, and the connection goes with the process at the latest.
        }
    }
}
