package io.heliograph.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the documentation shows. */
class ExampleTest {

    @Test
    void printsWhatTheDocumentationPromises() {
        List<String> printed = new ArrayList<>();
        try (SearchIndex searches = SearchIndex.open()) {
            searches.register(Search.of("gardens", "title:garden AND price:[* TO 250000]"));
            Event event = Event.json("listings", "{\"title\": \"House with a garden\", \"price\": 199000}");
            for (Match match : searches.match(event, Set.of(Detail.CLAUSES))) {
                printed.add(match.searchId() + " by " + match.clauses());
            }
        }
        assertThat(printed).containsExactly("gardens by [title:garden, price:[* TO 250000]]");
    }
}
