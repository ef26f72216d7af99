package io.heliograph.store;

import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The table that tests write to, and what they do with it. */
final class Rows {

    static final Schema FIRST = Schema.of("test", Rows.class, "001-rows.sql");
    static final Schema SECOND = Schema.of("test", Rows.class, "001-rows.sql", "002-due.sql");

    private Rows() {
    }

    static Write<Integer> insert(long n) {
        return sql -> insert(sql, n);
    }

    static int insert(Statements sql, long n) throws SQLException {
        return sql.update("INSERT INTO test_row (n) VALUES (?)", n);
    }

    static Write<Integer> insertNamed(String name) {
        return sql -> sql.update("INSERT INTO test_row (n, name) VALUES (0, ?)", name);
    }

    static List<Long> numbers(SqlStore store) {
        return store.read(sql -> sql.rows("SELECT n FROM test_row ORDER BY id", row -> row.getLong(1)));
    }

    static long count(SqlStore store) {
        return store.read(sql -> sql.row("SELECT COUNT(*) FROM test_row", row -> row.getLong(1))).orElseThrow();
    }

    /** Holds the writer thread inside of a write until {@code release}; counts {@code entered} down when it is there. */
    static Write<Integer> hold(CountDownLatch entered, CountDownLatch release) {
        return sql -> {
            entered.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return 0;
        };
    }
}
