package io.heliograph.search;

import io.heliograph.ConfigException;

/**
 * What a query may cost, checked before Lucene sees any of it.
 *
 * @param maxLength        characters of the whole query
 * @param maxDepth         parentheses, or JSON objects, within each other
 * @param maxClauses       words, phrases, ranges and so on; and as many words once they are analyzed
 * @param maxTermLength    characters of one word, phrase or bound
 * @param maxPatterns      words with wildcards, regular expressions and similar words ({@code ~})
 * @param minPatternPrefix characters before a pattern's first wildcard
 * @param maxWildcards     {@code *} and {@code ?} in one word
 * @param maxRegexpSteps   characters of a regular expression once its repetitions are written out
 * @param maxSlop          how far apart the words of a phrase may lie
 */
public record QueryLimits(int maxLength, int maxDepth, int maxClauses, int maxTermLength, int maxPatterns,
        int minPatternPrefix, int maxWildcards, int maxRegexpSteps, int maxSlop) {

    private static final QueryLimits DEFAULTS = new QueryLimits(8192, 32, 256, 256, 16, 1, 5, 200, 100);

    /** Refuses limits below 1 (a prefix may be 0), and above what Lucene can bear. */
    public QueryLimits {
        require("maxLength", maxLength, 1, 1 << 20);
        require("maxDepth", maxDepth, 1, 100);
        require("maxClauses", maxClauses, 1, 1024);
        require("maxTermLength", maxTermLength, 1, 8000);
        require("maxPatterns", maxPatterns, 0, 1024);
        require("minPatternPrefix", minPatternPrefix, 0, 100);
        require("maxWildcards", maxWildcards, 0, 20);
        require("maxRegexpSteps", maxRegexpSteps, 0, 1000);
        require("maxSlop", maxSlop, 0, 1000);
    }

    /** 8192 characters, 32 deep, 256 clauses. */
    public static QueryLimits defaults() {
        return DEFAULTS;
    }

    private static void require(String setting, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ConfigException(setting, value, least + " to " + most);
        }
    }
}
