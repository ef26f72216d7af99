package io.heliograph.search;

import io.heliograph.ConfigException;
import io.heliograph.Event;
import io.heliograph.EventHandler;
import io.heliograph.Interest;
import io.heliograph.Notice;
import io.heliograph.Subscriber;
import io.heliograph.Subscription;
import io.heliograph.spi.Environment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.lucene.monitor.MonitorQuery;

/**
 * Searches that are kept, and matched against each event, on Lucene's Monitor in memory.
 *
 * <p>Thread-safe: any thread may register, delete and match at any time. A search is live for each event whose match begins
 * after its registration has returned, and gone for each that begins after its deletion has; what runs meanwhile sees it before
 * or after, and nothing in between. Registering is as dear as a commit in Lucene (milliseconds), so register many at once.
 *
 * <p>A query that throws while it is matched, be it an Error, is left out from then on, counted, and told as a
 * {@link Notice.Degraded}; the others are matched. Many searches that are registered at once are compiled on the JDK's common
 * pool. Lucene's Monitor starts one thread, {@code cache-purge-...}, which sleeps;
 * {@link #close} ends it.
 */
public final class SearchIndex implements AutoCloseable {

    private static final int MATCHED_TOGETHER = 128;
    /** So few are compiled on the caller's thread alone. */
    private static final int COMPILED_AT_ONCE = 100;
    private static final int COMPILED_TOGETHER = 2_000;

    private final SearchConfig config;
    private final Environment environment;
    private final Schema schema;
    private final Tally tally = new Tally();
    private final ConcurrentMap<String, Stored> stored = new ConcurrentHashMap<>();
    private final QueryStore queries;
    /** Held by whoever changes what is registered. */
    private final ReentrantLock changing = new ReentrantLock();
    private final TargetUse targets = new TargetUse();
    private final Matching matching;

    /** @param opening opens the queries of {@code contents}, each of which it may ask for by id */
    private SearchIndex(SearchConfig config, Environment environment, SearchSnapshot.Contents contents,
            Function<Function<String, MonitorQuery>, QueryStore> opening) {
        this.config = config;
        this.environment = environment;
        this.schema = new Schema(config.maxFields());
        schema.restore(contents.fields(), contents.isClosed());
        for (SearchSnapshot.Entry entry : contents.entries()) {
            stored.put(entry.search().id(), store(entry.search(), new StoredQuery.Restored(entry.targets(), () -> compile(entry.search()))));
        }
        this.queries = opening.apply(this::known);
        if (queries.count() != stored.size()) {
            queries.close();
            throw new IllegalStateException("an index of " + queries.count() + " queries, where there are " + stored.size() + " searches");
        }
        this.matching = new Matching(stored, queries, targets, changing, tally, this::quarantine);
    }

    private MonitorQuery known(String id) {
        return Optional.ofNullable(stored.get(id)).map(Stored::monitorQuery)
                .orElseThrow(() -> new IllegalStateException("search " + id + " is in the index and not in the list"));
    }

    /** An empty index with the default settings, on the machine's clock. */
    public static SearchIndex open() {
        return open(SearchConfig.defaults(), Environment.system());
    }

    /** An empty index; {@code now} in queries is the environment's wall clock. */
    public static SearchIndex open(SearchConfig config, Environment environment) {
        return new SearchIndex(config, environment, SearchSnapshot.Contents.NOTHING, known -> QueryStore.open());
    }

    /**
     * Opens an index as it was when {@link #snapshot} wrote it, much faster than by registering its searches again: a query is
     * compiled when an event comes that it may match. The folder is a cache: whoever has the searches elsewhere compares them
     * ({@link #search}) and registers or deletes what has changed since.
     *
     * @return empty if there is no snapshot, it is damaged, or it was written by another version of Lucene or under other limits for
     *         queries
     */
    public static Optional<SearchIndex> restore(Path folder, SearchConfig config, Environment environment) {
        try {
            SearchSnapshot.Contents contents = SearchSnapshot.read(folder, config);
            return Optional.of(new SearchIndex(config, environment, contents,
                    known -> QueryStore.restore(SearchSnapshot.index(folder), known)));
        } catch (IOException | UncheckedIOException | IllegalStateException | IllegalArgumentException e) {
            if (Files.exists(folder)) {
                environment.tell(new Notice.Degraded("searches in " + folder, "registered again, which takes longer: " + e.getMessage()));
            }
            return Optional.empty();
        }
    }

