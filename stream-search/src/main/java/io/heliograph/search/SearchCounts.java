package io.heliograph.search;

/**
 * What a {@link SearchIndex} counted so far.
 *
 * @param searches      registered now
 * @param events        matched
 * @param matches       of them with searches
 * @param queriesRun    queries that were tried, since they could have matched
 * @param refused       searches that could not be registered
 * @param quarantined   searches taken out because they threw
 * @param oversized     events whose data was not read, since it is longer than {@link EventLimits#maxBytes}
 * @param malformed     events with data that is JSON by name and not in fact, or that only begins like it; taken as text
 * @param valuesLeftOut values beyond {@link EventLimits#maxValues}, keywords too long for Lucene, paths too long for the schema
 * @param textsCut      texts cut at {@link EventLimits#maxValueLength}
 * @param tooDeep       objects and arrays beyond {@link EventLimits#maxDepth}
 * @param conflicts     values that are not of their field's type
 * @param fieldsIgnored values of fields that the schema had no room for
 */
public record SearchCounts(int searches, long events, long matches, long queriesRun, long refused, long quarantined, long oversized,
        long malformed, long valuesLeftOut, long textsCut, long tooDeep, long conflicts, long fieldsIgnored) {
}
