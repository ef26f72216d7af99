package io.heliograph.alert;

import io.heliograph.search.Field;
import io.heliograph.search.FieldType;
import io.heliograph.search.Language;
import io.heliograph.store.Statements;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The searches' tables. Who changes them takes the next revision first, and with it the row that all changes have to pass: so
 * whoever sees a revision sees all before it. Stateless.
 */
final class SearchRows {

    private static final String COLUMNS = "tenant, id, revision, spec, created_ms, changed_ms";
    /** What is written into memory at a time. */
    private static final int MOST_CHANGES = 5_000;

    private SearchRows() {
    }

    /** A field and whose it is. */
    record TenantField(String tenant, Field field) {
    }

    /** Whether a tenant's schema is closed, as of a revision. */
    record TenantSchema(String tenant, boolean isClosed, long revision) {
    }

    /**
     * What is to be done to have what is stored.
     *
     * @param to up to which revision
     */
    record Changes(long to, List<TenantField> fields, List<TenantSchema> schemas, List<SearchKey> deleted, List<SavedSearch> put) {
    }

    static long generation(Statements sql) throws SQLException {
        return sql.row("SELECT number FROM alerts_generation WHERE id = 1", row -> row.getLong(1)).orElseThrow();
    }

    private static long nextRevision(Statements sql) throws SQLException {
        return sql.row("UPDATE alerts_generation SET number = number + 1 WHERE id = 1 RETURNING number", row -> row.getLong(1))
                .orElseThrow();
    }

    static SavedSearches.Put put(Statements sql, SearchKey key, SearchSpec spec, Expectation expectation, List<Field> fields, int quota,
            long nowMs) throws SQLException {
        long revision = nextRevision(sql);
        Optional<SavedSearch> before = find(sql, key);
        require(key, before, expectation);
        if (before.isEmpty()) {
            countOneMore(sql, key.tenant(), quota);
            // A match under way when the one before was deleted may have counted on.
            sql.update("DELETE FROM alerts_statistics WHERE tenant = ? AND search = ?", key.tenant(), key.id());
        }
        long createdMs = before.map(search -> search.created().toEpochMilli()).orElse(nowMs);
        sql.update("INSERT INTO alerts_search (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (tenant, id) DO UPDATE SET"
                + " revision = excluded.revision, spec = excluded.spec, changed_ms = excluded.changed_ms", key.tenant(), key.id(), revision,
                spec.toJson(), createdMs, nowMs);
        sql.update("DELETE FROM alerts_tag WHERE tenant = ? AND search = ?", key.tenant(), key.id());
        for (String tag : spec.tags()) {
            sql.update("INSERT INTO alerts_tag (tenant, tag, search) VALUES (?, ?, ?)", key.tenant(), tag, key.id());
        }
        putFields(sql, key.tenant(), fields, revision);
        return new SavedSearches.Put(new SavedSearch(key.tenant(), key.id(), spec, revision, Instant.ofEpochMilli(createdMs),
                Instant.ofEpochMilli(nowMs)), before.isEmpty());
    }

    private static void require(SearchKey key, Optional<SavedSearch> before, Expectation expectation) {
        switch (expectation) {
            case Expectation.Anything _ -> { }
            case Expectation.Absence _ -> {
                if (before.isPresent()) {
                    throw new RevisionException("search " + key.id() + " is there, at revision " + before.get().revision());
                }
            }
            case Expectation.Revision(long number) -> {
                if (before.isEmpty() || before.get().revision() != number) {
                    throw new RevisionException("search " + key.id() + " is not at revision " + number + ", but "
                            + before.map(search -> "at " + search.revision()).orElse("not there"));
                }
            }
        }
    }

    private static void countOneMore(Statements sql, String tenant, int quota) throws SQLException {
        boolean isCounted = sql.update("UPDATE alerts_tenant SET searches = searches + 1 WHERE tenant = ? AND searches < ?", tenant, quota) == 1
                || sql.update("INSERT INTO alerts_tenant (tenant, searches) VALUES (?, 1) ON CONFLICT DO NOTHING", tenant) == 1;
        if (!isCounted) {
            throw new QuotaException("tenant " + tenant + " has " + quota + " searches already, and may have no more (setting"
                    + " searchesPerTenant)");
        }
    }

    private static void putFields(Statements sql, String tenant, List<Field> fields, long revision) throws SQLException {
        for (Field field : fields) {
            sql.update("INSERT INTO alerts_field (tenant, path, type, language, origin, revision) VALUES (?, ?, ?, ?, ?, ?)"
                    + " ON CONFLICT (tenant, path) DO UPDATE SET type = excluded.type, language = excluded.language,"
                    + " origin = excluded.origin, revision = excluded.revision", tenant, field.name(), field.type().name(),
                    field.language().map(Language::code), field.origin().name(), revision);
        }
    }

    /** Keeps fields that somebody declares. */
    static long declare(Statements sql, String tenant, List<Field> fields) throws SQLException {
        long revision = nextRevision(sql);
        putFields(sql, tenant, fields, revision);
        return revision;
    }

    /** Keeps that a schema is closed or open, and the fields that it has by now. */
    static TenantSchema settle(Statements sql, String tenant, boolean isClosed, List<Field> fields) throws SQLException {
        long revision = nextRevision(sql);
        sql.update("INSERT INTO alerts_schema (tenant, closed, revision) VALUES (?, ?, ?) ON CONFLICT (tenant) DO UPDATE SET"
                + " closed = excluded.closed, revision = excluded.revision", tenant, isClosed ? 1 : 0, revision);
        putFields(sql, tenant, fields, revision);
        return new TenantSchema(tenant, isClosed, revision);
    }

