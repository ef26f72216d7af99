package io.heliograph.search;

import java.util.List;

/** A query as it is written, whichever way; {@link QueryCompiler} makes Lucene's of it. */
sealed interface Clause {

    /** Where it stands. */
    Place place();

    /** What it looks like, for whoever is told that it matched. */
    String source();

    /** How much a clause within a {@link Bool} matters. */
    enum Occur {
        MUST,
        SHOULD,
        MUST_NOT
    }

    /** A clause within a {@link Bool}. */
    record Part(Occur occur, Clause clause) {
    }

    /** Everything. */
    record All(Place place, String source) implements Clause {
    }

    /** A word, or what an analyzer splits into several; next to each other if {@code needs} is a phrase. */
    record Words(Place place, String source, String field, String text, Needs needs, int slop) implements Clause {
    }

    /** Which of several words must be there. */
    enum Needs {
        ANY,
        ALL,
        PHRASE
    }

    /** A value as it is. */
    record Exact(Place place, String source, String field, String text) implements Clause {
    }

    /** What begins so. */
    record Prefix(Place place, String source, String field, String text) implements Clause {
    }

    /** {@code *} any, {@code ?} one character, {@code \} takes the next one as it is. */
    record Wildcard(Place place, String source, String field, String pattern) implements Clause {
    }

    /** A regular expression over a whole word. */
    record Regexp(Place place, String source, String field, String pattern) implements Clause {
    }

    /** What differs from a word in so many letters at most. */
    record Fuzzy(Place place, String source, String field, String text, int edits) implements Clause {
    }

    /** One end of a range; {@code *} is none. */
    record Bound(Place place, String text, boolean isInclusive) {
        boolean isOpen() {
            return text.equals("*");
        }
    }

    /** What lies between. */
    record Range(Place place, String source, String field, Bound low, Bound high) implements Clause {
    }

    /** That the field has a value. */
    record Exists(Place place, String source, String field) implements Clause {
    }

    /** Within so many metres of a place. */
    record Distance(Place place, String source, String field, double latitude, double longitude, double metres) implements Clause {
    }

    /** Between two corners. */
    record Box(Place place, String source, String field, double top, double left, double bottom, double right) implements Clause {
    }

    /** Clauses together; at least {@code minimumShould} of the SHOULD ones. */
    record Bool(Place place, String source, List<Part> parts, int minimumShould) implements Clause {
    }

    /** A clause that counts more, or less, for the score. */
    record Boost(Clause clause, float factor) implements Clause {
        @Override
        public Place place() {
            return clause.place();
        }

        @Override
        public String source() {
            return clause.source();
        }
    }

    /** A clause with a name of its own. */
    record Named(Clause clause, String name) implements Clause {
        @Override
        public Place place() {
            return clause.place();
        }

        @Override
        public String source() {
            return name;
        }
    }
}
