package io.heliograph.server;

import io.heliograph.Heliograph;
import io.heliograph.Interest;
import io.heliograph.Subscriber;
import io.heliograph.Subscription;
import io.heliograph.ledger.PublisherSums;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.server.OutboxFeed.Acknowledgement;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import io.heliograph.webhook.Outbox;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * An address that is listened at, and the {@link OutboxFeed} that takes what is heard there.
 *
 * <p>Thread-safe. Owns the subscription's thread and the feed's.
 */
final class Inflow implements AutoCloseable {

    private static final long LOOK_NS = Duration.ofMillis(5).toNanos();

    private final OutboxFeed feed;
    private final Subscriber subscriber;
    private final Subscription subscription;

    private Inflow(String address, Outbox outbox, Environment environment) {
        Address parsed = Address.parse(address);
        boolean isWork = parsed.setting("pattern").filter("load-balance"::equals).isPresent();
        // Nothing of the address's settings, which may name a key.
        String name = "listen " + parsed.scheme() + ":" + parsed.place();
        this.subscriber = Heliograph.in(environment).openSubscriber(address);
        this.feed = OutboxFeed.open(name, outbox, isWork ? Acknowledgement.WHEN_STORED : Acknowledgement.WHEN_TAKEN, environment);
        try {
            this.subscription = subscriber.subscribe(Interest.inAll(), feed);
        } catch (RuntimeException e) {
            subscriber.close();
            feed.close();
            throw e;
        }
    }

    /**
     * Listens from now on.
     *
     * @throws io.heliograph.HeliographException if the address cannot be listened at
     */
    static Inflow open(String address, Outbox outbox, Environment environment) {
        return new Inflow(address, outbox, environment);
    }

    /** Names it in ledgers. */
    String name() {
        return feed.name();
    }

    /** What it heard. */
    SubscriberSums heard() {
        return subscription.sums();
    }

    /** What the outbox said to it; what still waits is not offered yet. */
    PublisherSums published() {
        return feed.published();
    }

    /** Begins to end: {@link #close} waits no longer than 5 s from now on. Idempotent. */
    void stop() {
        feed.stop();
    }

    /**
     * Hears out what has arrived, and publishes it, for 5 s at most: what is left then is lost, or counts as refused. Idempotent.
     */
    @Override
    public void close() {
        stop();
        while (subscription.sums().inFlight() > 0 && !feed.isTooLate() && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(LOOK_NS);
        }
        subscriber.close();
        feed.close();
    }
}
