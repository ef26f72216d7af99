package io.heliograph.search;

import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.lucene.monitor.MonitorQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;

/**
 * A search that is registered. Another one with the same id is another object.
 *
 * @param needs         the version of {@link Targets} from which on events have all that it looks at
 * @param isQuarantined whether it threw, and is left out since
 */
record Stored(Search search, StoredQuery query, long needs, AtomicBoolean isQuarantined) {

    /** The Monitor wants a text of each query that it stores; it stores the id alone, see {@link QueryStore}. */
    private static final String NO_TEXT = "";

    CompiledQuery compiled() {
        return query.compiled();
    }

    MonitorQuery monitorQuery() {
        return new MonitorQuery(search.id(), new Kept(this), NO_TEXT, Map.of());
    }

    /** The search whose query the Monitor has chosen. */
    static Stored of(Query chosen) {
        if (chosen instanceof Kept kept) {
            return kept.stored;
        }
        throw new IllegalArgumentException("a query that was not given to the Monitor: " + chosen.getClass());
    }

    /** What the Monitor is given: it asks for the query's terms, once, and hands this back where they are found. */
    private static final class Kept extends Query {

        private final Stored stored;

        Kept(Stored stored) {
            this.stored = stored;
        }

        @Override
        public Query rewrite(IndexSearcher searcher) {
            return stored.compiled().lucene();
        }

        @Override
        public void visit(QueryVisitor visitor) {
            stored.compiled().lucene().visit(visitor);
        }

        @Override
        public String toString(String field) {
            return stored.search.id();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Kept kept && stored == kept.stored;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(stored);
        }
    }
}
