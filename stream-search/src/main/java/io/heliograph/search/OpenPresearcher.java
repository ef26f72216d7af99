package io.heliograph.search;

import java.util.Map;
import java.util.function.BiPredicate;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.monitor.Presearcher;
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

    private final TermFilteredPresearcher presearcher = new TermFilteredPresearcher();

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
}
