package io.heliograph.search;

import java.io.IOException;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import java.util.function.IntConsumer;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.monitor.CandidateMatcher;
import org.apache.lucene.monitor.QueryMatch;
import org.apache.lucene.search.CollectorManager;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorable;
import org.apache.lucene.search.SimpleCollector;

/**
 * Runs the queries that the Monitor has chosen, on some documents. What one throws, an Error too, is kept and harms no other.
 * Confined to one call.
 */
final class SearchMatcher extends CandidateMatcher<QueryMatch> {

    private final ConcurrentMap<String, Stored> stored;
    private final long version;
    private final Findings findings;

    /** What a call finds besides its matches. */
    static final class Findings {
        /** What queries threw. */
        final Map<Stored, Throwable> thrown = new IdentityHashMap<>();
        /** Whether some search looks at more than the documents have. */
        boolean isStale;
        int queries;
    }

    SearchMatcher(IndexSearcher searcher, ConcurrentMap<String, Stored> stored, long version, Findings findings) {
        super(searcher);
        this.stored = stored;
        this.version = version;
        this.findings = findings;
        searcher.setQueryCache(null);
    }

    @Override
    public void matchQuery(String id, Query chosen, Map<String, String> metadata) {
        Stored search = Stored.of(chosen);
        if (search.isQuarantined().get()) {
            return;
        }
        if (search.needs() > version) {
            findings.isStale = true;
            return;
        }
        findings.queries++;
        try {
            run(id, search.compiled().lucene());
        } catch (Throwable thrown) {
            if (stored.get(id) == search) {
                findings.thrown.put(search, thrown);
            }
        }
    }

    private void run(String id, Query query) throws IOException {
        var found = new QueryMatch(id);
        searcher.search(query, new CollectorManager<Hits, Integer>() {
            @Override
            public Hits newCollector() {
                return new Hits(document -> addMatch(found, document));
            }

            @Override
            public Integer reduce(Collection<Hits> collectors) {
                return collectors.size();
            }
        });
    }

    /** Hands on the number of each document that matches. */
    private static final class Hits extends SimpleCollector {
        private final IntConsumer each;
        private int base;

        Hits(IntConsumer each) {
            this.each = each;
        }

        @Override
        protected void doSetNextReader(LeafReaderContext context) {
            base = context.docBase;
        }

        @Override
        public void setScorer(Scorable scorer) {
            // Nobody asks for a score here.
        }

        @Override
        public void collect(int document) {
            each.accept(base + document);
        }

        @Override
        public ScoreMode scoreMode() {
            return ScoreMode.COMPLETE_NO_SCORES;
        }
    }

    @Override
    public QueryMatch resolve(QueryMatch one, QueryMatch other) {
        return one;
    }
}
