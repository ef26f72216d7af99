package io.heliograph.demo;

import io.heliograph.Publisher;
import io.heliograph.Subscriber;
import io.heliograph.Subscription;
import io.heliograph.server.EventTail;
import io.heliograph.statsd.StatsdServer;
import io.heliograph.udp.UdpSubscriber;
import java.util.Optional;

/**
 * What the panel shows and moves.
 *
 * @param statsd       takes datagrams
 * @param publisher    sends what was flushed
 * @param subscriber   hears it
 * @param subscription hands events to the page
 * @param handler      the subscription's, which can be made to hang
 * @param policy       the subscription's
 * @param tail         shows events to browsers
 * @param traffic      the generator, if there is one
 * @param address      where events go
 */
record DemoParts(StatsdServer statsd, Publisher publisher, Subscriber subscriber, Subscription subscription,
        StallableHandler handler, PagePolicy policy, EventTail tail, Optional<Traffic> traffic, String address) {

    /** Datagrams on the way to the page that were lost and came when they were asked for again. */
    long repaired() {
        return subscriber instanceof UdpSubscriber udp ? udp.counters().repaired() : 0;
    }
}
