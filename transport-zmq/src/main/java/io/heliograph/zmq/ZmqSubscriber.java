package io.heliograph.zmq;

import io.heliograph.ConfigException;
import io.heliograph.EventHandler;
import io.heliograph.Interest;
import io.heliograph.Notice;
import io.heliograph.Subscriber;
import io.heliograph.Subscription;
import io.heliograph.TransportException;
import io.heliograph.flow.Intake;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Environment;
import io.heliograph.spi.IntakeSubscription;
import io.heliograph.spi.SubscriptionList;
import java.util.Optional;

/**
 * Listens at the endpoints of a ZeroMQ address, and follows every publisher there.
 *
 * <p>Thread-safe. Starts one daemon thread, {@code heliograph-zmq-subscriber ADDRESS}, which alone uses the sockets, and
 * JeroMQ's own two (see {@link Sockets}); each handled subscription owns another.
 */
public final class ZmqSubscriber implements Subscriber {

    private final ZmqConfig config;
    private final Environment environment;
    /** Guards this subscriber and its intakes, so that notices are told when all of it is released. */
    private final TellingLock lock = new TellingLock();
    private final Subscriptions opened = new Subscriptions();
    private final SubscriptionList subscriptions = new SubscriptionList();
    private final SubscriberPorts ports;
    private Optional<Throwable> failure = Optional.empty();
    private volatile boolean isClosed;

    private ZmqSubscriber(ZmqConfig config, Environment environment) {
        this.config = config;
        this.environment = environment;
        this.ports = new SubscriberPorts(config, opened, lock, this::onFailure, environment);
    }

    /**
     * Opens a subscriber, whose thread runs.
     *
     * @throws io.heliograph.HeliographException if a port cannot be bound, or a host has no address
     */
    static ZmqSubscriber open(ZmqConfig config, Environment environment) {
        var subscriber = new ZmqSubscriber(config, environment);
        subscriber.ports.open();
        return subscriber;
    }

    @Override
    public Subscription subscribe(Interest interest, EventHandler handler) {
        return subscriptions.add(() -> {
            Intake intake = open(interest, Optional.empty());
            return IntakeSubscription.handled(intake, config::requirePossible, closed -> remove(intake, closed), environment,
                    handler, label(interest));
        });
    }

    @Override
    public Subscription subscribePolled(Interest interest) {
        return subscriptions.add(() -> {
            Intake intake = open(interest, Optional.empty());
            return IntakeSubscription.polled(intake, config::requirePossible, closed -> remove(intake, closed), environment,
                    label(interest));
        });
    }

    /**
     * Hands events to {@code handler} where they lie, on the thread that receives: the fastest way, for a handler that is
     * fast itself. It is alone with its subscriber best: whatever else subscribes here waits for it.
     *
     * @throws ConfigException if the interest asks for a policy that this address cannot do, or sets a condition
     */
    public Subscription subscribeDirect(Interest interest, DataHandler handler) {
        interest.requireNoCondition("a subscription whose handler sees events where they lie");
        return subscriptions.add(() -> {
            Intake intake = open(interest, Optional.of(handler));
            return IntakeSubscription.polled(intake, config::requirePossible, closed -> remove(intake, closed), environment,
                    label(interest));
        });
    }

    private Intake open(Interest interest, Optional<DataHandler> direct) {
        interest.policy().ifPresent(config::requirePossible);
        lock.lock();
        try {
            if (failure.isPresent()) {
                throw new TransportException("the subscriber at " + config.text() + " has failed; open another one", failure.get());
            }
            if (opened.count() >= config.limits().filters()) {
                throw new ConfigException("subscriptions of one subscriber", opened.count() + 1, "1 to " + config.limits().filters());
            }
            var intake = new Intake(label(interest), interest, lock, this::onRoom, environment);
            ports.add(opened.add(intake, interest, direct));
            return intake;
        } finally {
            lock.unlock();
            ports.wakeUp();
        }
    }

    /** Under the lock: a handler has taken an event. */
    private void onRoom() {
        if (ports.isRoomWaitedFor()) {
            ports.wakeUp();
        }
    }

    private void remove(Intake intake, Subscription closed) {
        lock.lock();
        try {
            opened.remove(intake);
            ports.remove(intake);
        } finally {
            lock.unlock();
        }
        ports.wakeUp();
        subscriptions.remove(closed);
    }

    /** What the sockets saw. */
    public ZmqCounters counters() {
        lock.lock();
        try {
            return ports.counters();
        } finally {
            lock.unlock();
        }
    }

    private String label(Interest interest) {
        return interest.filter() + " at " + config.text();
    }

    private void onFailure(Throwable cause) {
        lock.lock();
        try {
            if (isClosed || failure.isPresent()) {
                return;
            }
            failure = Optional.of(cause);
            opened.all().forEach(one -> one.intake().close());
        } finally {
            lock.unlock();
        }
        environment.tell(new Notice.TransportFailed(config.text(), String.valueOf(cause)));
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (isClosed) {
                return;
            }
            isClosed = true;
        } finally {
            lock.unlock();
        }
        ports.close();
        subscriptions.close();
    }
}
