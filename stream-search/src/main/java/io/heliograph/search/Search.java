package io.heliograph.search;

import io.heliograph.ConfigException;
import java.util.Optional;

/**
 * A query to be kept.
 *
 * @param id       what it goes by; 1 to 256 characters
 * @param query    its text
 * @param syntax   how the text is to be read
 * @param language of the words in it, and of the text it is compared with; empty for each field's own
 */
public record Search(String id, String query, Syntax syntax, Optional<Language> language) {

    private static final int MAX_ID_LENGTH = 256;

    /** How a query is written. */
    public enum Syntax {
        /** Lucene's query syntax. */
        LUCENE,
        /** A subset of Elasticsearch's Query DSL. */
        JSON
    }

    /** Refuses ids that are empty or too long. */
    public Search {
        if (id.isEmpty() || id.length() > MAX_ID_LENGTH) {
            throw new ConfigException("search id", id, "1 to " + MAX_ID_LENGTH + " characters");
        }
    }

    /** A search in Lucene's syntax. */
    public static Search of(String id, String query) {
        return new Search(id, query, Syntax.LUCENE, Optional.empty());
    }

    /** A search in Elasticsearch's Query DSL. */
    public static Search json(String id, String query) {
        return new Search(id, query, Syntax.JSON, Optional.empty());
    }

    /** The same in a language. */
    public Search in(Language other) {
        return new Search(id, query, syntax, Optional.of(other));
    }

    Clause parse(QueryLimits limits) {
        return switch (syntax) {
            case LUCENE -> QueryParser.parse(query, limits);
            case JSON -> JsonQueryParser.parse(query, limits);
        };
    }
}
