package io.heliograph.store;

import java.sql.SQLException;

/**
 * Begins and ends a transaction on one of the store's connections by SQL, so that one text may carry two steps to PostgreSQL in
 * one way there and back. The connection itself is in auto-commit mode. Confined to the connection's thread.
 */
final class Transaction {

    private static final String SAVEPOINT = "SAVEPOINT one_write";

    private final Statements sql;
    private boolean hasFreshSavepoint;

    Transaction(Statements sql) {
        this.sql = sql;
    }

    /** Begins one that may write: on SQLite it has the lock for that from here on. */
    void begin() throws SQLException {
        switch (sql.dialect()) {
            case SQLITE -> sql.execute("BEGIN IMMEDIATE");
            case POSTGRESQL -> sql.execute("BEGIN");
        }
        hasFreshSavepoint = false;
    }

    /** As {@link #begin}, and marks the place to which {@link #undo} goes back. */
    void beginMarked() throws SQLException {
        switch (sql.dialect()) {
            case SQLITE -> {
                begin();
                sql.execute(SAVEPOINT);
            }
            case POSTGRESQL -> sql.execute("BEGIN;" + SAVEPOINT);
        }
        hasFreshSavepoint = true;
    }

    /** Marks the place to which {@link #undo} goes back; what came before is undone with the whole transaction only. */
    void mark() throws SQLException {
        if (!hasFreshSavepoint) {
            switch (sql.dialect()) {
                case SQLITE -> {
                    sql.execute("RELEASE one_write");
                    sql.execute(SAVEPOINT);
                }
                case POSTGRESQL -> sql.execute("RELEASE one_write;" + SAVEPOINT);
            }
        }
        hasFreshSavepoint = false;
    }

    /** Undoes what was done since {@link #mark}. */
    void undo() throws SQLException {
        sql.execute("ROLLBACK TO one_write");
        hasFreshSavepoint = true;
    }

    void commit() throws SQLException {
        sql.execute("COMMIT");
    }

    /** Begins one that reads: every query sees the same moment. */
    void beginReading() throws SQLException {
        switch (sql.dialect()) {
            case SQLITE -> sql.execute("BEGIN");
            case POSTGRESQL -> sql.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        }
    }

    /** Undoes everything, also where the database has done so by itself. */
    void abandon() {
        try {
            sql.execute("ROLLBACK");
        } catch (SQLException e) {
            // There was none any more; or the connection is dead, and whoever uses it next will say so.
        }
    }
}
