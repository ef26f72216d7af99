package io.heliograph.search;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.lucene.document.Document;
import org.apache.lucene.monitor.Monitor;
import org.apache.lucene.monitor.MonitorConfiguration;
import org.apache.lucene.monitor.MonitorQuery;
import org.apache.lucene.monitor.MonitorQuerySerializer;
import org.apache.lucene.monitor.MultiMatchingQueries;
import org.apache.lucene.monitor.QueryDecomposer;
import org.apache.lucene.monitor.QueryMatch;
import org.apache.lucene.search.Query;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.NIOFSDirectory;
import org.apache.lucene.util.BytesRef;

/**
 * Lucene's Monitor, in memory. Changes belong to one thread at a time; questions to any. What it keeps of a query are the terms by
 * which it may be found, and the search's id.
 */
final class QueryStore implements AutoCloseable {

    /** The Monitor would purge every five minutes, needed or not. */
    private static final int PURGE_DAYS = 365;
    private static final int PURGE_AT_LEAST = 1000;

    private final Directory directory;
    private final Monitor monitor;
    private int replaced;

    private QueryStore(Directory directory, Function<String, MonitorQuery> known) {
        this.directory = directory;
        LuceneLog.silence();
        var configuration = new MonitorConfiguration()
                .setDirectoryProvider(() -> directory, new Ids(known))
                .setQueryDecomposer(new Whole())
                .setPurgeFrequency(PURGE_DAYS, TimeUnit.DAYS);
        try {
            monitor = new Monitor(Analyzers.ALL, OpenPresearcher.INSTANCE, configuration);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An empty one. */
    static QueryStore open() {
        return new QueryStore(new ByteBuffersDirectory(), id -> {
            throw new IllegalStateException("search " + id + " in an index that was empty");
        });
    }

    /**
     * The same as was written to a folder.
     *
     * @param known the query of each id in it
     * @throws UncheckedIOException  if it cannot be read
     * @throws IllegalStateException if {@code known} throws, or it is no index of queries
     */
    static QueryStore restore(Path folder, Function<String, MonitorQuery> known) {
        var directory = new ByteBuffersDirectory();
        try (Directory written = new NIOFSDirectory(folder)) {
            copy(written, directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new QueryStore(directory, known);
    }

    /** Writes it to a folder. Nobody changes it meanwhile. */
    void write(Path folder) throws IOException {
        try (Directory written = new NIOFSDirectory(folder)) {
            copy(directory, written);
            written.sync(List.of(written.listAll()));
        }
    }

    private static void copy(Directory from, Directory to) throws IOException {
        for (String file : from.listAll()) {
            to.copyFrom(from, file, file, IOContext.READONCE);
        }
    }

    /** An id is all that is stored of a query. */
    private record Ids(Function<String, MonitorQuery> known) implements MonitorQuerySerializer {

        @Override
        public MonitorQuery deserialize(BytesRef id) {
            return known.apply(id.utf8ToString());
        }

        @Override
        public BytesRef serialize(MonitorQuery query) {
            return new BytesRef(query.getId());
        }
    }

    /** Takes no query apart: the parts of one that is not compiled yet are not known. */
    private static final class Whole extends QueryDecomposer {

        @Override
        public Set<Query> decompose(Query query) {
            return Set.of(query);
        }
    }

    /**
     * What a question brought.
     *
     * @param ids     the searches that match, for each document
     * @param thrown  the queries that threw
     * @param isStale whether a search looks at more than the documents have
     * @param queries how many were tried
     */
    record Answer(List<Set<String>> ids, Map<Stored, Throwable> thrown, boolean isStale, int queries) {
    }

    /** How many queries there are. */
    int count() {
        try {
            return monitor.getQueryCount();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void put(List<MonitorQuery> queries) {
        try {
            monitor.register(queries);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void delete(String id) {
        try {
            monitor.deleteById(id);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** So many more queries are not needed any more; the Monitor keeps them until it is told to look. */
    void tidy(int more, int live) {
        replaced += more;
        if (replaced > Math.max(PURGE_AT_LEAST, live)) {
            replaced = 0;
            try {
                monitor.purgeCache();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** @param version of the targets that the documents were made for */
    Answer ask(List<Document> documents, ConcurrentMap<String, Stored> stored, long version) {
        var findings = new SearchMatcher.Findings();
        try {
            MultiMatchingQueries<QueryMatch> found = monitor.match(documents.toArray(Document[]::new),
                    searcher -> new SearchMatcher(searcher, stored, version, findings));
            List<Set<String>> ids = IntStream.range(0, documents.size())
                    .mapToObj(i -> found.getMatches(i).stream().map(QueryMatch::getQueryId).collect(Collectors.toUnmodifiableSet()))
                    .toList();
            return new Answer(ids, findings.thrown, findings.isStale, findings.queries);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            monitor.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
