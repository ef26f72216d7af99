/**
 * Events as webhooks: HTTP requests that their receiver can trust, to receivers that the sender need not trust.
 *
 * <p><b>Signing.</b> A {@link io.heliograph.webhook.Signer} signs what goes out, byte by byte, as
 * <a href="https://www.standardwebhooks.com/">Standard Webhooks 1.0.0</a> has it, with each key of a
 * {@link io.heliograph.webhook.KeyRing}; a {@link io.heliograph.webhook.WebhookVerifier} is for whoever receives it. On the
 * disk secrets are closed by a {@link io.heliograph.webhook.SecretSeal}.
 *
 * <p><b>One attempt.</b> Each step is a type, and whoever delivers puts them in a row:
 *
 * <pre>{@code
 * HttpContent content = CloudEventHttp.write(event, id.text(), ContentMode.STRUCTURED);     // the same in all attempts
 * List<HttpHeader> signature = keys.signerAt(now).sign(id, now, content.body());            // of this one
 * WebhookRequest request = WebhookRequest.of(TargetUrl.parse(url), content, signature, CustomHeaders.NONE, timeout);
 *
 * switch (gate.turn(event.key(), clock.nanoTime())) {                                       // may it begin?
 *     case Turn.Now now -> ...
 * }
 * gate.begin(event.key(), clock.nanoTime());
 * AttemptResult result = client.deliver(request);                                           // over by its deadline
 * gate.end(event.key(), result, clock.nanoTime());
 * EndpointHealth.Next health = endpoint.health().after(result, patience, now);              // tell, disable?
 * Optional<Duration> again = schedule.next(attemptsMade, retryAfter, random);               // when next?
 * }</pre>
 *
 * <p>{@link io.heliograph.webhook.WebhookClient} and its threads are the only thing here that touches a network or waits; it
 * reads clocks from the {@link io.heliograph.spi.Environment} it is given. {@link io.heliograph.webhook.EndpointGate},
 * {@link io.heliograph.webhook.EndpointHealth} and {@link io.heliograph.webhook.RetrySchedule} are arithmetic on the moments
 * they are told, so that a schedule of days is tested in a millisecond.
 *
 * <p><b>Targets.</b> {@link io.heliograph.webhook.TargetUrl} refuses whatever two parsers may read in two ways, and
 * {@link io.heliograph.webhook.TargetGuard} judges the addresses; nobody connects but to an address that it judged.
 *
 * <pre>
 *   WebhookClient               counts, results
 *    |- Exchanger               one request, one answer, at most 64 KiB of it
 *    |   |- Exchange            the one under way: its deadline, its addresses
 *    |   |- AttemptConnection   few interim answers; closing never waits
 *    |   |- Lookups             the resolver, on threads of its own
 *    |   |   `- TargetGuard     AddressBlocks, the operator's allow-list
 *    |   `- DeadlineTimer       a hashed wheel
 *    `- IdleKeeper              connections that nobody uses
 * </pre>
 *
 * <p><b>Durable.</b> An {@link io.heliograph.webhook.Outbox} keeps events on disk, {@link io.heliograph.webhook.Deliveries} do all of
 * the above with them, and a {@link io.heliograph.webhook.WebhookPublisher} is the whole as a port of core.
 *
 * <pre>
 *   Outbox                      publish, inlet, retention
 *    |- Inlet                   what callers publish in transactions of their own
 *    |- Endpoints               who gets events: on disk and in memory
 *    |   `- EndpointDirectory   found by topic, query and group
 *    |- FanOut                  an event once, a small row for each receiver, as its policy says
 *    `- Recovery                what an endpoint missed
 *   Deliveries                  one thread that says who may begin
 *    |- Lanes, Rota             the way to each endpoint: its gate, what was claimed; which is to be looked at, and when
 *    |- Claims                  what is due, out of the queue
 *    |- Attempts                one at a parcel, which is a delivery or a batch: Courier sends it, NextAttempt says what becomes of it
 *    |- Outcomes                the writes that note it: Settlement
 *    `- Housekeeping            retention, leases
 *   DeliveryRows, BatchRows, AttemptRows, EndpointRows     all of the SQL, but the events'
 * </pre>
 */
package io.heliograph.webhook;
