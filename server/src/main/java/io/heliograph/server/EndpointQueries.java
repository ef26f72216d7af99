package io.heliograph.server;

import io.heliograph.ConfigException;
import io.heliograph.Event;
import io.heliograph.search.EventQuery;
import io.heliograph.search.QueryException;
import java.util.function.Predicate;

/** What endpoints' queries mean: Lucene's syntax, as in saved searches, on fields whose types their use implies. Stateless. */
final class EndpointQueries {

    private EndpointQueries() {
    }

    /**
     * Reads one that is stored, or is about to be.
     *
     * @throws ConfigException if it cannot be used
     */
    static Predicate<Event> compile(String query) {
        try {
            return EventQuery.parse(query);
        } catch (QueryException e) {
            throw new ConfigException("query", query, "one that can be read: " + e.getMessage());
        }
    }

    /**
     * Returns it as it came.
     *
     * @throws Problem 400 if it cannot be used, with its place
     */
    static String require(String query) {
        try {
            EventQuery.parse(query);
            return query;
        } catch (QueryException e) {
            throw new Problem(400, "bad-query", String.valueOf(e.getMessage())).at(e.line(), e.column()).about(e.token(), e.suggestion()).at("/query");
        }
    }
}
