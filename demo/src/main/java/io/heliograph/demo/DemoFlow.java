package io.heliograph.demo;

import io.heliograph.Delivery;
import io.heliograph.EventHandler;
import io.heliograph.Gap;
import io.heliograph.Heliograph;
import io.heliograph.HeliographException;
import io.heliograph.Interest;
import io.heliograph.Publisher;
import io.heliograph.Subscriber;
import io.heliograph.Subscription;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.server.EventTail;
import io.heliograph.server.OutboxFeed;
import io.heliograph.server.ServeParts;
import io.heliograph.statsd.StatsdConfig;
import io.heliograph.statsd.StatsdServer;
import io.heliograph.time.Clock;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * What the demo puts in front of its server: senders, StatsD, multicast, and the subscription that feeds the outbox. Opened from
 * the subscriber to the senders, so that nothing is sent before somebody listens, and closed the other way, so that all
 * that was sent arrives. Thread-safe.
 */
final class DemoFlow implements AutoCloseable {

    private static final Duration DRAIN = Duration.ofSeconds(2);
    private static final long DRAIN_STEP_NS = Duration.ofMillis(5).toNanos();

    private final Deque<Runnable> closing = new ArrayDeque<>();
    private final DemoParts parts;

    private DemoFlow(DemoConfig config, String address, ServeParts server, AlertReceiver receiver) {
        OutboxFeed feed = server.feed("page");
        var handler = new StallableHandler(fed(feed, server.tail()), Clock.SYSTEM);
        try {
            Subscriber subscriber = Heliograph.subscriber(address);
            closing.push(subscriber::close);
            Subscription subscription = subscriber.subscribe(Interest.inAll().withPolicy(PagePolicy.FIRST), handler);
            // What is lost on the way is sent again; but nobody who is slow holds a flush up.
            Publisher publisher = Heliograph.publisher(address, FlowPolicy.dropOldest(Limit.DEFAULT));
            closing.push(() -> endStream(publisher, subscription));
            StatsdServer statsd = PortChoice.open(config.statsdPort(), StatsdConfig.DEFAULT_PORT,
                    port -> StatsdServer.start(StatsdConfig.defaults().withPort(port), publisher));
            closing.push(statsd::close);
            Optional<Traffic> traffic = switch (config.generator()) {
                case ON -> Optional.of(Traffic.to(statsd.localAddress(), publisher, Clock.SYSTEM, new SecureRandom()));
                case OFF -> Optional.empty();
            };
            traffic.ifPresent(generator -> closing.push(generator::close));
            closing.push(handler::release);
            parts = new DemoParts(statsd, publisher, subscriber, subscription, handler, new PagePolicy(subscription), server.tail(), traffic,
                    address, feed, receiver, server.outbox().endpoints());
            server.book().addPublisher("multicast", publisher::sums);
            server.book().addSubscriber("multicast", subscription::sums);
            DemoMetrics.addTo(server.book(), statsd, traffic);
            GroupMetrics.addTo(server.book(), subscriber);
        } catch (HeliographException e) {
            close();
            throw e;
        }
    }

    /**
     * Opens all of it, or nothing; the generator does not send yet.
     *
     * @throws HeliographException if a port is taken, or the operating system refuses
     */
    static DemoFlow open(DemoConfig config, String address, ServeParts server, AlertReceiver receiver) {
        return new DemoFlow(config, address, server, receiver);
    }

    /** Events go into the outbox, which shows them; of gaps viewers are told at once. */
    private static EventHandler fed(OutboxFeed feed, EventTail tail) {
        return new EventHandler() {
            @Override
            public void onEvent(Delivery delivery) throws InterruptedException {
                feed.onEvent(delivery);
            }

            @Override
            public void onGap(Gap gap) {
                tail.onGap(gap);
            }
        };
    }

    DemoParts parts() {
        return parts;
    }

    /** Ends the stream, and waits until the subscriber knows of all its events and has handled them. */
    private static void endStream(Publisher publisher, Subscription subscription) {
        publisher.close();
        long accepted = publisher.sums().accepted();
        long endNs = System.nanoTime() + DRAIN.toNanos();
        boolean isDone = false;
        while (!isDone && System.nanoTime() - endNs < 0 && !Thread.currentThread().isInterrupted()) {
            var sums = subscription.sums();
            isDone = sums.known() >= accepted && sums.inFlight() == 0;
            if (!isDone) {
                LockSupport.parkNanos(DRAIN_STEP_NS);
            }
        }
    }

    /** Closes everything, the last opened first: the sums can be read after. Idempotent. */
    @Override
    public void close() {
        while (!closing.isEmpty()) {
            closing.pop().run();
        }
    }
}
