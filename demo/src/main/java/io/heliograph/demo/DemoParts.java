package io.heliograph.demo;

import io.heliograph.Publisher;
import io.heliograph.Subscriber;
import io.heliograph.Subscription;
import io.heliograph.server.EventTail;
import io.heliograph.server.OutboxFeed;
import io.heliograph.statsd.StatsdServer;
import io.heliograph.udp.UdpSubscriber;
import io.heliograph.webhook.EndpointSums;
import io.heliograph.webhook.Endpoints;
import java.util.Optional;

/**
 * What the panel shows and moves.
 *
 * @param statsd       takes datagrams
 * @param publisher    sends what was flushed
 * @param subscriber   hears it
 * @param subscription hands events on to the outbox
 * @param handler      the subscription's, which can be made to hang
 * @param policy       the subscription's
 * @param tail         shows events to browsers
 * @param traffic      the generator, if there is one
 * @param address      where events go
 * @param feed         publishes into the outbox what the handler gets
 * @param receiver     takes alerts
 * @param endpoints    who gets alerts
 */
record DemoParts(StatsdServer statsd, Publisher publisher, Subscriber subscriber, Subscription subscription,
        StallableHandler handler, PagePolicy policy, EventTail tail, Optional<Traffic> traffic, String address, OutboxFeed feed,
        AlertReceiver receiver, Endpoints endpoints) {

    /** Datagrams on the way to the page that were lost and came when they were asked for again. */
    long repaired() {
        return subscriber instanceof UdpSubscriber udp ? udp.counters().repaired() : 0;
    }

    /** What became of the alerts at the page's own endpoint, once it is there. */
    Optional<EndpointSums> alerts() {
        return receiver.endpoint().flatMap(endpoints::sums);
    }
}
