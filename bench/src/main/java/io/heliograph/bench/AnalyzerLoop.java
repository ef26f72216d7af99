package io.heliograph.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.analysis.tokenattributes.TermToBytesRefAttribute;

/** The yardstick: Lucene's StandardAnalyzer splits the texts of a listing into words, and each word is hashed. Stateless. */
final class AnalyzerLoop {

    private static final long WARM_UP_NS = Duration.ofSeconds(3).toNanos();
    private static final long WINDOW_NS = Duration.ofSeconds(1).toNanos();

    private AnalyzerLoop() {
    }

    static void measure(SearchTask task, Tell tell) throws IOException {
        List<SearchListing> listings = SearchListing.stream(new SearchWords(), SearchListing.COUNT);
        try (var analyzer = new StandardAnalyzer()) {
            long hash = rate(analyzer, listings, WARM_UP_NS).hash();
            for (int i = 0; i < task.windows(); i++) {
                Pass pass = rate(analyzer, listings, WINDOW_NS);
                hash ^= pass.hash();
                tell.sample(SearchRows.EVENTS, pass.perSecond());
            }
            tell.sample("hash", hash);
        }
    }

    /** The hash is told, so that none of the work can be left out. */
    private record Pass(double perSecond, long hash) {
    }

    private static Pass rate(Analyzer analyzer, List<SearchListing> listings, long durationNs) throws IOException {
        long hash = 0;
        int count = 0;
        long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < durationNs) {
            SearchListing listing = listings.get(count % listings.size());
            hash = 31 * hash + hash(analyzer, "title", listing.title());
            hash = 31 * hash + hash(analyzer, "body", listing.body());
            count++;
        }
        return new Pass(count * 1e9 / (System.nanoTime() - startNs), hash);
    }

    private static long hash(Analyzer analyzer, String field, String text) throws IOException {
        long hash = 0;
        try (TokenStream words = analyzer.tokenStream(field, text)) {
            var word = words.getAttribute(TermToBytesRefAttribute.class);
            words.reset();
            while (words.incrementToken()) {
                hash = 31 * hash + word.getBytesRef().hashCode();
            }
            words.end();
        }
        return hash;
    }
}
