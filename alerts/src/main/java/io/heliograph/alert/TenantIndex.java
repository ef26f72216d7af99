package io.heliograph.alert;

import io.heliograph.ConfigException;
import io.heliograph.Notice;
import io.heliograph.TopicFilter;
import io.heliograph.search.Field;
import io.heliograph.search.QueryException;
import io.heliograph.search.Registration;
import io.heliograph.search.Schema;
import io.heliograph.search.Search;
import io.heliograph.search.SearchConfig;
import io.heliograph.search.SearchIndex;
import io.heliograph.spi.Environment;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * One tenant's searches in memory. What is in Lucene's index and not among these is on its way out and finds nothing. The matcher's
 * thread changes it; any thread may ask.
 */
final class TenantIndex implements AutoCloseable {

    /** Between a search's id and the number of one of its condition's queries. */
    private static final char PART = '\n';
    private static final Set<String> OWN_FIELDS = Schema.open().fields().stream().map(Field::name).collect(Collectors.toSet());

    private final String tenant;
    private final SearchIndex index;
    private final Environment environment;
    private final Map<String, SavedSearch> live = new ConcurrentHashMap<>();
    /** Fields as they are in the store. */
    private final Map<String, Field> storedFields = new ConcurrentHashMap<>();
    private final ArrayDeque<String> leaving = new ArrayDeque<>();
    /** How many searches look at which topics: mostly these are few. */
    private final Map<TopicFilter, Integer> topics = new ConcurrentHashMap<>();

    private boolean isChanged;
    /** Whether it is closed, as it is in the store; under this object's monitor. */
    private SearchRows.TenantSchema settled;

    /** @param cache where {@link #save} has written it, perhaps long ago */
    TenantIndex(String tenant, Optional<Path> cache, SearchConfig config, Environment environment) {
        this.tenant = tenant;
        this.index = cache.flatMap(folder -> SearchIndex.restore(folder, config, environment))
                .orElseGet(() -> SearchIndex.open(config, environment));
        this.environment = environment;
        this.settled = new SearchRows.TenantSchema(tenant, false, 0);
    }

    /** What it has of the cache, and the store has not, is on its way out. */
    void forgetTheRest() {
        settleAgain();
        index.searchIds().filter(id -> search(searchOf(id)).filter(search -> parts(search.id(), search.spec()).size() > partOf(id)).isEmpty())
                .forEach(leaving::add);
    }

    /** Writes it to a cache, unless that has it already; nobody changes it meanwhile. */
    void save(Path folder) {
        if (isChanged) {
            index.snapshot(folder);
            isChanged = false;
        }
    }

    SearchIndex index() {
        return index;
    }

    Optional<SavedSearch> search(String id) {
        return Optional.ofNullable(live.get(id));
    }

    Collection<SavedSearch> searches() {
        return live.values();
    }

    /** Whether some search looks at events of a topic. */
    boolean wants(String topic) {
        return topics.keySet().stream().anyMatch(filter -> filter.matches(topic));
    }

    /**
     * Tries a search's queries, which makes their fields known.
     *
     * @throws QueryException      if its own query cannot be used
     * @throws SearchSpecException if one of its condition's cannot
     */
    void check(String id, SearchSpec spec) {
        List<Search> parts = parts(id, spec);
        index.check(parts.getFirst());
        for (int i = 1; i < parts.size(); i++) {
            try {
                index.check(parts.get(i));
            } catch (QueryException e) {
                throw new SearchSpecException(spec.when().orElseThrow().pointer(i - 1), e);
            }
        }
    }

    /** The id of the search that an id in the index is of, or of a part of. */
    static String searchOf(String indexed) {
        int end = indexed.indexOf(PART);
        return end < 0 ? indexed : indexed.substring(0, end);
    }

    /** Which part it is: 0 for the search's own query, from 1 on for its condition's. */
    static int partOf(String indexed) {
        int end = indexed.indexOf(PART);
        return end < 0 ? 0 : Integer.parseInt(indexed.substring(end + 1));
    }

    static List<Search> parts(String id, SearchSpec spec) {
        var parts = new ArrayList<Search>();
        parts.add(search(id, spec.query(), spec));
        List<QueryText> more = spec.when().map(Condition::queries).orElse(List.of());
        for (int i = 0; i < more.size(); i++) {
            parts.add(search(id + PART + (i + 1), more.get(i), spec));
        }
        return parts;
    }

