package io.heliograph.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;

/**
 * A PostgreSQL server's database. Several processes may have it open: a claim's suffix keeps their claims apart, and
 * migrations wait for each other.
 */
final class PostgresDatabase implements Database {

    private static final int OLDEST = 15;

    /** Any number will do that nobody else locks: "heliogra" in ASCII. */
    private static final long MIGRATION_LOCK = 0x68656c696f677261L;

    private static final String SECONDS_TO_CONNECT = "10";

    private final StoreAddress.PostgresDatabase address;
    private final StoreLimits limits;

    PostgresDatabase(StoreAddress.PostgresDatabase address, StoreLimits limits) {
        this.address = address;
        this.limits = limits;
    }

    @Override
    public String name() {
        return address.toString();
    }

    @Override
    public Connection openWriter() throws SQLException {
        // A server may be told not to wait for its disk; this connection does.
        return open("SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
                "SET lock_timeout = " + limits.maxWait().toMillis());
    }

    @Override
    public Connection openReader() throws SQLException {
        return open("SET default_transaction_read_only = on");
    }

    private Connection open(String... settings) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", address.user());
        address.password().ifPresent(password -> properties.setProperty("password", password));
        properties.setProperty("ApplicationName", "heliograph");
        properties.setProperty("connectTimeout", SECONDS_TO_CONNECT);
        properties.setProperty("tcpKeepAlive", "true");
        address.settings().forEach((name, value) ->
                properties.setProperty(name.equals("schema") ? "currentSchema" : name, value));
        Connection connection = DriverManager.getConnection(
                "jdbc:postgresql://" + address.host() + ":" + address.port() + "/" + address.database(), properties);
        try (Statement statement = connection.createStatement()) {
            int version = connection.getMetaData().getDatabaseMajorVersion();
            if (version < OLDEST) {
                throw new StoreException(name() + ": PostgreSQL " + version + ", at least " + OLDEST + " is needed");
            }
            for (String setting : settings) {
                statement.execute(setting);
            }
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public Optional<String> doubt(Statements sql) throws SQLException {
        return sql.row("SELECT 1 WHERE current_setting('fsync') = 'off'", row -> "the server runs with fsync=off: what it has"
                + " acknowledged may be lost when its machine fails");
    }

    @Override
    public void beginMigrating(Statements sql) throws SQLException {
        sql.row("SELECT pg_advisory_lock(?)", row -> true, MIGRATION_LOCK);
    }

    @Override
    public void endMigrating(Statements sql) throws SQLException {
        sql.row("SELECT pg_advisory_unlock(?)", row -> true, MIGRATION_LOCK);
    }

    @Override
    public Fault judge(SQLException complaint) {
        String state = complaint.getSQLState() == null ? "" : complaint.getSQLState();
        return switch (state) {
            case "53100" -> Fault.FULL;
            case "55P03" -> Fault.BUSY;
            case "40001", "40P01" -> Fault.CONFLICT;
            case "57P01", "57P02", "57P03", "57P04" -> Fault.LOST;
            default -> state.startsWith("08") || state.startsWith("58") || state.startsWith("XX") ? Fault.LOST : Fault.STATEMENT;
        };
    }

    /** Of all tables in the schema, with what removed rows have left free in them: that is PostgreSQL's to use again. */
    @Override
    public long usedBytes(Statements sql) throws SQLException {
        return sql.row("""
                SELECT COALESCE(SUM(pg_total_relation_size(oid)), 0) FROM pg_class
                WHERE relkind = 'r' AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())""",
                row -> row.getLong(1)).orElse(0L);
    }

    @Override
    public Duration usedBytesHold() {
        return Duration.ofSeconds(1);
    }

    @Override
    public OptionalLong foreignCommits(Statements sql) {
        return OptionalLong.empty();
    }

    /** Its own vacuum does that. */
    @Override
    public int shrink(Statements sql, int pages) {
        return 0;
    }

    @Override
    public void close() {
        // Nothing is held but connections.
    }
}
