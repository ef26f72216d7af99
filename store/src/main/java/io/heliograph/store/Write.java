package io.heliograph.store;

import java.sql.SQLException;

/**
 * Changes rows, on the store's writer thread, inside a transaction that it shares with others' writes.
 *
 * <p>What it throws undoes it alone. It has no effect but on the database, and lets every {@link SQLException} through: where one
 * of those that share a transaction fails, the others run once more. So let what is expected not fail: {@code ON CONFLICT DO
 * NOTHING} in place of a violated constraint.
 */
@FunctionalInterface
public interface Write<T> {

    /** Runs its SQL; the result is handed out once it is on disk. Quick: all other writes wait for it. */
    T run(Statements sql) throws SQLException;
}