    /**
     * Writes what is registered, and the schema, in place of what the folder held. Registering waits meanwhile, matching does not.
     *
     * @throws UncheckedIOException if it cannot be written; the folder then holds what it did, or nothing
     */
    public void snapshot(Path folder) {
        changing.lock();
        try {
            SearchSnapshot.write(folder, config, schema, stored.values(), queries);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            changing.unlock();
        }
    }

    /** The fields that searches may name. */
    public Schema schema() {
        return schema;
    }

    /**
     * Registers a search, in place of the one with the same id if there is one.
     *
     * @throws QueryException  if its query cannot be used; what was registered stays
     * @throws ConfigException if there are too many searches
     */
    public void register(Search search) {
        switch (register(List.of(search)).getFirst()) {
            case Registration.Done done -> { }
            case Registration.Refused(String id, QueryException reason) -> throw reason;
        }
    }

    /**
     * Registers searches together, which is much faster than one by one. A bad one harms no other; of two with one id the
     * last one stays.
     *
     * @return what became of each, in order
     * @throws ConfigException if there would be too many searches; none is registered then
     */
    public List<Registration> register(List<Search> searches) {
        Map<String, CompiledSearch> good = new LinkedHashMap<>();
        var outcomes = new ArrayList<Registration>(searches.size());
        for (int from = 0; from < searches.size(); from += COMPILED_TOGETHER) {
            List<Search> some = searches.subList(from, Math.min(from + COMPILED_TOGETHER, searches.size()));
            List<Optional<CompiledQuery>> known = compileKnown(some);
            for (int i = 0; i < some.size(); i++) {
                Search search = some.get(i);
                try {
                    good.put(search.id(), new CompiledSearch(search, known.get(i).orElseGet(() -> compile(search))));
                    outcomes.add(new Registration.Done(search.id()));
                } catch (QueryException e) {
                    tally.refused.increment();
                    outcomes.add(new Registration.Refused(search.id(), e));
                }
            }
        }
        put(List.copyOf(good.values()));
        return List.copyOf(outcomes);
    }

    /** On all processors where there are many. What the schema would learn from is left for one after the other, in order. */
    private List<Optional<CompiledQuery>> compileKnown(List<Search> searches) {
        if (searches.size() < COMPILED_AT_ONCE) {
            return Collections.nCopies(searches.size(), Optional.empty());
        }
        return searches.parallelStream().map(this::compileKnown).toList();
    }

    private Optional<CompiledQuery> compileKnown(Search search) {
        try {
            return QueryCompiler.compileKnown(search.parse(config.queryLimits()), schema, settings(search));
        } catch (QueryException e) {
            return Optional.empty();
        }
    }

    /** A search whose query can be used. */
    record CompiledSearch(Search search, CompiledQuery query) {
    }

    /**
     * Registers a search in place of the one with the same id.
     *
     * @return whether there was one; if not, nothing is registered
     * @throws QueryException if its query cannot be used; what was registered stays
     */
    public boolean update(Search search) {
        changing.lock();
        try {
            if (!stored.containsKey(search.id())) {
                return false;
            }
            register(search);
            return true;
        } finally {
            changing.unlock();
        }
    }

    /** Deletes a search; returns whether there was one. */
    public boolean delete(String searchId) {
        changing.lock();
        try {
            Optional<Stored> old = Optional.ofNullable(stored.get(searchId));
            old.ifPresent(search -> {
                queries.delete(searchId);
                stored.remove(searchId);
                targets.remove(search.query().targets());
                queries.tidy(1, stored.size());
            });
            return old.isPresent();
        } finally {
            changing.unlock();
        }
    }

    /** The search of an id. */
    public Optional<Search> search(String searchId) {
        return Optional.ofNullable(stored.get(searchId)).map(Stored::search);
    }

    /** Whether a search is left out since its query threw; registering it again takes it back. */
    public boolean isQuarantined(String searchId) {
        return Optional.ofNullable(stored.get(searchId)).filter(search -> search.isQuarantined().get()).isPresent();
    }

