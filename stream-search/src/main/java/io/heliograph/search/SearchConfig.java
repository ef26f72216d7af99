package io.heliograph.search;

import io.heliograph.ConfigException;

/**
 * Settings of a {@link SearchIndex}.
 *
 * @param queryLimits what a query may cost
 * @param eventLimits what of an event is read
 * @param maxSearches searches registered at a time
 * @param maxFields   fields in the schema; further fields of events are left out, queries that need one more are refused
 * @param language    of text that names no other
 */
public record SearchConfig(QueryLimits queryLimits, EventLimits eventLimits, int maxSearches, int maxFields, Language language) {

    private static final SearchConfig DEFAULTS =
            new SearchConfig(QueryLimits.defaults(), EventLimits.defaults(), 1_000_000, 2000, Language.STANDARD);

    /** Refuses limits below 1. */
    public SearchConfig {
        if (maxSearches < 1) {
            throw new ConfigException("maxSearches", maxSearches, "1 and more");
        }
        if (maxFields < 1) {
            throw new ConfigException("maxFields", maxFields, "1 and more");
        }
    }

    /** A million searches, 2000 fields, the standard analyzer. */
    public static SearchConfig defaults() {
        return DEFAULTS;
    }

    /** The same with other limits for queries. */
    public SearchConfig withQueryLimits(QueryLimits limits) {
        return new SearchConfig(limits, eventLimits, maxSearches, maxFields, language);
    }

    /** The same with other limits for events. */
    public SearchConfig withEventLimits(EventLimits limits) {
        return new SearchConfig(queryLimits, limits, maxSearches, maxFields, language);
    }

    /** The same with at most so many searches. */
    public SearchConfig withMaxSearches(int searches) {
        return new SearchConfig(queryLimits, eventLimits, searches, maxFields, language);
    }

    /** The same with at most so many fields. */
    public SearchConfig withMaxFields(int fields) {
        return new SearchConfig(queryLimits, eventLimits, maxSearches, fields, language);
    }

    /** The same in another language. */
    public SearchConfig withLanguage(Language other) {
        return new SearchConfig(queryLimits, eventLimits, maxSearches, maxFields, other);
    }
}
