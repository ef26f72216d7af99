package io.heliograph.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Figures of other runs and of other engines can be compared only if the workload is the same to the letter. */
class SearchWorkloadTest {

    private static final SearchWords WORDS = new SearchWords();

    @Test
    void hasTheSameWordsInTheSameOrder() {
        assertThat(WORDS.ranked(0)).isEqualTo("sestou");
        assertThat(WORDS.ranked(1)).isEqualTo("sosainairib");
        assertThat(WORDS.ranked(199_999)).isEqualTo("fuvaider");
    }

    @Test
    void hasTheSameListings() {
        SearchListing first = SearchListing.stream(WORDS, 1).getFirst();
        assertThat(first.city()).isEqualTo("city1548");
        assertThat(first.category()).isEqualTo("cat20");
        assertThat(first.price()).isEqualTo(458_762);
        assertThat(first.size()).isEqualTo(76);
        assertThat(first.second()).isEqualTo(1_700_000_000L);
    }

    @Test
    void hasListingsOfAboutAKilobyte() {
        double bytes = SearchListing.stream(WORDS, SearchListing.COUNT).stream()
                .mapToInt(listing -> listing.json().getBytes(StandardCharsets.UTF_8).length).average().orElseThrow();
        assertThat(bytes).isBetween(1000.0, 1090.0);
    }

    @Test
    void hasTheSameQueries() {
        List<SearchQuery> queries = SearchQueries.draw(WORDS, 3);
        assertThat(queries.get(0).text()).isEqualTo("title:\"tegegibrouv nebubru\"");
        assertThat(queries.get(1).text()).isEqualTo("body:toutrame");
        assertThat(queries.get(2).text()).isEqualTo("price:[79869 TO 81466]");
    }
}
