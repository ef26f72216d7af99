/**
 * Events, and the ports that carry them.
 *
 * <pre>{@code
 * try (var subscriber = Heliograph.subscriber("local:prices");
 *      var publisher = Heliograph.publisher("local:prices")) {
 *     subscriber.subscribe("prices.>", delivery -> System.out.println(delivery.event().text()));
 *     PublishResult result = publisher.publish(Event.of("prices.eurusd", "1.0842"));
 *     System.out.println(result + " " + publisher.sums());
 * }
 * }</pre>
 *
 * <p>An {@link io.heliograph.Event} is published at an address by a {@link io.heliograph.Publisher} and handed to
 * {@link io.heliograph.EventHandler}s by a {@link io.heliograph.Subscriber}; the address's scheme chooses the transport
 * ({@link io.heliograph.spi.Transport}). What happens when a subscriber cannot keep up is a
 * {@link io.heliograph.flow.FlowPolicy}. Where every event went is told by {@link io.heliograph.ledger}: nothing is lost
 * without a counter, a reason and, where its subscriber lives, a {@link io.heliograph.Gap}.
 */
package io.heliograph;
