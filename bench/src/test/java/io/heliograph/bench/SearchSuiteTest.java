package io.heliograph.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SearchSuiteTest {

    private static final CaseRow THOUSAND = SearchRows.ALL.getFirst();

    private static Samples samples(double analyzer, double monitor, double found) {
        var samples = new Samples();
        samples.add(SearchRows.YARDSTICK.key(SearchRows.EVENTS), analyzer);
        samples.add(THOUSAND.ours().key(SearchRows.EVENTS), 500);
        samples.add(THOUSAND.ours().key(SearchRows.FOUND), 77);
        samples.add(THOUSAND.peer().orElseThrow().key(SearchRows.EVENTS), monitor);
        samples.add(THOUSAND.peer().orElseThrow().key(SearchRows.FOUND), found);
        return samples;
    }

    private static Row row(Samples samples) {
        return new SuiteReport("search", samples, Map.of(), new SearchPeers()).of(SearchRows.ALL).rows().getFirst();
    }

    @Test
    void recordsTheMonitorBesideUs() {
        Row row = row(samples(100_000, 1000, 77));
        assertThat(row.ratio()).isEqualTo(0.5);
        assertThat(row.verdict()).isEqualTo("recorded");
        assertThat(row.peerName()).contains("Lucene Monitor 10.3.0");
        assertThat(row.toJson()).contains("\"goal\":\">=0\"");
    }

    @Test
    void provesNothingWhereTheMonitorIsWeakForWhatTheMachineDoes() {
        assertThat(row(samples(111_111, 400, 77)).verdict()).isEqualTo(Row.VOID);
        assertThat(row(samples(55_555, 400, 77)).verdict()).isEqualTo("recorded");
    }

    @Test
    void provesNothingWhereTheSidesFindDifferentSearches() {
        assertThat(row(samples(100_000, 1000, 78)).remark()).isEqualTo(SearchPeers.DIFFERENT);
    }

    @Test
    void readsItsTasks() {
        for (CaseRow row : SearchRows.ALL) {
            Task task = row.ours().task().windows(3);
            assertThat(SearchTask.parse(task.line())).isEqualTo(task);
        }
    }

    @Test
    void findsTheSameSearchesAsTheMonitor() throws IOException {
        var words = new SearchWords();
        List<SearchQuery> queries = SearchQueries.draw(words, 3000);
        long matches = 0;
        try (SearchSide ours = SearchChild.side(SearchChild.HELIOGRAPH); SearchSide monitor = SearchChild.side(SearchChild.MONITOR)) {
            ours.register(0, queries);
            monitor.register(0, queries);
            for (SearchListing listing : SearchListing.stream(words, 40)) {
                assertThat(ours.found(listing)).isEqualTo(monitor.found(listing));
                matches += monitor.match(listing);
            }
        }
        assertThat(matches / 40.0).as("matches for each event").isBetween(4.0, 9.0);
    }
}
