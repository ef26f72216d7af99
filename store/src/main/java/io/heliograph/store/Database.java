package io.heliograph.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** One of the two databases, as the store uses it. Thread-safe; starts no thread. */
sealed interface Database permits SqliteDatabase, PostgresDatabase {

    /** Its address, for messages; without a password. */
    String name();

    /** Opens the connection that writes, with commits that are on disk when they return. */
    Connection openWriter() throws SQLException;

    /** Opens a connection that reads, and can do nothing else. */
    Connection openReader() throws SQLException;

    /** Why its acknowledgements may not hold, if it says so itself. */
    Optional<String> doubt(Statements sql) throws SQLException;

    /** Keeps other processes from migrating at the same time. */
    void beginMigrating(Statements sql) throws SQLException;

    /** Lets others migrate. */
    void endMigrating(Statements sql) throws SQLException;

    /** What {@code complaint} means. */
    Fault judge(SQLException complaint);

    /** How much room the tables take. */
    long usedBytes(Statements sql) throws SQLException;

    /** For how long what {@link #usedBytes} said is good enough: it costs little on the one and something on the other. */
    Duration usedBytesHold();

    /** A number that changes when another connection commits; empty where the database has none and one has to look. */
    OptionalLong foreignCommits(Statements sql) throws SQLException;

    /** Gives up to {@code pages} free pages back to the disk, inside a transaction; says how many. */
    int shrink(Statements sql, int pages) throws SQLException;

    /** Lets go of what keeps other processes out. Idempotent. */
    void close();
}
