package io.heliograph.store;

import java.sql.SQLException;
import java.util.List;

/**
 * Brings rooms' tables to the version that the program knows: each migration in a transaction, recorded with its checksum in
 * the table {@code heliograph_migration}. Confined to the thread that opens the store.
 */
final class Migrations {

    private static final String RECORDS = """
            CREATE TABLE IF NOT EXISTS heliograph_migration (
              room TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_ms BIGINT NOT NULL,
              PRIMARY KEY (room, number))""";

    private record Recorded(int number, String name, String checksum) {
    }

    private final Statements sql;
    private final Transaction transaction;
    private final String store;
    private final long nowMs;

    Migrations(Statements sql, String store, long nowMs) {
        this.sql = sql;
        this.transaction = new Transaction(sql);
        this.store = store;
        this.nowMs = nowMs;
    }

    /**
     * Runs what is missing.
     *
     * @throws StoreException if the tables are of a newer program, or a migration that has run was edited
     */
    void run(List<Schema> schemas) throws SQLException {
        sql.execute(RECORDS);
        for (Schema schema : schemas) {
            List<Recorded> recorded = sql.rows(
                    "SELECT number, name, checksum FROM heliograph_migration WHERE room = ? ORDER BY number",
                    row -> new Recorded(row.getInt(1), row.getString(2), row.getString(3)), schema.room());
            check(schema, recorded);
            for (Migration migration : schema.migrations().subList(recorded.size(), schema.migrations().size())) {
                run(schema.room(), migration);
            }
        }
    }

    private void check(Schema schema, List<Recorded> recorded) {
        int known = schema.migrations().size();
        for (int i = 0; i < recorded.size(); i++) {
            Recorded past = recorded.get(i);
            if (past.number() > known) {
                throw new StoreException(store + ": its tables of " + schema.room() + " are at version "
                        + recorded.getLast().number() + " (" + recorded.getLast().name() + "), this program knows up to version "
                        + known + ": run a program at least as new as the one that was here before");
            }
            Migration migration = schema.migrations().get(i);
            if (past.number() != i + 1 || !past.checksum().equals(migration.checksum())) {
                throw new StoreException(store + ": migration " + migration.number() + " of " + schema.room() + " ran here as "
                        + past.name() + " with checksum " + shortened(past.checksum()) + ", this program's " + migration.name()
                        + " has " + shortened(migration.checksum())
                        + ": a migration that has run must not be edited, add another one");
            }
        }
    }

    private static String shortened(String checksum) {
        return checksum.substring(0, Math.min(12, checksum.length()));
    }

    private void run(String room, Migration migration) throws SQLException {
        transaction.begin();
        try {
            for (String statement : SqlScript.statements(sql.dialect().translate(migration.sql()))) {
                sql.execute(statement);
            }
            sql.update("INSERT INTO heliograph_migration (room, number, name, checksum, applied_ms) VALUES (?, ?, ?, ?, ?)",
                    room, migration.number(), migration.name(), migration.checksum(), nowMs);
            transaction.commit();
        } catch (SQLException e) {
            transaction.abandon();
            throw new StoreException(store + ": migration " + migration.name() + " of " + room
                    + " failed and was undone", e);
        }
    }
}
