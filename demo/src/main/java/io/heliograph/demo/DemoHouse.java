package io.heliograph.demo;

import io.heliograph.Heliograph;
import io.heliograph.HeliographException;
import io.heliograph.Interest;
import io.heliograph.Publisher;
import io.heliograph.Subscriber;
import io.heliograph.Subscription;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.server.EventTail;
import io.heliograph.server.HeliographServer;
import io.heliograph.server.LedgerBook;
import io.heliograph.server.Panel;
import io.heliograph.server.ServerConfig;
import io.heliograph.statsd.StatsdConfig;
import io.heliograph.statsd.StatsdServer;
import io.heliograph.time.Clock;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Everything the demo runs, wired. Opened from the subscriber to the senders, so that nothing is sent before somebody
 * listens, and closed the other way, so that all that was sent arrives. Thread-safe.
 */
final class DemoHouse implements AutoCloseable {

    /** Where events go: a group of the range for use within one organisation. */
    private static final String GROUP = "239.77.1.1";

    private static final int USUAL_GROUP_PORT = 4777;
    private static final Limit VIEWER_LIMIT = Limit.events(2_000);
    private static final Duration DRAIN = Duration.ofSeconds(2);
    private static final long DRAIN_STEP_NS = Duration.ofMillis(5).toNanos();

    private static final Panel METRICS = new Panel("metrics", DemoHouse.class, List.of());

    private final Deque<Runnable> closing = new ArrayDeque<>();
    private final DemoParts parts;
    private final HeliographServer server;

    private DemoHouse(DemoConfig config) {
        var book = new LedgerBook();
        var tail = new EventTail(VIEWER_LIMIT);
        var handler = new StallableHandler(tail, Clock.SYSTEM);
        var groupPort = GroupPort.claim(USUAL_GROUP_PORT);
        closing.push(groupPort::close);
        String address = "udp://" + GROUP + ":" + groupPort.number() + "?interface=loopback";
        try {
            Subscriber subscriber = Heliograph.subscriber(address);
            closing.push(subscriber::close);
            Interest interest = Interest.inAll().withPolicy(PagePolicy.FIRST);
            Subscription subscription = subscriber.subscribe(interest, handler);
            // What is lost on the way is sent again; but nobody who is slow holds a flush up.
            Publisher publisher = Heliograph.publisher(address, FlowPolicy.dropOldest(Limit.DEFAULT));
            closing.push(() -> endStream(publisher, subscription));
            StatsdServer statsd = PortChoice.open(config.statsdPort(), StatsdConfig.DEFAULT_PORT,
                    port -> StatsdServer.start(StatsdConfig.defaults().withPort(port), publisher));
            closing.push(statsd::close);
            Optional<Traffic> traffic = traffic(config, statsd);
            parts = new DemoParts(statsd, publisher, subscriber, subscription, handler, new PagePolicy(subscription), tail, traffic,
                    address);
            book.addPublisher("statsd", publisher::sums);
            book.addSubscriber("page", subscription::sums);
            DemoMetrics.addTo(book, statsd, traffic);
            GroupMetrics.addTo(book, subscriber);
            server = PortChoice.open(config.port(), ServerConfig.DEFAULT_PORT, port -> HeliographServer.start(
                    ServerConfig.defaults().withPort(port), book, tail, List.of(new DemoPanel(parts).panel(), METRICS)));
            closing.push(server::close);
            closing.push(handler::release);
            // Last, so that it takes no time from the start of the page.
            traffic.ifPresent(Traffic::start);
        } catch (HeliographException e) {
            close();
            throw e;
        }
    }

    /**
     * Opens the whole house, or nothing.
     *
     * @throws HeliographException if a port is taken, or the operating system refuses
     */
    static DemoHouse open(DemoConfig config) {
        return new DemoHouse(config);
    }

    private Optional<Traffic> traffic(DemoConfig config, StatsdServer statsd) {
        return switch (config.generator()) {
            case ON -> {
                Traffic traffic = Traffic.to(statsd.localAddress(), Clock.SYSTEM, new SecureRandom());
                closing.push(traffic::close);
                yield Optional.of(traffic);
            }
            case OFF -> Optional.empty();
        };
    }

    /** Everything but the server. */
    DemoParts parts() {
        return parts;
    }

    /** Where the page is. */
    String url() {
        return server.url();
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
