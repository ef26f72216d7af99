package io.heliograph.search;

import java.util.Map;
import java.util.function.BiPredicate;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.monitor.Presearcher;
import org.apache.lucene.monitor.QueryTree;
import org.apache.lucene.monitor.TermFilteredPresearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.util.BytesRef;

/**
 * Lucene's presearcher, which bears that the Monitor has lost its filter of terms: it keeps the filters in a map without a lock,
 * and while another thread registers, a thread that matches may find none. Without a filter every term counts, which is slower
 * and never wrong. Thread-safe.
 */
final class OpenPresearcher extends Presearcher {

    static final OpenPresearcher INSTANCE = new OpenPresearcher();

    private static final BiPredicate<String, BytesRef> EVERY_TERM = (field, term) -> true;

    private final TermFilteredPresearcher presearcher = new Terms();

    private OpenPresearcher() {
    }

    @Override
    public Query buildQuery(LeafReader reader, BiPredicate<String, BytesRef> termFilter) {
        return presearcher.buildQuery(reader, termFilter == null ? EVERY_TERM : termFilter);
    }

    @Override
    public Document indexQuery(Query query, Map<String, String> metadata) {
        return presearcher.indexQuery(query, metadata);
    }

    /** Keeps nothing of a query but its terms; Lucene's own would take 32 KiB for each field of each query on the way. */
    private static final class Terms extends TermFilteredPresearcher {

        @Override
        protected Document buildQueryDocument(QueryTree tree) {
            var document = new Document();
            tree.collectTerms((field, term) -> document.add(new StringField(field, term, Store.NO)));
            return document;
        }
    }
}
