package io.heliograph.alert;

import io.heliograph.ConfigException;
import io.heliograph.search.Field;
import io.heliograph.search.QueryException;
import io.heliograph.spi.Environment;
import io.heliograph.store.SqlStore;
import io.heliograph.store.StoreBusyException;
import io.heliograph.webhook.Endpoints;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;

/**
 * The searches that are kept, for each tenant apart. The store is the truth: a change that has completed is on disk, and is seen by
 * the match of each event that is published after.
 *
 * <p>Thread-safe; starts no thread. Futures complete on the store's; exceptionally with
 *
 * <ul>
 *   <li>a {@link QueryException} if a query cannot be used; it has line, column and token
 *   <li>a {@link SearchSpecException} if something else of the search cannot; it has a pointer
 *   <li>a {@link RevisionException} if something else is there than was expected
 *   <li>a {@link QuotaException} if there would be too many searches
 *   <li>a {@link io.heliograph.store.StoreException} as {@link SqlStore#write} does
 * </ul>
 */
public final class SavedSearches {

    /** The longest id. */
    public static final int MAX_ID_LENGTH = 128;

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._~:-]{1," + MAX_ID_LENGTH + "}");
    private static final int IMPORTED_TOGETHER = 200;

    private final SqlStore store;
    private final Indexes indexes;
    private final Endpoints endpoints;
    private final Set<String> addresses;
    private final AlertsConfig config;
    private final Environment environment;
    private final Runnable onChange;

    /**
     * @param addresses names of those that alerts may go to
     * @param onChange  runs on the store's thread when something has changed
     */
    SavedSearches(SqlStore store, Indexes indexes, Endpoints endpoints, Set<String> addresses, AlertsConfig config,
            Environment environment, Runnable onChange) {
        this.store = store;
        this.indexes = indexes;
        this.endpoints = endpoints;
        this.addresses = Set.copyOf(addresses);
        this.config = config;
        this.environment = environment;
        this.onChange = onChange;
    }

    /**
     * What became of a put.
     *
     * @param search as it is now
     * @param isNew  whether there was none of that id
     */
    public record Put(SavedSearch search, boolean isNew) {
    }

    /** What became of one line of an import. */
    public sealed interface ImportOutcome {

        /** Which line, from 1. */
        int line();

        /** It is there. */
        record Done(int line, Put put) implements ImportOutcome {
        }

        /** It is not; {@code reason} is one of those that {@link SavedSearches} names. */
        record Refused(int line, RuntimeException reason) implements ImportOutcome {
        }
    }

    /** Puts a search in place of the one of the same id, if there is one. */
    public CompletableFuture<Put> put(String tenant, String id, SearchSpec spec, Expectation expectation) {
        TenantIndex index;
        try {
            index = check(tenant, id, spec);
        } catch (QueryException | SearchSpecException | QuotaException e) {
            return CompletableFuture.failedFuture(e);
        }
        var key = new SearchKey(tenant, id);
        List<Field> fields = index.newFields();
        return store.write(spec.query().text().length(), sql -> SearchRows.put(sql, key, spec, expectation, fields,
                config.searchesPerTenant(), nowMs())).thenApply(put -> {
                    index.fieldsStored(fields);
                    changed(put.search().revision());
                    return put;
                });
    }

    private TenantIndex check(String tenant, String id, SearchSpec spec) {
        if (!ID.matcher(id).matches()) {
            throw new SearchSpecException("/id", "'" + Shown.text(id) + "' cannot be a search's id: allowed are 1 to " + MAX_ID_LENGTH
                    + " ASCII letters, digits, and . _ ~ : -");
        }
        for (int i = 0; i < spec.deliver().size(); i++) {
            requireThere(tenant, spec.deliver().get(i), "/deliver/" + i);
        }
        TenantIndex index = indexes.of(tenant);
        index.check(id, spec);
        return index;
    }

    private void requireThere(String tenant, Recipient recipient, String pointer) {
        boolean isThere = switch (recipient) {
            case Recipient.ToEndpoint(String id) -> endpoints.find(id).filter(endpoint -> endpoint.tenant().equals(tenant)).isPresent();
            case Recipient.ToAddress(String name) -> addresses.contains(name);
        };
        if (!isThere) {
            throw new SearchSpecException(pointer, "there is no " + Shown.text(recipient.text()));
        }
    }

    private void changed(long revision) {
        indexes.acknowledge(revision);
        onChange.run();
    }

    /** The search of an id. */
    public Optional<SavedSearch> get(String tenant, String id) {
        return store.read(sql -> SearchRows.find(sql, new SearchKey(tenant, id)));
    }

    /**
     * Deletes a search, with its statistics and what it has gathered for a digest; its alerts stay.
     *
     * @return whether there was one
     */
    public CompletableFuture<Boolean> delete(String tenant, String id, Expectation expectation) {
        return store.writeFromReserve(sql -> SearchRows.delete(sql, new SearchKey(tenant, id), expectation, nowMs())).thenApply(revision -> {
            revision.ifPresent(this::changed);
            return revision.isPresent();
        });
    }

    /**
     * Some of a tenant's searches, by id.
     *
     * @param tag   only those that have it
     * @param after those behind this id; empty for the first ones
     * @param most  how many
     */
    public List<SavedSearch> page(String tenant, Optional<String> tag, String after, int most) {
        return store.read(sql -> SearchRows.page(sql, tenant, tag, after, most));
    }

    /** How many searches a tenant has. */
    public long count(String tenant) {
        return store.read(sql -> SearchRows.count(sql, tenant));
    }

    /**
     * Puts many searches, each from a line of JSON with its {@code id}; a bad one harms no other. Waits for the disk.
     *
     * @param firstLine the number of the first of them
     * @return what became of each, in order
     */
    public List<ImportOutcome> importLines(String tenant, int firstLine, List<String> lines) {
        var outcomes = new ArrayList<ImportOutcome>();
        for (int from = 0; from < lines.size(); from += IMPORTED_TOGETHER) {
            int first = firstLine + from;
            var puts = new ArrayList<CompletableFuture<Put>>();
            for (String line : lines.subList(from, Math.min(from + IMPORTED_TOGETHER, lines.size()))) {
                puts.add(importLine(tenant, line));
            }
            for (int i = 0; i < puts.size(); i++) {
                outcomes.add(outcome(first + i, puts.get(i)));
            }
        }
        return outcomes;
    }

    private CompletableFuture<Put> importLine(String tenant, String line) {
        try {
            SpecReader.Read read = SpecReader.read(line);
            return put(tenant, read.id(), read.spec(), Expectation.ANYTHING);
        } catch (SearchSpecException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static ImportOutcome outcome(int line, CompletableFuture<Put> put) {
        try {
            return new ImportOutcome.Done(line, put.join());
        } catch (CompletionException e) {
            RuntimeException reason = e.getCause() instanceof RuntimeException cause ? cause : new StoreBusyException(String.valueOf(e.getCause()));
            return new ImportOutcome.Refused(line, reason);
        }
    }

    /** What became of a search's matches; all zero if it has had none. */
    public SearchStatistics statistics(String tenant, String id) {
        return statistics(tenant, List.of(id)).getOrDefault(id, SearchStatistics.NONE);
    }

    /** The same of several; those that have had no match are absent. */
    public Map<String, SearchStatistics> statistics(String tenant, List<String> ids) {
        return store.read(sql -> SearchRows.statistics(sql, tenant, ids));
    }

    /** Whether a search is left out, since its query threw; putting it again takes it back. */
    public boolean isQuarantined(String tenant, String id) {
        return indexes.find(tenant).filter(index -> index.index().isQuarantined(id)).isPresent();
    }

    /** The fields that a tenant's searches may name, by name. */
    public List<Field> fields(String tenant) {
        return indexes.find(tenant).map(index -> index.index().schema().fields()).orElse(List.of());
    }

    /**
     * Declares fields of a tenant.
     *
     * @return completes exceptionally with a {@link ConfigException} if a query uses one as something else, or there are
     *         too many; those before it are declared
     */
    public CompletableFuture<Void> declare(String tenant, List<Field> fields) {
        TenantIndex index;
        try {
            index = indexes.of(tenant);
            fields.forEach(field -> index.index().schema().declare(field));
        } catch (ConfigException | QuotaException e) {
            return CompletableFuture.failedFuture(e);
        }
        List<Field> unsaved = index.newFields();
        return store.write(sql -> SearchRows.declare(sql, tenant, unsaved)).thenAccept(revision -> {
            index.fieldsStored(unsaved);
            changed(revision);
        });
    }

    /** Whether a tenant's schema takes no field but the declared ones. */
    public boolean isSchemaClosed(String tenant) {
        return indexes.find(tenant).filter(index -> index.index().schema().isClosed()).isPresent();
    }

    /**
     * Closes a tenant's schema: queries may name nothing but what is declared, or used by then, and events add nothing.
     *
     * @return completes exceptionally with a {@link QuotaException} if it is one tenant too many
     */
    public CompletableFuture<Void> closeSchema(String tenant) {
        return settle(tenant, true);
    }

    /** Opens a tenant's schema again: fields are inferred from then on; completes as {@link #closeSchema} does. */
    public CompletableFuture<Void> reopenSchema(String tenant) {
        return settle(tenant, false);
    }

    private CompletableFuture<Void> settle(String tenant, boolean isClosed) {
        TenantIndex index;
        try {
            index = indexes.of(tenant);
        } catch (QuotaException e) {
            return CompletableFuture.failedFuture(e);
        }
        List<Field> unsaved = index.newFields();
        return store.write(sql -> SearchRows.settle(sql, tenant, isClosed, unsaved)).thenAccept(stored -> {
            index.fieldsStored(unsaved);
            index.settle(stored);
            changed(stored.revision());
        });
    }

    private long nowMs() {
        return environment.wallClock().epochNanos() / 1_000_000;
    }
}
