/**
 * Heliograph over HTTP: one page, a live tail of events, and the ledger as JSON and as Prometheus text; and all of
 * {@code heliograph serve}.
 *
 * <pre>
 *  Subscription             EventTail                    HeliographServer
 * +-------------+  event  +-----------+  Viewer, bounded +------------------------+
 * | its handler |-------->| as JSON,  |----------------->| GET /v1/events/stream  |--> browser
 * +-------------+         | written   |----------------->| one virtual thread     |--> curl
 *                         | once      |   (missed n)     | per viewer             |
 *                         +-----------+                  +------------------------+
 *  LedgerBook   names every publisher, subscriber and counter;  GET /v1/ledger, GET /metrics read it
 *  Panel        what another module adds to the page: its markup, its script, its routes
 * </pre>
 *
 * <p>A server needs a book of sums and a tail:
 *
 * <pre>{@code
 * var book = new LedgerBook();
 * var tail = new EventTail(Limit.events(1_000));
 * Subscription subscription = subscriber.subscribe(Interest.inAll(), tail);
 * book.addSubscriber("page", subscription::sums);
 * try (HeliographServer server = HeliographServer.start(ServerConfig.defaults(), book, tail, List.of())) {
 *     System.out.println(server.url());
 *     ...
 * }
 * }</pre>
 *
 * <p><b>Serving.</b> A {@link io.heliograph.server.Serve} opens a data folder and puts the parts together:
 *
 * <pre>
 *   Access  who asks: ApiKeys, hashes in a file        EventRoutes     POST /v1/events  --> Outbox (on disk, then 202)
 *     |                                                EndpointRoutes  /v1/endpoints, /v1/attempts
 *     v                                                  |- EndpointReader, EndpointWriter: JSON and nothing else
 *   Call.tenant() scopes whatever a route does           `- Registrar: may it go there, does its receiver agree
 *                                                      SearchRoutes, MatchRoutes, AlertRoutes  /v1/searches, /v1/alerts
 *                                                        `- Alerting: Alerts on the same store and outbox
 * </pre>
 *
 * <p><b>A viewer never slows the rest.</b> Each has a bounded queue that gives up its oldest event when it is full, and
 * is told how many it missed. What viewers miss is no loss of the subscription's: its handler has returned.
 *
 * <p><b>Strangers.</b> A web page that the user happens to visit must not reach the server: requests under another host
 * name than the server's own are answered 421, requests that another origin's page sends 403. Every error is a problem
 * document (RFC 9457) with a {@code code}, and carries no stack trace.
 */
package io.heliograph.server;
