package io.heliograph.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.monitor.MatchingQueries;
import org.apache.lucene.monitor.Monitor;
import org.apache.lucene.monitor.MonitorConfiguration;
import org.apache.lucene.monitor.MonitorQuery;
import org.apache.lucene.monitor.MultiMatchingQueries;
import org.apache.lucene.monitor.QueryMatch;
import org.apache.lucene.monitor.TermFilteredPresearcher;

/** Lucene's Monitor as it is: in memory, its default presearcher and settings, its simplest matcher. For one thread. */
final class MonitorSide implements SearchSide {

    private final Monitor monitor;
    private long candidates;

    MonitorSide() throws IOException {
        monitor = new Monitor(new StandardAnalyzer(), new TermFilteredPresearcher(), new MonitorConfiguration());
    }

    @Override
    public void register(int first, List<SearchQuery> queries) throws IOException {
        var batch = new ArrayList<MonitorQuery>();
        for (SearchQuery query : queries) {
            batch.add(new MonitorQuery(Integer.toString(first + batch.size()), query.lucene(), null, Map.of()));
        }
        monitor.register(batch);
    }

    @Override
    public int match(SearchListing listing) throws IOException {
        return ask(listing).getMatchCount();
    }

    @Override
    public int match(List<SearchListing> listings) throws IOException {
        Document[] documents = listings.stream().map(MonitorSide::document).toArray(Document[]::new);
        MultiMatchingQueries<QueryMatch> found = monitor.match(documents, QueryMatch.SIMPLE_MATCHER);
        candidates += found.getQueriesRun();
        int matches = 0;
        for (int i = 0; i < documents.length; i++) {
            matches += found.getMatchCount(i);
        }
        return matches;
    }

    @Override
    public Set<String> found(SearchListing listing) throws IOException {
        return ask(listing).getMatches().stream().map(QueryMatch::getQueryId).collect(Collectors.toSet());
    }

    private MatchingQueries<QueryMatch> ask(SearchListing listing) throws IOException {
        MatchingQueries<QueryMatch> found = monitor.match(document(listing), QueryMatch.SIMPLE_MATCHER);
        candidates += found.getQueriesRun();
        return found;
    }

    private static Document document(SearchListing listing) {
        var document = new Document();
        document.add(new TextField("title", listing.title(), Field.Store.NO));
        document.add(new TextField("body", listing.body(), Field.Store.NO));
        document.add(new StringField("city", listing.city(), Field.Store.NO));
        document.add(new StringField("cat", listing.category(), Field.Store.NO));
        document.add(new LongPoint("price", listing.price()));
        document.add(new LongPoint("size", listing.size()));
        document.add(new LongPoint("ts", listing.second()));
        return document;
    }

    @Override
    public long candidates() {
        return candidates;
    }

    @Override
    public void close() throws IOException {
        monitor.close();
    }
}
