package io.heliograph.alert;

import io.heliograph.search.Search;

/**
 * A query as its user wrote it.
 *
 * @param text   Lucene's syntax, or a JSON object
 * @param syntax which of them
 */
public record QueryText(String text, Search.Syntax syntax) {

    /** A query in Lucene's syntax. */
    public static QueryText of(String text) {
        return new QueryText(text, Search.Syntax.LUCENE);
    }

    /** A query in Elasticsearch's Query DSL. */
    public static QueryText json(String text) {
        return new QueryText(text, Search.Syntax.JSON);
    }
}