    private static Search search(String id, QueryText query, SearchSpec spec) {
        return new Search(id, query.text(), query.syntax(), spec.language());
    }

    /** Fields that queries use, and that the store does not have yet, or not so. */
    List<Field> newFields() {
        return index.schema().fields().stream()
                .filter(field -> field.origin() != Field.Origin.SEEN && !OWN_FIELDS.contains(field.name()))
                .filter(field -> !isStored(field)).toList();
    }

    private boolean isStored(Field field) {
        Field stored = storedFields.get(field.name());
        return stored != null && stored.type() == field.type() && stored.language().equals(field.language())
                && (stored.origin() == Field.Origin.DECLARED || field.origin() != Field.Origin.DECLARED);
    }

    /** They are in the store. */
    void fieldsStored(List<Field> fields) {
        fields.forEach(field -> storedFields.put(field.name(), field));
    }

    /** Takes fields over from the store. */
    void take(Field field) {
        storedFields.put(field.name(), field);
        try {
            index.schema().restore(field);
        } catch (ConfigException e) {
            environment.tell(new Notice.Degraded("searches of tenant " + tenant, String.valueOf(e.getMessage())));
        }
    }

    /** Closes the schema, or opens it again, as it is in the store; what is older than what it knows changes nothing. */
    synchronized void settle(SearchRows.TenantSchema stored) {
        if (stored.revision() > settled.revision()) {
            settled = stored;
            settleAgain();
        }
    }

    private synchronized void settleAgain() {
        if (settled.isClosed()) {
            index.schema().close();
        } else {
            index.schema().reopen();
        }
    }

    void remove(String id) {
        SavedSearch old = live.remove(id);
        if (old != null) {
            parts(id, old.spec()).forEach(part -> leaving.add(part.id()));
            forgetTopics(old);
        }
    }

    /** Puts searches in place of those with the same ids; one that cannot be used any more is told, and left out. */
    void put(List<SavedSearch> searches) {
        var enabled = new ArrayList<SavedSearch>();
        for (SavedSearch search : searches) {
            if (search.spec().state() == SearchSpec.State.ENABLED) {
                enabled.add(search);
            } else {
                remove(search.id());
            }
        }
        List<Search> all = enabled.stream().flatMap(search -> parts(search.id(), search.spec()).stream()).toList();
        Map<String, String> refused = register(all);
        for (SavedSearch search : enabled) {
            if (refused.containsKey(search.id())) {
                remove(search.id());
                environment.tell(new Notice.Degraded("search " + search.id() + " of tenant " + tenant, "left out: " + refused.get(search.id())));
            } else {
                search.spec().topics().forEach(topic -> topics.merge(topic, 1, Integer::sum));
                replace(search);
            }
        }
    }

    private void forgetTopics(SavedSearch search) {
        for (TopicFilter topic : search.spec().topics()) {
            topics.merge(topic, -1, Integer::sum);
            topics.remove(topic, 0);
        }
    }

    private Map<String, String> register(List<Search> all) {
        // What the cache had, or a change of other parts left as it was.
        List<Search> changed = all.stream().filter(search -> index.isQuarantined(search.id())
                || !index.search(search.id()).equals(Optional.of(search))).toList();
        if (changed.isEmpty()) {
            return Map.of();
        }
        isChanged = true;
        var refused = new ConcurrentHashMap<String, String>();
        for (Registration one : index.register(changed)) {
            if (one instanceof Registration.Refused(String id, QueryException reason)) {
                refused.put(searchOf(id), String.valueOf(reason.getMessage()));
            }
        }
        return refused;
    }

    /** The one before may have had more queries. */
    private void replace(SavedSearch search) {
        SavedSearch old = live.put(search.id(), search);
        if (old != null) {
            forgetTopics(old);
            int now = parts(search.id(), search.spec()).size();
            parts(old.id(), old.spec()).stream().skip(now).forEach(part -> leaving.add(part.id()));
        }
    }

    /** Takes one that is on its way out from the index, which is slow; says whether there was one. */
    boolean tidy() {
        String id = leaving.poll();
        if (id == null) {
            return false;
        }
        boolean isBack = search(searchOf(id)).filter(search -> parts(search.id(), search.spec()).size() > partOf(id)).isPresent();
        if (!isBack) {
            isChanged = true;
            index.delete(id);
        }
        return true;
    }

    @Override
    public void close() {
        index.close();
    }
}
