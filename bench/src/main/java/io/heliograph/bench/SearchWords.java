package io.heliograph.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.IntToDoubleFunction;

/** The made-up words of the suite {@code search}, and how often each is drawn. Immutable; the chance belongs to the caller. */
final class SearchWords {

    private static final int WORDS = 200_000;
    private static final int CITIES = 5000;
    private static final int CATEGORIES = 50;
    private static final long SEED = 1;
    private static final List<String> CONSONANTS =
            List.of("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "br", "st", "tr", "kl");
    private static final List<String> VOWELS = List.of("a", "e", "i", "o", "u", "ai", "ou");
    /** A word ends in one of the first so many consonants, or in a vowel. */
    private static final int SINGLE_CONSONANTS = 14;

    private final List<String> words = words();
    private final double[] wordsUpTo = cumulated(WORDS, i -> 1.0 / (i + 1));
    private final double[] citiesUpTo = cumulated(CITIES, i -> 1 / Math.pow(i + 5, 0.9));

    private static List<String> words() {
        var random = new Random(SEED);
        Set<String> distinct = new LinkedHashSet<>();
        while (distinct.size() < WORDS) {
            var word = new StringBuilder();
            int syllables = 2 + random.nextInt(3);
            for (int i = 0; i < syllables; i++) {
                word.append(CONSONANTS.get(random.nextInt(CONSONANTS.size()))).append(VOWELS.get(random.nextInt(VOWELS.size())));
            }
            if (random.nextBoolean()) {
                word.append(CONSONANTS.get(random.nextInt(SINGLE_CONSONANTS)));
            }
            distinct.add(word.toString());
        }
        return new ArrayList<>(distinct);
    }

    private static double[] cumulated(int size, IntToDoubleFunction weight) {
        var sums = new double[size];
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += weight.applyAsDouble(i);
            sums[i] = sum;
        }
        for (int i = 0; i < size; i++) {
            sums[i] /= sum;
        }
        return sums;
    }

    /** The first index whose sum is not below the number drawn. */
    private static int draw(double[] sums, Random random) {
        int found = Arrays.binarySearch(sums, random.nextDouble());
        return Math.min(found >= 0 ? found : -found - 1, sums.length - 1);
    }

    /** The word of a rank; the lowest comes most often. */
    String ranked(int rank) {
        return words.get(rank);
    }

    /** Any word, by Zipf's law. */
    String word(Random random) {
        return words.get(draw(wordsUpTo, random));
    }

    /** A word of at least that rank: it is drawn until one is. */
    String word(int leastRank, Random random) {
        int rank;
        do {
            rank = draw(wordsUpTo, random);
        } while (rank < leastRank);
        return words.get(rank);
    }

    /** A town; the first are the largest. */
    String city(Random random) {
        return "city" + draw(citiesUpTo, random);
    }

    /** A category. */
    static String category(Random random) {
        return "cat" + random.nextInt(CATEGORIES);
    }

    /** A price, log-normal. */
    static long price(Random random) {
        return (long) Math.exp(12 + 0.8 * random.nextGaussian());
    }

    /** A size, log-normal. */
    static long size(Random random) {
        return 20 + (long) Math.exp(4 + 0.6 * random.nextGaussian());
    }
}
