/**
 * Queries that are stored, and matched against each event in the moment it is published.
 *
 * <pre>{@code
 * try (SearchIndex searches = SearchIndex.open()) {
 *     searches.register(Search.of("gardens", "title:garden AND price:[* TO 250000]"));
 *     Event event = Event.json("listings", "{\"title\": \"House with a garden\", \"price\": 199000}");
 *     for (Match match : searches.match(event, Set.of(Detail.CLAUSES))) {
 *         System.out.println(match.searchId() + " by " + match.clauses());
 *     }
 * }
 * }</pre>
 *
 * <p>A {@link io.heliograph.search.SearchIndex} holds {@link io.heliograph.search.Search}es in Lucene's syntax or as JSON, on the
 * fields of a {@link io.heliograph.search.Schema}, whose types it infers unless they are declared. An
 * {@link io.heliograph.search.EventQuery} is one query alone, as a condition of a subscription:
 *
 * <pre>{@code
 * searches.subscribe(subscriber, "price:[* TO 250000]", delivery -> System.out.println(delivery.event().text()));
 * }</pre>
 *
 * <p>Nobody is trusted: what a query may cost is checked before Lucene sees any of it
 * ({@link io.heliograph.search.QueryLimits}), what of an event is read has limits
 * ({@link io.heliograph.search.EventLimits}), and a query that throws nevertheless is left out while the others match.
 *
 * <pre>
 *   query text -- QueryParser, JsonQueryParser --> Clause -- QueryCompiler --> CompiledQuery      Budget: limits
 *                                                              |- Schema: types                          |
 *                                                              `- Target: forms of fields                v
 *   event -- JsonData --> EventValues -- EventDocument --> a document in these forms -----------> QueryStore: Lucene's Monitor
 *                             `- Schema learns                                                     `- SearchMatcher
 * </pre>
 */
package io.heliograph.search;
