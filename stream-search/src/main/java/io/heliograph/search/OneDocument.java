package io.heliograph.search;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.memory.MemoryIndex;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Matches;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.TopDocs;

/** An index of one document, for questions about it. Thread-safe once it is made, since nothing changes. */
final class OneDocument {

    static {
        LuceneLog.silence();
    }

    /** Has no field. */
    static final OneDocument EMPTY = of(new Document());

    private final IndexSearcher searcher;

    private OneDocument(IndexSearcher searcher) {
        this.searcher = searcher;
        // The cache is shared by the whole process and could only be in the way.
        searcher.setQueryCache(null);
    }

    static OneDocument of(Document document) {
        return new OneDocument(MemoryIndex.fromDocument(document, Analyzers.ALL, true, false).createSearcher());
    }

    boolean matches(Query query) {
        return ask(() -> searcher.count(query) > 0);
    }

    float score(Query query) {
        return ask(() -> {
            TopDocs top = searcher.search(query, 1);
            return top.scoreDocs.length == 0 ? 0f : top.scoreDocs[0].score;
        });
    }

    /** Where the query's words stand; empty if it does not match. */
    Optional<Matches> places(Query query) {
        return ask(() -> {
            LeafReaderContext leaf = searcher.getIndexReader().leaves().getFirst();
            return Optional.ofNullable(searcher.createWeight(searcher.rewrite(query), ScoreMode.COMPLETE, 1).matches(leaf, 0));
        });
    }

    /** A question to Lucene, which thinks that memory may fail to be read. */
    private interface Question<T> {
        T ask() throws IOException;
    }

    private static <T> T ask(Question<T> question) {
        try {
            return question.ask();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
