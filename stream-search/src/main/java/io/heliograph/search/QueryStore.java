package io.heliograph.search;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.lucene.document.Document;
import org.apache.lucene.monitor.Monitor;
import org.apache.lucene.monitor.MonitorConfiguration;
import org.apache.lucene.monitor.MonitorQuery;
import org.apache.lucene.monitor.MultiMatchingQueries;
import org.apache.lucene.monitor.QueryMatch;

/**
 * Lucene's Monitor, in memory. Changes belong to one thread at a time; questions to any.
 */
final class QueryStore implements AutoCloseable {

    /** The Monitor would purge every five minutes, needed or not. */
    private static final int PURGE_DAYS = 365;
    private static final int PURGE_AT_LEAST = 1000;

    private final Monitor monitor;
    private int replaced;

    QueryStore() {
        LuceneLog.silence();
        var configuration = new MonitorConfiguration();
        configuration.setPurgeFrequency(PURGE_DAYS, TimeUnit.DAYS);
        try {
            monitor = new Monitor(Analyzers.ALL, OpenPresearcher.INSTANCE, configuration);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
