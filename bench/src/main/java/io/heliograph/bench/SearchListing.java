package io.heliograph.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** An event of the suite {@code search}: a listing with two texts, two keywords and three numbers, about 1 kB as JSON. */
record SearchListing(String title, String body, String city, String category, long price, long size, long second) {

    /** How many there are; they come round again. */
    static final int COUNT = 4096;

    private static final long SEED = 5;
    private static final int TITLE_WORDS = 8;
    private static final int BODY_WORDS = 100;
    private static final int SENTENCE_WORDS = 12;
    private static final long FIRST_SECOND = 1_700_000_000;

    /** The first {@code count} of the stream. */
    static List<SearchListing> stream(SearchWords words, int count) {
        var random = new Random(SEED);
        var listings = new ArrayList<SearchListing>(count);
        for (int i = 0; i < count; i++) {
            listings.add(draw(words, i, random));
        }
        return List.copyOf(listings);
    }

    private static SearchListing draw(SearchWords words, int index, Random random) {
        var title = new StringBuilder();
        for (int i = 0; i < TITLE_WORDS; i++) {
            title.append(words.word(random)).append(' ');
        }
        var body = new StringBuilder();
        for (int i = 1; i <= BODY_WORDS; i++) {
            body.append(words.word(random)).append(i % SENTENCE_WORDS == 0 ? ". " : " ");
        }
        return new SearchListing(title.toString(), body.toString(), words.city(random), SearchWords.category(random),
                SearchWords.price(random), SearchWords.size(random), FIRST_SECOND + index);
    }

    /** No text in it needs escaping. */
    String json() {
        return "{\"title\":\"" + title + "\",\"body\":\"" + body + "\",\"city\":\"" + city + "\",\"cat\":\"" + category
                + "\",\"price\":" + price + ",\"size\":" + size + ",\"ts\":" + second + "}";
    }
}
