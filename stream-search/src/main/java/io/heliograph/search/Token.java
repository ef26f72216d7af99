package io.heliograph.search;

/**
 * One token of a query in Lucene's syntax.
 *
 * @param kind what it is
 * @param text what it says, without quotes; escapes are kept in words, where a wildcard may be one
 * @param from where it begins in the query
 * @param to   where it ends
 */
record Token(Kind kind, String text, int from, int to) {

    /** What a token is. */
    enum Kind {
        WORD("a word"),
        QUOTED("a phrase"),
        REGEXP("a regular expression"),
        AND("AND"),
        OR("OR"),
        NOT("NOT"),
        PLUS("'+'"),
        MINUS("'-'"),
        OPEN("'('"),
        CLOSE("')'"),
        COLON("':'"),
        CARET("'^'"),
        TILDE("'~'"),
        RANGE_OPEN("a range"),
        COMPARISON("a comparison"),
        END("the end of the query");

        final String name;

        Kind(String name) {
            this.name = name;
        }
    }
}
