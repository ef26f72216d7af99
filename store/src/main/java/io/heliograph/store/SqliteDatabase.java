package io.heliograph.store;

import io.heliograph.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;

/**
 * SQLite in one file, locked for this process by a second one beside it ({@code FILE.lock}).
 *
 * <p>Its log is written ahead (WAL), so that readers never wait for the writer, and synced at every commit. Commits of others'
 * own connections are let in between.
 */
final class SqliteDatabase implements Database {

    private static final String FILE_IN_FOLDER = "heliograph.db";

    /** In pages: syncing the whole file costs as much as many commits, and the log may grow to 16 MiB for it. */
    private static final int CHECKPOINT_PAGES = 4_000;

    private static final long MOST_PAGES = 0xFFFF_FFFEL;
    private static final int CACHE_KIB = 32 << 10;
    private static final int LOG_LIMIT_BYTES = 64 << 20;

    /** How a connection is opened: SQLite's own flags, of which the first three are the driver's default. */
    private static final int READ_WRITE = 0x02;
    private static final int CREATE = 0x04;
    private static final int URI = 0x40;
    private static final int NO_MUTEX = 0x8000;

    private final Path file;
    private final StoreLimits limits;
    private final ProcessLock lock;

    private SqliteDatabase(Path file, StoreLimits limits) {
        this.file = file;
        this.limits = limits;
        this.lock = ProcessLock.take(file.resolveSibling(file.getFileName() + ".lock"), "store " + file);
    }

    /** In a folder that is made, for its owner alone, where it is missing. */
    static SqliteDatabase in(StoreAddress.DataFolder address, StoreLimits limits) {
        Path folder = address.folder();
        try {
            if (Files.notExists(folder)) {
                Files.createDirectories(folder);
                if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
                    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
                }
            }
        } catch (IOException e) {
            throw new StoreException("data folder " + folder + " cannot be made", e);
        }
        if (!Files.isDirectory(folder)) {
            throw new ConfigException("data folder", folder, "a folder; a database file is written sqlite:PATH");
        }
        return new SqliteDatabase(folder.resolve(FILE_IN_FOLDER), limits);
    }

    /** In a file that is made where it is missing. */
    static SqliteDatabase at(StoreAddress.SqliteFile address, StoreLimits limits) {
        Path folder = address.file().getParent();
        if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(address.file())) {
            throw new ConfigException("store", address, "a file in a folder that exists");
        }
        return new SqliteDatabase(address.file(), limits);
    }

    @Override
    public String name() {
        return "sqlite:" + file;
    }

    @Override
    public Connection openWriter() throws SQLException {
        // auto_vacuum counts only while the file is empty, and the change to WAL writes to it.
        Connection connection = open(
                "PRAGMA busy_timeout = " + limits.maxWait().toMillis(),
                "PRAGMA auto_vacuum = INCREMENTAL",
                "PRAGMA journal_mode = WAL",
                "PRAGMA synchronous = FULL",
                "PRAGMA foreign_keys = ON",
                "PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES,
                "PRAGMA journal_size_limit = " + LOG_LIMIT_BYTES,
                "PRAGMA cache_size = -" + CACHE_KIB);
        try (Statements sql = Statements.on(connection)) {
            String mode = sql.row("PRAGMA journal_mode", row -> row.getString(1)).orElse("");
            if (!mode.equals("wal")) {
                throw new StoreException(name() + ": SQLite cannot write its log ahead there (journal_mode is " + mode
                        + "); a local disk is needed");
            }
            // Beyond the limit of the store's own account, so that what comes from the reserve still fits.
            long pages = (limits.maxBytes() + limits.reserveBytes()) / number(sql, "PRAGMA page_size");
            sql.execute("PRAGMA max_page_count = " + Math.min(pages, MOST_PAGES));
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public Connection openReader() throws SQLException {
        return open("PRAGMA busy_timeout = " + limits.maxWait().toMillis(), "PRAGMA query_only = ON");
    }

    private Connection open(String... settings) throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file, driverSettings());
        try (Statement statement = connection.createStatement()) {
            for (String setting : settings) {
                statement.execute(setting);
            }
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /**
     * Else the driver asks for the last row's number by a query of its own after each statement that inserts, and SQLite locks a
     * connection for each value that it binds, though it is one thread's at a time.
     */
    private static Properties driverSettings() {
        var settings = new Properties();
        settings.setProperty("jdbc.get_generated_keys", "false");
        settings.setProperty("open_mode", Integer.toString(READ_WRITE | CREATE | URI | NO_MUTEX));
        return settings;
    }

    @Override
    public Optional<String> doubt(Statements sql) {
        return Optional.empty();
    }

    @Override
    public void beginMigrating(Statements sql) {
        // Other processes are kept out by the lock.
    }

    /**
     * What would undo a statement is kept in memory from here on: a file for it costs a third of what is written besides. Not before,
     * since a migration may sort more than fits there.
     */
    @Override
    public void endMigrating(Statements sql) throws SQLException {
        sql.execute("PRAGMA temp_store = MEMORY");
    }

    @Override
    public Fault judge(SQLException complaint) {
        return switch (complaint.getErrorCode()) {
            case 5, 6 -> Fault.BUSY;
            case 13 -> Fault.FULL;
            // INTERNAL, NOMEM, READONLY, IOERR, CORRUPT, CANTOPEN, PROTOCOL, NOTADB
            case 2, 7, 8, 10, 11, 14, 15, 26 -> Fault.LOST;
            default -> Fault.STATEMENT;
        };
    }

    @Override
    public long usedBytes(Statements sql) throws SQLException {
        return (number(sql, "PRAGMA page_count") - number(sql, "PRAGMA freelist_count")) * number(sql, "PRAGMA page_size");
    }

    @Override
    public Duration usedBytesHold() {
        return Duration.ZERO;
    }

    /** SQLite counts commits of other connections only, and reads the count from memory that all of them share. */
    @Override
    public OptionalLong foreignCommits(Statements sql) throws SQLException {
        return OptionalLong.of(number(sql, "PRAGMA data_version"));
    }

    @Override
    public int shrink(Statements sql, int pages) throws SQLException {
        long before = number(sql, "PRAGMA freelist_count");
        sql.executeToItsEnd("PRAGMA incremental_vacuum(" + pages + ")");
        return (int) (before - number(sql, "PRAGMA freelist_count"));
    }

    private static long number(Statements sql, String pragma) throws SQLException {
        return sql.row(pragma, row -> row.getLong(1)).orElseThrow(() -> new SQLException(pragma + " gave no row"));
    }

    @Override
    public void close() {
        lock.close();
    }
}
