package io.heliograph.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Draws the stored queries of the suite {@code search}.
 *
 * <pre>
 *   20 %   one word                          5.5 %  a town, and one of two words
 *   25 %   two or three words                5 %    a prefix, a wildcard
 *   10 %   a phrase                          5 %    ranges alone, which Lucene's Monitor runs for every event
 *   20 %   a town, a category, ranges        1.5 %  keywords, with and without words that must be absent
 *    8 %   a word, a category, not a word
 * </pre>
 *
 * <p>Confined to one thread.
 */
final class SearchQueries {

    private static final long SEED = 77;
    private static final String TITLE = "title";
    private static final String BODY = "body";
    private static final String CITY = "city";
    private static final String CATEGORY = "cat";
    private static final String PRICE = "price";
    private static final String SIZE = "size";

    private final SearchWords words;
    private final Random random = new Random(SEED);

    private SearchQueries(SearchWords words) {
        this.words = words;
    }

    /** The first {@code count}; the number of each is its id. */
    static List<SearchQuery> draw(SearchWords words, int count) {
        var queries = new SearchQueries(words);
        var drawn = new ArrayList<SearchQuery>(count);
        for (int i = 0; i < count; i++) {
            drawn.add(queries.next());
        }
        return List.copyOf(drawn);
    }

    private SearchQuery next() {
        int k = random.nextInt(1000);
        if (k < 200) {
            return text(1000);
        } else if (k < 450) {
            return severalWords();
        } else if (k < 550) {
            return phrase();
        } else if (k < 750) {
            return offer();
        } else if (k < 830) {
            return new SearchQuery.Both(List.of(text(200), category()), List.of(text(1)));
        } else if (k < 885) {
            return SearchQuery.Both.of(List.of(city(), new SearchQuery.Either(text(100), text(100))));
        } else if (k < 915) {
            String field = random.nextInt(2) == 0 ? TITLE : BODY;
            return new SearchQuery.Prefix(field, beginning(words.word(500, random), 5));
        } else if (k < 935) {
            String word = words.word(500, random);
            return new SearchQuery.Wildcard(TITLE, beginning(word, 3) + "*" + word.charAt(word.length() - 1));
        } else if (k < 985) {
            return ranges();
        } else if (k < 996) {
            return SearchQuery.Both.of(List.of(category(), city()));
        } else if (k < 998) {
            return new SearchQuery.Both(List.of(category()), List.of(text(1)));
        } else if (k < 999) {
            return new SearchQuery.Both(List.of(new SearchQuery.All()), List.of(category(), text(0)));
        }
        return random.nextInt(10) == 0 ? new SearchQuery.All() : new SearchQuery.Both(List.of(text(500)), List.of(city()));
    }

    private SearchQuery severalWords() {
        List<SearchQuery> all = new ArrayList<>();
        int count = 2 + random.nextInt(2);
        for (int i = 0; i < count; i++) {
            all.add(text(50));
        }
        return SearchQuery.Both.of(all);
    }

    private SearchQuery phrase() {
        String field = random.nextInt(3) == 0 ? TITLE : BODY;
        return new SearchQuery.Phrase(field, words.word(10, random), words.word(10, random));
    }

    private SearchQuery offer() {
        List<SearchQuery> all = new ArrayList<>();
        all.add(city());
        if (random.nextBoolean()) {
            all.add(category());
        }
        long price = SearchWords.price(random);
        all.add(new SearchQuery.Range(PRICE, (long) (0.8 * price), (long) (1.2 * price)));
        if (random.nextInt(3) == 0) {
            all.add(SearchQuery.Range.from(SIZE, SearchWords.size(random)));
        }
        return SearchQuery.Both.of(all);
    }

    private SearchQuery ranges() {
        List<SearchQuery> all = new ArrayList<>();
        if (random.nextInt(3) == 0) {
            long size = SearchWords.size(random);
            all.add(new SearchQuery.Range(SIZE, size, size + size / 10));
        }
        long price = SearchWords.price(random);
        all.add(new SearchQuery.Range(PRICE, price, (long) (1.02 * price)));
        return all.size() == 1 ? all.getFirst() : SearchQuery.Both.of(all);
    }

    private SearchQuery text(int leastRank) {
        String field = random.nextInt(5) == 0 ? TITLE : BODY;
        return new SearchQuery.Word(field, words.word(leastRank, random));
    }

    private SearchQuery city() {
        return new SearchQuery.Word(CITY, words.city(random));
    }

    private SearchQuery category() {
        return new SearchQuery.Word(CATEGORY, SearchWords.category(random));
    }

    private static String beginning(String word, int letters) {
        return word.substring(0, Math.min(letters, word.length()));
    }
}
