package io.heliograph.store;

import java.sql.ResultSet;
import java.sql.SQLException;

/** Makes a value of the row where {@code row} stands. */
@FunctionalInterface
public interface RowReader<R> {

    /** Reads the row's columns, and does not move on. */
    R read(ResultSet row) throws SQLException;
}
