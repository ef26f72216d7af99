package io.heliograph.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.time.WallClock;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Compares the index of all queries with each query alone, against an index of the one event that knows only its fields. */
class OracleTest {

    private record Alone(PairMaker.Made made, CompiledQuery query, Targets targets) {
    }

    @Test
    void agreesWithEachQueryAloneInAHundredThousandPairs() {
        compare(20261121, 1000, 100);
    }

    @Test
    @Tag("soak")
    void agreesWithEachQueryAloneInTenMillionPairs() {
        for (int seed = 1; seed <= 10; seed++) {
            compare(seed, 1000, 1000);
        }
    }

    private static void compare(long seed, int queries, int events) {
        var maker = new PairMaker(seed);
        try (SearchIndex index = SearchIndex.open()) {
            PairMaker.declare(index.schema());
            List<PairMaker.Made> made = maker.queries(queries);
            List<Search> searches = made.stream().map(PairMaker.Made::search).toList();
            assertThat(index.register(searches)).as("seed " + seed).allMatch(Registration.Done.class::isInstance);
            List<Alone> alone = made.stream().map(one -> alone(one, index.schema())).toList();
            var tally = new Tally();
            var byKind = new EnumMap<PairMaker.Kind, Integer>(PairMaker.Kind.class);
            int matches = 0;
            for (Event event : maker.events(events)) {
                Set<String> found = index.match(event).stream().map(Match::searchId).collect(Collectors.toSet());
                List<EventValues.Value> values = EventValues.of(event, EventLimits.defaults(), tally);
                var documents = new HashMap<Set<Target>, OneDocument>();
                for (Alone one : alone) {
                    boolean isMatch = documents
                            .computeIfAbsent(one.query().targets(), t -> OneDocument.of(EventDocument.of(values, one.targets(), tally)))
                            .matches(one.query().lucene());
                    if (isMatch != found.contains(one.made().search().id())) {
                        throw new AssertionError("seed " + seed + ": alone " + (isMatch ? "matches" : "does not match") + ", in the index not so: "
                                + one.made().search().query() + " at " + event.text());
                    }
                    if (isMatch) {
                        matches++;
                        byKind.merge(one.made().kind(), 1, Integer::sum);
                    }
                }
            }
            require(seed, matches, (long) queries * events, byKind);
        }
    }

    private static Alone alone(PairMaker.Made made, Schema schema) {
        QueryLimits limits = QueryLimits.defaults();
        CompiledQuery query = QueryCompiler.compile(made.search().parse(limits), schema,
                new QueryCompiler.Settings(limits, made.search().language(), Language.STANDARD, WallClock.SYSTEM));
        return new Alone(made, query, Targets.of(query.targets(), 1));
    }

    /** The comparison would prove little if nearly nothing matched. */
    private static void require(long seed, int matches, long pairs, Map<PairMaker.Kind, Integer> byKind) {
        assertThat(matches).as("seed " + seed + ": matches of " + pairs).isGreaterThanOrEqualTo((int) (pairs / 5));
        for (PairMaker.Kind kind : PairMaker.kinds()) {
            assertThat(byKind.getOrDefault(kind, 0)).as("seed " + seed + ": matches of " + kind + " among " + matches)
                    .isGreaterThanOrEqualTo(matches / 100);
        }
    }

    @Test
    void knowsANearMissFromItsQueryAtTheEventsThatTheQueryMatches() {
        var maker = new PairMaker(7);
        try (SearchIndex index = SearchIndex.open()) {
            PairMaker.declare(index.schema());
            List<PairMaker.Made> made = maker.queries(200);
            index.register(made.stream().map(PairMaker.Made::search).toList());
            int told = 0;
            for (List<Match> matches : index.match(maker.events(200), Set.of())) {
                Set<String> ids = matches.stream().map(Match::searchId).collect(Collectors.toSet());
                told += (int) ids.stream().filter(id -> id.startsWith("q") && !ids.contains("n" + id.substring(1))).count();
            }
            assertThat(told).isGreaterThan(2000);
        }
    }
}
