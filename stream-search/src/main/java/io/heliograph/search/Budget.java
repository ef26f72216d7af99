package io.heliograph.search;

/** Counts what one query costs against its {@link QueryLimits}, before anything is built of it. Used for one query. */
final class Budget {

    /** What is similar to a word is written out, in steps as many as some dozen times its letters. */
    private static final int MAX_SIMILAR_CHARS = 64;

    private final QueryLimits limits;
    private int clauses;
    private int patterns;

    Budget(QueryLimits limits) {
        this.limits = limits;
    }

    static void requireLength(String query, QueryLimits limits) {
        if (query.length() > limits.maxLength()) {
            throw new QueryException(Place.START, query, "the query has " + query.length() + " characters; " + limits.maxLength()
                    + " are allowed (maxLength)");
        }
    }

    QueryLimits limits() {
        return limits;
    }

    void clause(Place place, String source) {
        if (++clauses > limits.maxClauses()) {
            throw new QueryException(place, source, "the query has more than " + limits.maxClauses() + " clauses (maxClauses)");
        }
    }

    void term(Place place, String text) {
        if (text.length() > limits.maxTermLength()) {
            throw new QueryException(place, text, "this has " + text.length() + " characters; " + limits.maxTermLength()
                    + " are allowed (maxTermLength)");
        }
    }

    void pattern(Place place, String text) {
        if (++patterns > limits.maxPatterns()) {
            throw new QueryException(place, text, "the query has more than " + limits.maxPatterns()
                    + " wildcards, regular expressions and similar words (maxPatterns)");
        }
    }

    void similar(Place place, String word) {
        pattern(place, word);
        if (word.length() > MAX_SIMILAR_CHARS) {
            throw new QueryException(place, word, "a word with '~' has " + word.length() + " characters; " + MAX_SIMILAR_CHARS + " are allowed");
        }
    }

    void wildcard(Place place, String word) {
        pattern(place, word);
        int before = Words.unescape(word.substring(0, Words.firstWildcard(word))).length();
        if (before < limits.minPatternPrefix()) {
            throw new QueryException(place, word, "before the first wildcard stand " + before + " characters; "
                    + limits.minPatternPrefix() + " are needed (minPatternPrefix)");
        }
        if (Words.wildcards(word) > limits.maxWildcards()) {
            throw new QueryException(place, word, "this has " + Words.wildcards(word) + " wildcards; " + limits.maxWildcards()
                    + " are allowed (maxWildcards)");
        }
    }

    void regexp(Place place, String pattern) {
        pattern(place, pattern);
        term(place, pattern);
        RegexpCost.require(place, pattern, limits.maxRegexpSteps());
    }
}
