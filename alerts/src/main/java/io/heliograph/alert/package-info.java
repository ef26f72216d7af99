/**
 * Saved searches, and an alert for each event that one matches.
 *
 * <pre>{@code
 * SearchSpec spec = SearchSpec.of("title:garden AND price:[* TO 500000]")
 *         .withTopics(List.of(TopicFilter.of("listings.>")))
 *         .withDeliver(List.of(Recipient.parse("endpoint:" + endpoint.id())));
 * SavedSearch saved = alerts.searches().put("default", "gardens", spec, Expectation.ANYTHING).join().search();
 * outbox.publish(Event.json("listings.new", "{\"title\": \"House with a garden\", \"price\": 420000}"));
 * alerts.follow(alert -> System.out.println(alert.search() + " has found " + alert.event().text()));
 * }</pre>
 *
 * <p>This room stands between matching, which knows no SQL, and the routes, which hold no engine. An
 * {@link io.heliograph.alert.Alerts} follows an {@link io.heliograph.webhook.Outbox}: beside each event that it stores it notes, in the
 * same transaction, that the event is to be matched.
 *
 * <pre>
 *   SavedSearches -- put --> alerts_search, a generation --------.
 *                                                                v
 *   Outbox -- event, note --> alerts_pending --> Matcher: Indexes up to the generation, match, Judge
 *                                                                |    one transaction: the notes go, and in come
 *                   .--------------------------------------------+--------------------.
 *                   v                              v             v                    v
 *     webhooks_event, for endpoints      alerts_outgoing     alerts_alert     alerts_gathered, _period
 *             Deliveries                    a Sender       page, followers      Digests, when due
 * </pre>
 */
package io.heliograph.alert;