    /** Returns the revision of the deletion; empty if there was no such search. */
    static Optional<Long> delete(Statements sql, SearchKey key, Expectation expectation, long nowMs) throws SQLException {
        long revision = nextRevision(sql);
        Optional<SavedSearch> before = find(sql, key);
        if (before.isEmpty() && expectation instanceof Expectation.Anything) {
            return Optional.empty();
        }
        require(key, before, expectation);
        if (before.isEmpty()) {
            return Optional.empty();
        }
        sql.update("DELETE FROM alerts_search WHERE tenant = ? AND id = ?", key.tenant(), key.id());
        sql.update("DELETE FROM alerts_tag WHERE tenant = ? AND search = ?", key.tenant(), key.id());
        sql.update("DELETE FROM alerts_statistics WHERE tenant = ? AND search = ?", key.tenant(), key.id());
        sql.update("DELETE FROM alerts_period WHERE tenant = ? AND search = ?", key.tenant(), key.id());
        sql.update("DELETE FROM alerts_gathered WHERE tenant = ? AND search = ?", key.tenant(), key.id());
        sql.update("UPDATE alerts_tenant SET searches = searches - 1 WHERE tenant = ?", key.tenant());
        sql.update("INSERT INTO alerts_deleted (revision, tenant, id, at_ms) VALUES (?, ?, ?, ?)", revision, key.tenant(), key.id(), nowMs);
        return Optional.of(revision);
    }

    static Optional<SavedSearch> find(Statements sql, SearchKey key) throws SQLException {
        return sql.row("SELECT " + COLUMNS + " FROM alerts_search WHERE tenant = ? AND id = ?", SearchRows::read, key.tenant(), key.id());
    }

    static List<SavedSearch> page(Statements sql, String tenant, Optional<String> tag, String after, int most) throws SQLException {
        if (tag.isEmpty()) {
            return sql.rows("SELECT " + COLUMNS + " FROM alerts_search WHERE tenant = ? AND id > ? ORDER BY id LIMIT ?", SearchRows::read,
                    tenant, after, most);
        }
        return sql.rows("SELECT " + COLUMNS + " FROM alerts_search WHERE tenant = ? AND id IN (SELECT search FROM alerts_tag WHERE tenant = ?"
                + " AND tag = ? AND search > ? ORDER BY search LIMIT ?) ORDER BY id", SearchRows::read, tenant, tenant, tag, after, most);
    }

    static long count(Statements sql, String tenant) throws SQLException {
        return sql.row("SELECT searches FROM alerts_tenant WHERE tenant = ?", row -> row.getLong(1), tenant).orElse(0L);
    }

    static Map<String, SearchStatistics> statistics(Statements sql, String tenant, List<String> ids) throws SQLException {
        var statistics = new LinkedHashMap<String, SearchStatistics>();
        sql.rowsOf("SELECT search, matches, alerts, held, throttled, muted, looped, gathered, late, cost_ns, last_ms FROM alerts_statistics"
                + " WHERE tenant = ? AND search IN ", ids, "", row -> Map.entry(row.getString(1), new SearchStatistics(row.getLong(2),
                row.getLong(3), row.getLong(4), row.getLong(5), row.getLong(6), row.getLong(7), row.getLong(8), row.getLong(9),
                Duration.ofNanos(row.getLong(10)), moment(row))), tenant)
                .forEach(one -> statistics.put(one.getKey(), one.getValue()));
        return statistics;
    }

    private static Optional<Instant> moment(ResultSet row) throws SQLException {
        long lastMs = row.getLong(11);
        return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(lastMs));
    }

    private static SavedSearch read(ResultSet row) throws SQLException {
        return new SavedSearch(row.getString(1), row.getString(2), SearchSpec.parse(row.getString(4)), row.getLong(3),
                Instant.ofEpochMilli(row.getLong(5)), Instant.ofEpochMilli(row.getLong(6)));
    }

    /** What has changed since a revision, the first of it where that is much. */
    static Changes since(Statements sql, long have) throws SQLException {
        long generation = generation(sql);
        List<SavedSearch> put = new ArrayList<>(sql.rows("SELECT " + COLUMNS + " FROM alerts_search WHERE revision > ? AND revision <= ?"
                + " ORDER BY revision LIMIT ?", SearchRows::read, have, generation, MOST_CHANGES));
        long to = put.size() == MOST_CHANGES ? put.getLast().revision() : generation;
        List<SearchKey> deleted = sql.rows("SELECT tenant, id FROM alerts_deleted WHERE revision > ? AND revision <= ?",
                row -> new SearchKey(row.getString(1), row.getString(2)), have, to);
        // All fields that are later too, since a type never changes; and all schemas, since a closed one keeps what searches use.
        List<TenantField> fields = sql.rows("SELECT tenant, path, type, language, origin FROM alerts_field WHERE revision > ?",
                SearchRows::field, have);
        List<TenantSchema> schemas = sql.rows("SELECT tenant, closed, revision FROM alerts_schema WHERE revision > ?",
                row -> new TenantSchema(row.getString(1), row.getInt(2) == 1, row.getLong(3)), have);
        return new Changes(to, fields, schemas, deleted, put);
    }

    private static TenantField field(ResultSet row) throws SQLException {
        return new TenantField(row.getString(1), new Field(row.getString(2), FieldType.valueOf(row.getString(3)),
                Optional.ofNullable(row.getString(4)).map(Language::of), Field.Origin.valueOf(row.getString(5))));
    }

    /** Forgets deletions that every process has seen by now. */
    static int forgetDeleted(Statements sql, long beforeMs) throws SQLException {
        return sql.update("DELETE FROM alerts_deleted WHERE revision IN (SELECT revision FROM alerts_deleted WHERE at_ms < ? LIMIT 500)",
                beforeMs);
    }
}
