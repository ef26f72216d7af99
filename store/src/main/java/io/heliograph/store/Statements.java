package io.heliograph.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs SQL inside a transaction that somebody else begins and ends: the store's, or a caller's own ({@link #on}).
 *
 * <p>Each text is prepared once and kept, up to {@value #MAX_KEPT} of them, the longest unused given up first: so let texts
 * be constants and bind what varies. Parameters are {@code Long}, {@code Integer}, {@code Double}, {@code String},
 * {@code byte[]}, or an {@link Optional} of these, which is NULL when empty. Confined to one thread at a time.
 */
public final class Statements implements AutoCloseable {

    private static final int MAX_KEPT = 256;
    private static final int[] CHUNKS = {64, 16, 4};

    private final Connection connection;
    private final Dialect dialect;
    private final Map<String, PreparedStatement> kept = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Insert, String> inserts = new HashMap<>();

    /** What a text that inserts is made of: to put it together anew would cost as much as a row or two. {@value #MAX_KEPT} are kept. */
    private record Insert(String before, String row, int rows, String after) {

        String text() {
            return before + row + (", " + row).repeat(rows - 1) + after;
        }
    }

    private Statements(Connection connection, Dialect dialect) {
        this.connection = connection;
        this.dialect = dialect;
    }

    /**
     * For a room's SQL inside a caller's own transaction: it commits or rolls back with that. Close it before the connection;
     * {@code connection} itself is neither ended nor closed by it.
     *
     * @throws IllegalArgumentException if the connection is neither to SQLite nor to PostgreSQL
     */
    public static Statements on(Connection connection) throws SQLException {
        return new Statements(connection, Dialect.of(connection));
    }

    /** Where the two databases differ. */
    public Dialect dialect() {
        return dialect;
    }

    /**
     * Changes rows.
     *
     * @return how many
     */
    public int update(String sql, Object... parameters) throws SQLException {
        return run(sql, PreparedStatement::executeUpdate, parameters);
    }

    /** Every row that a query, or {@code ... RETURNING}, gives. The query has a LIMIT where there may be many. */
    public <R> List<R> rows(String sql, RowReader<R> reader, Object... parameters) throws SQLException {
        return run(sql, statement -> {
            try (ResultSet rows = statement.executeQuery()) {
                var read = new ArrayList<R>();
                while (rows.next()) {
                    read.add(reader.read(rows));
                }
                return read;
            }
        }, parameters);
    }

    /** The first row that a query, or {@code ... RETURNING}, gives. */
    public <R> Optional<R> row(String sql, RowReader<R> reader, Object... parameters) throws SQLException {
        return run(sql, statement -> {
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? Optional.of(reader.read(rows)) : Optional.empty();
            }
        }, parameters);
    }

    /**
     * Inserts rows, many with each statement.
     *
     * @param insert {@code INSERT INTO table (columns) VALUES }, to which the rows are added
     * @param after  what follows them, such as {@code ON CONFLICT DO NOTHING RETURNING id}; empty for nothing
     * @param rows   for each row its columns' values, as many in each
     * @param reader reads what is returned, in no particular order
     */
    public <R> List<R> insert(String insert, List<Object[]> rows, String after, RowReader<R> reader) throws SQLException {
        var returned = new ArrayList<R>();
        inChunks(insert, row(rows), rows, after, (sql, parameters) -> {
            if (after.isEmpty()) {
                update(sql, parameters);
            } else {
                returned.addAll(rows(sql, reader, parameters));
            }
        });
        return returned;
    }

    /** Inserts rows that return nothing; see {@link #insert(String, List, String, RowReader)}. */
    public void insert(String insert, List<Object[]> rows) throws SQLException {
        insert(insert, rows, "", row -> insert);
    }

    /**
     * Inserts rows that return nothing, and of which some columns are the same in all.
     *
     * @param row such as {@code (?, ?, 'new', NULL)}: what is the same need not be bound for each
     */
    public void insert(String insert, String row, List<Object[]> rows) throws SQLException {
        inChunks(insert, row, rows, "", this::update);
    }

    /**
     * Inserts rows into a table whose {@code {identity}} is called {@code id}, and says which each of them has got. On SQLite, whose one
     * writer numbers the rows of a statement without a gap, that needs no row to be returned.
     *
     * @param after {@code ON CONFLICT DO NOTHING}, or empty
     * @return in the order of {@code rows}; where there are fewer, some were not inserted, and it is unknown which
     */
    public List<Long> insertNumbered(String insert, List<Object[]> rows, String after) throws SQLException {
        var ids = new ArrayList<Long>(rows.size());
        switch (dialect) {
            case SQLITE -> inChunks(insert, row(rows), rows, after, (sql, parameters) -> {
                int count = update(sql, parameters);
                long last = row("SELECT last_insert_rowid()", row -> row.getLong(1)).orElseThrow();
                for (int i = 1; i <= count; i++) {
                    ids.add(last - count + i);
                }
            });
            case POSTGRESQL -> inChunks(insert, row(rows), rows, after + " RETURNING id",
                    (sql, parameters) -> rows(sql, row -> row.getLong(1), parameters).stream().sorted().forEach(ids::add));
        }
        return ids;
    }

    @FunctionalInterface
    private interface ChunkWrite {
        void write(String sql, Object[] parameters) throws SQLException;
    }

    private static String row(List<Object[]> rows) {
        return rows.isEmpty() ? "" : "(?" + ", ?".repeat(rows.getFirst().length - 1) + ")";
    }

    private void inChunks(String insert, String row, List<Object[]> rows, String after, ChunkWrite write) throws SQLException {
        for (int from = 0; from < rows.size();) {
            int count = chunk(rows.size() - from);
            int columns = rows.get(from).length;
            var parameters = new Object[count * columns];
            for (int i = 0; i < count; i++) {
                System.arraycopy(rows.get(from + i), 0, parameters, i * columns, columns);
            }
            if (inserts.size() >= MAX_KEPT) {
                inserts.clear();
            }
            write.write(inserts.computeIfAbsent(new Insert(insert, row, count, after), Insert::text), parameters);
            from += count;
        }
    }

    /**
     * What a query, or {@code ... RETURNING}, gives for many keys, with few statements.
     *
     * @param before     ends where the list of keys begins, as in {@code WHERE id IN }
     * @param after      what follows the list, without parameters
     * @param parameters those that come before the keys
     */
    public <R> List<R> rowsOf(String before, List<?> keys, String after, RowReader<R> reader, Object... parameters)
            throws SQLException {
        var read = new ArrayList<R>();
        for (int from = 0; from < keys.size();) {
            int count = chunk(keys.size() - from);
            var all = new ArrayList<Object>(List.of(parameters));
            all.addAll(keys.subList(from, from + count));
            read.addAll(rows(before + "(?" + ", ?".repeat(count - 1) + ")" + after, reader, all.toArray()));
            from += count;
        }
        return read;
    }

    /** Few sizes, so that few texts are prepared. */
    private static int chunk(int left) {
        for (int size : CHUNKS) {
            if (left >= size) {
                return size;
            }
        }
        return 1;
    }

    /** The statement itself, for batches. Kept: the caller doesn't close it, but its {@link ResultSet}s. */
    public PreparedStatement prepared(String sql) throws SQLException {
        PreparedStatement known = kept.get(sql);
        if (known != null) {
            return known;
        }
        if (kept.size() == MAX_KEPT) {
            Iterator<PreparedStatement> eldest = kept.values().iterator();
            eldest.next().close();
            eldest.remove();
        }
        PreparedStatement prepared = connection.prepareStatement(sql);
        kept.put(sql, prepared);
        return prepared;
    }

    /** Closes what it prepared. */
    @Override
    public void close() {
        forget();
    }

    /** Runs what is neither a query nor a change of rows; a row that it gives nevertheless is passed over. */
    void execute(String sql) throws SQLException {
        run(sql, statement -> {
            if (statement.execute()) {
                // A statement left in the middle of its rows would hold on to the moment that it reads.
                statement.getResultSet().close();
            }
            return sql;
        });
    }

    /** Runs what is done only when every row has been asked for, though its rows have no column. */
    void executeToItsEnd(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    /**
     * Prepares everything anew from here on: SQLite's driver does away with a statement that failed badly, and one may have been left
     * with half a batch.
     */
    void forget() {
        for (PreparedStatement statement : kept.values()) {
            closeQuietly(statement);
        }
        kept.clear();
    }

    @FunctionalInterface
    private interface Use<R> {
        R of(PreparedStatement statement) throws SQLException;
    }

    private <R> R run(String sql, Use<R> use, Object... parameters) throws SQLException {
        PreparedStatement statement = prepared(sql);
        try {
            statement.clearParameters();
            for (int i = 0; i < parameters.length; i++) {
                bind(statement, i + 1, parameters[i]);
            }
            return use.of(statement);
        } catch (SQLException e) {
            // See forget.
            closeQuietly(statement);
            kept.remove(sql);
            throw e;
        }
    }

    private static void closeQuietly(PreparedStatement statement) {
        try {
            statement.close();
        } catch (SQLException e) {
            // Nobody uses it any more.
        }
    }

    private static void bind(PreparedStatement statement, int index, Object parameter) throws SQLException {
        switch (parameter) {
            case Long number -> statement.setLong(index, number);
            case Integer number -> statement.setInt(index, number);
            case Double number -> statement.setDouble(index, number);
            case String text -> statement.setString(index, text);
            case byte[] bytes -> statement.setBytes(index, bytes);
            case Optional<?> value when value.isPresent() -> bind(statement, index, value.get());
            case Optional<?> _ -> statement.setNull(index, Types.NULL);
            default -> throw new IllegalArgumentException("parameter " + index + " is a " + parameter.getClass().getName()
                    + ": Long, Integer, Double, String, byte[] or an Optional of these is needed");
        }
    }
}
