package io.heliograph.demo;

import io.heliograph.HeliographException;
import io.heliograph.TopicFilter;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.server.Panel;
import io.heliograph.server.Serve;
import io.heliograph.server.ServeConfig;
import io.heliograph.server.ServeLimits;
import io.heliograph.server.ServerConfig;
import io.heliograph.webhook.EndpointSpec;
import io.heliograph.webhook.KeyRing;
import io.heliograph.webhook.Outbox;
import io.heliograph.webhook.TargetUrl;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Everything the demo runs, wired: {@code serve --dev} on a folder that is gone when it ends, what stands in front of it, and an
 * endpoint that leads back to the page. Thread-safe.
 */
final class DemoHouse implements AutoCloseable {

    /** Where events go: a group of the range for use within one organisation. */
    private static final String GROUP = "239.77.1.1";

    private static final int USUAL_GROUP_PORT = 4777;
    private static final TopicFilter ALERTS = TopicFilter.of("heliograph.alert");
    private static final ServeLimits LIMITS = ServeLimits.defaults().withRetention(Duration.ofMinutes(10)).withStoreBytes(4L << 30);
    private static final Duration DRAIN = Duration.ofSeconds(2);
    private static final long DRAIN_STEP_NS = Duration.ofMillis(5).toNanos();

    private static final Panel METRICS = new Panel("metrics", DemoHouse.class, List.of());

    private final Deque<Runnable> closing = new ArrayDeque<>();
    private final List<String> ledgers = new ArrayList<>();
    private final DemoFlow flow;
    private final Serve serve;

    private DemoHouse(DemoConfig config) {
        var random = new SecureRandom();
        var groupPort = GroupPort.claim(USUAL_GROUP_PORT);
        closing.push(groupPort::close);
        String address = "udp://" + GROUP + ":" + groupPort.number() + "?interface=loopback";
        try {
            var folder = TemporaryFolder.create("heliograph-demo");
            closing.push(folder::close);
            AlertReceiver receiver = AlertReceiver.create(random);
            var opened = new ArrayList<DemoFlow>();
            // A flow whose server does not come up has nobody else to close it.
            closing.push(() -> opened.forEach(DemoFlow::close));
            int port = PortChoice.open(config.port(), ServerConfig.DEFAULT_PORT, PortChoice::probeTcp);
            ServeConfig served = ServeConfig.of(folder.path()).withMode(ServeConfig.Mode.DEV).withLimits(LIMITS);
            serve = Serve.start(served.withHttp(served.http().withPort(port)), parts -> {
                opened.add(DemoFlow.open(config, address, parts, receiver));
                return List.of(new DemoPanel(opened.getFirst().parts()).panel(), METRICS);
            });
            closing.pop();
            closing.push(this::closeServe);
            flow = opened.getFirst();
            closing.push(flow::close);
            EndpointSpec page = EndpointSpec.of(TargetUrl.parse(serve.url() + AlertReceiver.PATH), KeyRing.of(receiver.secret()))
                    .withTopics(List.of(ALERTS));
            receiver.useEndpoint(flow.parts().endpoints().add(Outbox.DEFAULT_TENANT, page).join().id());
            // Last, so that it takes no time from the start of the page.
            flow.parts().traffic().ifPresent(Traffic::start);
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

    /** Everything but the server. */
    DemoParts parts() {
        return flow.parts();
    }

    /** Where the page is. */
    String url() {
        return serve.url();
    }

    /** Each publisher's and subscriber's sums behind the multicast, once it is closed. */
    List<String> ledgers() {
        return List.copyOf(ledgers);
    }

    /** The receiver is the page's, so alerts are waited for while that is still there. */
    private void closeServe() {
        long endNs = System.nanoTime() + DRAIN.toNanos();
        while (isSending() && System.nanoTime() - endNs < 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(DRAIN_STEP_NS);
        }
        serve.drain();
        ledgers.add(serve.published().toJson());
        serve.delivered().values().forEach(sums -> ledgers.add(sums.toJson()));
        serve.close();
    }

    private boolean isSending() {
        return serve.delivered().values().stream().mapToLong(SubscriberSums::inFlight).sum() > 0;
    }

    /** Closes everything, the last opened first: the sums can be read after. Idempotent. */
    @Override
    public void close() {
        while (!closing.isEmpty()) {
            closing.pop().run();
        }
    }
}
