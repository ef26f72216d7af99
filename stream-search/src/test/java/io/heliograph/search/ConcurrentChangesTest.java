package io.heliograph.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ConcurrentChangesTest {

    private static final int ROUNDS = 60;

    /**
     * Searches with an even number stay, and must be found each time; those with an odd number come and go on fields of their
     * own, negative ones among them, and must never be found where they cannot match.
     */
    @Test
    void losesNothingAndInventsNothingWhileSearchesComeAndGo() throws Exception {
        try (SearchIndex searches = SearchIndex.open(); var threads = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 20; i += 2) {
                searches.register(Search.of("stays" + i, "title:garden AND n:[" + i + " TO *]"));
            }
            searches.register(Search.of("replaced", "title:garden"));
            var done = new AtomicBoolean();
            var matched = new AtomicInteger();
            List<Callable<Void>> work = new ArrayList<>();
            for (int reader = 0; reader < 2; reader++) {
                boolean isTelling = reader == 1;
                work.add(() -> {
                    while (!done.get()) {
                        Event event = Event.json("e", "{\"title\": \"garden\", \"n\": 99, \"extra\": {\"a\": \"x\", \"b\": \"x\", \"c\": \"x\"}}");
                        Set<String> ids = searches.match(event, isTelling ? Set.of(Detail.CLAUSES) : Set.of()).stream()
                                .map(Match::searchId).collect(Collectors.toSet());
                        for (int i = 0; i < 20; i += 2) {
                            assertThat(ids).contains("stays" + i);
                        }
                        assertThat(ids).contains("replaced").noneMatch(id -> id.startsWith("never"));
                        matched.incrementAndGet();
                    }
                    return null;
                });
            }
            work.add(() -> {
                try {
                    for (int round = 0; round < ROUNDS; round++) {
                        String field = "extra." + "abc".charAt(round % 3);
                        String language = round % 2 == 0 ? "en" : "de";
                        searches.register(Search.of("never" + round, "title:garden AND -" + field + ":x").in(Language.of(language)));
                        searches.register(Search.of("now" + round, "+title:garden +" + field + ":x").in(Language.of(language)));
                        assertThat(ids(searches)).contains("now" + round);
                        searches.delete("now" + round);
                        searches.delete("never" + round);
                        assertThat(ids(searches)).doesNotContain("now" + round);
                    }
                } finally {
                    done.set(true);
                }
                return null;
            });
            work.add(() -> {
                for (int round = 0; !done.get(); round++) {
                    searches.register(Search.of("replaced", round % 2 == 0 ? "n:[1 TO *]" : "title:garden"));
                }
                return null;
            });
            for (Future<Void> each : threads.invokeAll(work)) {
                each.get();
            }
            assertThat(matched).hasPositiveValue();
            assertThat(searches.counts().quarantined()).isZero();
        }
    }

    private static Set<String> ids(SearchIndex searches) {
        return searches.match(Event.json("e", "{\"title\": \"garden\", \"n\": 99, \"extra\": {\"a\": \"x\", \"b\": \"x\", \"c\": \"x\"}}")).stream()
                .map(Match::searchId).collect(Collectors.toSet());
    }
}
