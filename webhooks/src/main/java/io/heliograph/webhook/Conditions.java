package io.heliograph.webhook;

import io.heliograph.ConfigException;
import io.heliograph.Event;
import java.util.function.Predicate;

/**
 * What the queries of endpoints mean ({@link EndpointSpec#query}): whoever opens an {@link Outbox} brings a language, such as that of
 * saved searches. Must be thread-safe, and so must what it compiles: that runs on publishers' threads and on the store's. A condition
 * that throws has let its event through, since nothing may get lost by a mistake.
 */
@FunctionalInterface
public interface Conditions {

    /** For an outbox without queries: it takes none. */
    Conditions NONE = query -> {
        throw new ConfigException("query", query, "none: this outbox was opened without a language for queries");
    };

    /**
     * Reads a query.
     *
     * @throws ConfigException if it is none; the message says where it fails
     */
    Predicate<Event> compile(String query);
}
