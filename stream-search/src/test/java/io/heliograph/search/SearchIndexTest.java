package io.heliograph.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.ConfigException;
import io.heliograph.Event;
import io.heliograph.Notice;
import io.heliograph.spi.Environment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Weight;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SearchIndexTest {

    private static final Event GARDEN = Event.json("listings", "{\"title\": \"a house with a garden\", \"price\": 200000}");
    private static final Event TOWER = Event.json("listings", "{\"title\": \"a tower\", \"price\": 900000}");

    private final List<Notice> notices = new ArrayList<>();
    private final SearchIndex searches = SearchIndex.open(SearchConfig.defaults(), Environment.system().withNotices(notices::add));

    @AfterEach
    void close() {
        searches.close();
    }

    private List<String> ids(Event event) {
        return searches.match(event).stream().map(Match::searchId).toList();
    }

    @Test
    void matchesWhatIsRegistered() {
        searches.register(Search.of("garden", "title:garden"));
        searches.register(Search.of("cheap", "price:[* TO 250000]"));
        searches.register(Search.of("not-garden", "-title:garden"));
        assertThat(ids(GARDEN)).containsExactly("cheap", "garden");
        assertThat(ids(TOWER)).containsExactly("not-garden");
        assertThat(searches.searchIds()).containsExactly("cheap", "garden", "not-garden");
        assertThat(searches.counts().events()).isEqualTo(2);
        assertThat(searches.counts().matches()).isEqualTo(3);
    }

    @Test
    void explainsSomeOfTheMatchesOfAnEvent() {
        for (int i = 0; i < 5; i++) {
            searches.register(Search.of("s" + i, i == 3 ? "title:tower" : "title:garden"));
        }
        Set<Detail> details = EnumSet.allOf(Detail.class);
        List<Match> all = searches.match(GARDEN, details);
        assertThat(all).extracting(Match::searchId).containsExactly("s0", "s1", "s2", "s4");
        assertThat(searches.explain(GARDEN, Set.of("s4", "s1", "s3", "gone"), details)).containsExactly(all.get(1), all.get(3));
        assertThat(searches.explain(GARDEN, Set.of(), details)).isEmpty();
        assertThat(searches.counts().matches()).isEqualTo(4);
    }

    @Test
    void replacesTheSearchOfTheSameId() {
        searches.register(Search.of("s", "title:garden"));
        searches.register(Search.of("s", "title:tower"));
        assertThat(ids(GARDEN)).isEmpty();
        assertThat(ids(TOWER)).containsExactly("s");
        assertThat(searches.counts().searches()).isOne();
    }

    @Test
    void keepsWhatWasRegisteredWhenAReplacementIsRefused() {
        searches.register(Search.of("s", "title:garden"));
        assertThatThrownBy(() -> searches.register(Search.of("s", "title:("))).isInstanceOf(QueryException.class);
        assertThat(ids(GARDEN)).containsExactly("s");
        assertThat(searches.counts().refused()).isOne();
    }

    @Test
    void updatesOnlyWhatIsThere() {
        assertThat(searches.update(Search.of("s", "title:garden"))).isFalse();
        searches.register(Search.of("s", "title:garden"));
        assertThat(searches.update(Search.of("s", "title:tower"))).isTrue();
        assertThat(ids(TOWER)).containsExactly("s");
    }

    @Test
    void forgetsWhatIsDeleted() {
        searches.register(Search.of("s", "title:garden"));
        assertThat(searches.delete("s")).isTrue();
        assertThat(searches.delete("s")).isFalse();
        assertThat(ids(GARDEN)).isEmpty();
        assertThat(searches.search("s")).isEmpty();
        searches.register(Search.of("s", "title:garden"));
        assertThat(ids(GARDEN)).containsExactly("s");
    }

    @Test
    void registersABatchButForItsBadOnes() {
        List<Registration> outcomes = searches.register(List.of(Search.of("a", "title:garden"), Search.of("b", "title:/a{1,99999}/"),
                Search.of("c", "price:[1 TO"), Search.json("d", "{\"match\":{\"title\":\"garden\"}}"), Search.of("a", "title:tower")));
        assertThat(outcomes).extracting(Registration::searchId).containsExactly("a", "b", "c", "d", "a");
        assertThat(outcomes).filteredOn(Registration.Refused.class::isInstance).extracting(Registration::searchId).containsExactly("b", "c");
        assertThat(ids(GARDEN)).containsExactly("d");
        assertThat(ids(TOWER)).containsExactly("a");
    }

    @Test
    void registersManyAsItWouldAFewAtATime() {
        var many = new ArrayList<Search>();
        for (int i = 0; i < 5_000; i++) {
            many.add(Search.of("s" + i, switch (i % 5) {
                case 0 -> "n" + i % 50 + ":[1 TO " + i + "]";
                case 1 -> "n" + i % 50 + ":word";
                case 2 -> "title:garden OR n" + i % 49 + ":2.5";
                case 3 -> "title:(";
                default -> "price:[* TO " + i + "]";
            }));
        }
        try (SearchIndex inTurn = SearchIndex.open()) {
            var expected = new ArrayList<Registration>();
            for (int i = 0; i < many.size(); i += 50) {
                expected.addAll(inTurn.register(many.subList(i, i + 50)));
            }
            List<Registration> outcomes = searches.register(many);
            for (int i = 0; i < many.size(); i++) {
                assertThat(outcomes.get(i)).hasSameClassAs(expected.get(i)).returns("s" + i, Registration::searchId);
            }
            assertThat(searches.schema().fields()).isEqualTo(inTurn.schema().fields());
            assertThat(searches.counts().searches()).isEqualTo(4_000);
            assertThat(searches.counts().refused()).isEqualTo(1_000);
            Event event = Event.json("listings", "{\"title\": \"a garden\", \"price\": 4000, \"n0\": 7, \"n1\": \"word\", \"n2\": 2.5}");
            assertThat(ids(event)).isNotEmpty().isEqualTo(inTurn.match(event).stream().map(Match::searchId).toList());
        }
    }

    @Test
    void refusesMoreSearchesThanItMayHold() {
        try (SearchIndex small = SearchIndex.open(SearchConfig.defaults().withMaxSearches(2), Environment.system())) {
            small.register(List.of(Search.of("a", "x"), Search.of("b", "y")));
            assertThatThrownBy(() -> small.register(Search.of("c", "z"))).isInstanceOf(ConfigException.class).hasMessageContaining("maxSearches");
            small.register(Search.of("b", "z"));
            assertThat(small.counts().searches()).isEqualTo(2);
        }
    }

    @Test
    void findsInAFieldThatOnlyALaterSearchLooksAt() {
        searches.register(Search.of("a", "title:garden"));
        assertThat(ids(GARDEN)).containsExactly("a");
        searches.register(Search.of("b", "price:200000 AND title:house"));
        assertThat(ids(GARDEN)).containsExactly("a", "b");
    }

    @Test
    void matchesManyEventsAtOnceAsOneByOne() {
        searches.register(IntStream.range(0, 50).mapToObj(i -> Search.of("s" + i, "price:[" + i + " TO " + (i + 20) + "] AND n:w" + i % 7)).toList());
        List<Event> events = IntStream.range(0, 300).mapToObj(i -> Event.json("e", "{\"price\": " + i % 60 + ", \"n\": \"w" + i % 11 + "\"}")).toList();
        List<List<Match>> together = searches.match(events, Set.of());
        List<List<Match>> alone = events.stream().map(searches::match).toList();
        assertThat(together).isEqualTo(alone);
        assertThat(alone.stream().mapToInt(List::size).sum()).isGreaterThan(100);
    }

    @Test
    void tellsClausesHighlightsAndScoreOnRequest() {
        searches.register(Search.of("s", "title:(house OR castle) AND price:[* TO 250000] AND -title:tower"));
        searches.register(Search.json("j", "{\"bool\":{\"must\":[{\"match\":{\"title\":{\"query\":\"garden\",\"_name\":\"green\"}}}],"
                + "\"should\":[{\"range\":{\"price\":{\"gt\":1,\"_name\":\"dear\"}}},{\"term\":{\"place\":\"x\"}}]}}"));
        List<Match> matches = searches.match(GARDEN, EnumSet.allOf(Detail.class));
        assertThat(matches).extracting(Match::searchId).containsExactly("j", "s");
        assertThat(matches.getLast().clauses()).containsExactly("house", "price:[* TO 250000]");
        assertThat(matches.getFirst().clauses()).containsExactly("green", "dear");
        assertThat(matches.getLast().highlights()).extracting(highlight -> highlight.marked("<", ">")).containsExactly("a <house> with a garden");
        assertThat(matches.getFirst().highlights()).extracting(highlight -> highlight.marked("<", ">")).containsExactly("a house with a <garden>");
        assertThat(matches).allSatisfy(match -> assertThat(match.score().orElse(0)).isPositive());
        assertThat(searches.match(GARDEN).getFirst()).isEqualTo(new Match("j", List.of(), List.of(), OptionalDouble.empty()));
    }

    @Test
    void highlightsAPhraseInItsOwnValueOfAnArray() {
        searches.register(Search.of("s", "tags:\"wild garden\" AND topic:listings"));
        Event event = Event.json("listings", "{\"tags\": [\"wild\", \"garden\", \"a wild garden, " + "long ".repeat(100) + "\"]}");
        List<Highlight> highlights = searches.match(event, Set.of(Detail.HIGHLIGHTS)).getFirst().highlights();
        assertThat(highlights).extracting(Highlight::field).containsExactly("tags", "topic");
        assertThat(highlights.getFirst().marked("<", ">")).startsWith("a <wild garden>, long").hasSizeLessThan(200);
        assertThat(highlights.getLast().marked("<", ">")).isEqualTo("<listings>");
    }

    @Test
    void tellsWhichClauseFailed() {
        Trial trial = searches.test(Search.of("s", "title:garden AND price:[* TO 100] AND -title:house"), GARDEN);
        assertThat(trial.isMatch()).isFalse();
        assertThat(trial.failing()).containsExactly("price:[* TO 100]", "title:house");
        assertThat(searches.counts().searches()).isZero();
    }

    /** Throws wherever it is run, and lets itself be stored. */
    private static final class Evil extends Query {
        private final Throwable thrown;

        Evil(Throwable thrown) {
            this.thrown = thrown;
        }

        @Override
        public Weight createWeight(IndexSearcher searcher, ScoreMode scoreMode, float boost) {
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) thrown;
        }

        @Override
        public void visit(QueryVisitor visitor) {
            visitor.visitLeaf(this);
        }

        @Override
        public String toString(String field) {
            return "evil";
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    private void registerEvil(String id, Throwable thrown) {
        searches.put(List.of(new SearchIndex.CompiledSearch(Search.of(id, "evil"), new CompiledQuery(new Evil(thrown), List.of(), Set.of()))));
    }

    @Test
    void quarantinesAQueryThatThrowsAndMatchesTheOthers() {
        searches.register(Search.of("good", "title:garden"));
        registerEvil("error", new StackOverflowError("deep"));
        registerEvil("exception", new IllegalStateException("bad"));
        assertThat(ids(GARDEN)).containsExactly("good");
        assertThat(searches.isQuarantined("error")).isTrue();
        assertThat(searches.isQuarantined("exception")).isTrue();
        assertThat(searches.isQuarantined("good")).isFalse();
        assertThat(searches.counts().quarantined()).isEqualTo(2);
        assertThat(notices).hasSize(2).allSatisfy(notice -> assertThat(notice).isInstanceOf(Notice.Degraded.class));
        assertThat(ids(GARDEN)).containsExactly("good");
        assertThat(notices).hasSize(2);
        searches.register(Search.of("error", "title:house"));
        assertThat(searches.isQuarantined("error")).isFalse();
        assertThat(ids(GARDEN)).containsExactly("error", "good");
    }

    @Test
    void readsNowWhenAnEventIsMatched() {
        var nanos = new java.util.concurrent.atomic.AtomicLong(java.time.Instant.parse("2026-01-10T12:00:00Z").toEpochMilli() * 1_000_000);
        var system = Environment.system();
        var environment = new Environment(system.clock(), nanos::get, system.random(), system.notices());
        try (SearchIndex index = SearchIndex.open(SearchConfig.defaults(), environment)) {
            index.register(Search.of("s", "built:[now-1d/d TO now]"));
            Event event = Event.json("e", "{\"built\": \"2026-01-10T10:00:00Z\"}");
            assertThat(index.match(event)).hasSize(1);
            nanos.addAndGet(36 * 3_600_000_000_000L);
            assertThat(index.match(event)).isEmpty();
            nanos.addAndGet(-40 * 3_600_000_000_000L);
            assertThat(index.match(event)).isEmpty();
        }
    }
}