    void put(List<CompiledSearch> searches) {
        changing.lock();
        try {
            long more = searches.stream().filter(one -> !stored.containsKey(one.search().id())).count();
            if (stored.size() + more > config.maxSearches()) {
                throw new ConfigException("searches", stored.size() + more, "at most " + config.maxSearches() + " (maxSearches)");
            }
            List<Stored> added = searches.stream().map(one -> store(one.search(), new StoredQuery.Ready(one.query()))).toList();
            List<Stored> replaced = added.stream().map(one -> stored.get(one.search().id())).filter(Objects::nonNull).toList();
            queries.put(added.stream().map(Stored::monitorQuery).toList());
            added.forEach(one -> stored.put(one.search().id(), one));
            replaced.forEach(one -> targets.remove(one.query().targets()));
            queries.tidy(replaced.size(), stored.size());
        } finally {
            changing.unlock();
        }
    }

    /** Events have what the query looks at before it can be found. */
    private Stored store(Search search, StoredQuery query) {
        long needs = targets.add(query.targets());
        return new Stored(search, query, needs, new AtomicBoolean());
    }

    private CompiledQuery compile(Search search) {
        return QueryCompiler.compile(search.parse(config.queryLimits()), schema, settings(search));
    }

    private QueryCompiler.Settings settings(Search search) {
        return new QueryCompiler.Settings(config.queryLimits(), search.language(), config.language(), environment.wallClock());
    }

    /** The searches that match an event, by id. */
    public List<Match> match(Event event) {
        return match(event, Set.of());
    }

    /** The searches that match an event, by id, with what else is asked for. */
    public List<Match> match(Event event, Set<Detail> details) {
        return match(List.of(event), details).getFirst();
    }

    /** For each event the searches that match it, by id. Many events at once are much faster than one by one. */
    public List<List<Match>> match(List<Event> events, Set<Detail> details) {
        var matches = new ArrayList<List<Match>>(events.size());
        for (int from = 0; from < events.size(); from += MATCHED_TOGETHER) {
            List<Event> some = events.subList(from, Math.min(from + MATCHED_TOGETHER, events.size()));
            matches.addAll(matching.match(some, event -> read(event, targets.now()), details));
        }
        return matches;
    }

    /**
     * What else is asked for of searches that match an event, by id; those that do not match it, or are not there any more, are absent.
     * Where many match one event, they are asked a few at a time, so that others need not wait for it.
     */
    public List<Match> explain(Event event, Set<String> searchIds, Set<Detail> details) {
        return matching.explain(read(event, targets.now()), searchIds, details);
    }

    private EventForm read(Event event, Targets now) {
        return EventForm.of(event, schema, config.eventLimits(), now, tally);
    }

    private void quarantine(Stored search, Throwable thrown) {
        if (search.isQuarantined().compareAndSet(false, true)) {
            tally.quarantined.increment();
            environment.tell(new Notice.Degraded("search " + QueryException.shown(search.search().id()),
                    "its query threw, and is left out until it is registered again: " + thrown));
        }
    }

    /**
     * Checks a search as {@link #register(Search)} does, without registering it. The schema learns the fields that it uses.
     *
     * @throws QueryException if its query cannot be used; the schema has learnt nothing then
     */
    public void check(Search search) {
        compile(search);
    }

    /**
     * Tries a search on an event, without registering anything. The schema learns nothing from its query.
     *
     * @throws QueryException if its query cannot be used
     */
    public Trial test(Search search, Event event) {
        CompiledQuery compiled = QueryCompiler.compileOnTrial(search.parse(config.queryLimits()), schema, settings(search));
        EventForm form = read(event, Targets.of(compiled.targets(), 1));
        return new MatchDetails(form).trial(compiled);
    }

    /**
     * Hands the events that a query matches to {@code handler}; the others are counted as filtered. The query has nothing to do
     * with the searches registered here but for the schema.
     *
     * @throws QueryException  if the query cannot be used
     * @throws ConfigException if the transport takes no condition
     */
    public Subscription subscribe(Subscriber subscriber, String query, EventHandler handler) {
        return subscribe(subscriber, Search.of("subscription", query), Interest.inAll(), handler);
    }

    /** The same among the events of an interest. */
    public Subscription subscribe(Subscriber subscriber, Search query, Interest interest, EventHandler handler) {
        EventQuery condition = EventQuery.of(query, config, schema, environment.wallClock(), tally);
        return subscriber.subscribe(interest.where(condition), handler);
    }

    /** The ids of all searches, in order. */
    public Stream<String> searchIds() {
        return stored.keySet().stream().sorted();
    }

    /** What was counted so far. */
    public SearchCounts counts() {
        return tally.counts(stored.size(), schema);
    }

    /** Ends; nothing may be asked any more. Idempotent. */
    @Override
    public void close() {
        queries.close();
    }
}
