package io.heliograph.store;

import java.sql.SQLException;

/** Reads rows, all as they were at one moment, on the calling thread. */
@FunctionalInterface
public interface Read<T> {

    /** Runs its queries. */
    T run(Statements sql) throws SQLException;
}
