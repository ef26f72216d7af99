package io.heliograph.zmq;

import io.heliograph.ConfigException;
import io.heliograph.EventHandler;
import io.heliograph.Interest;
import io.heliograph.Notice;
import io.heliograph.Subscriber;
import io.heliograph.Subscription;
import io.heliograph.TransportException;
import io.heliograph.flow.TellingLock;
import io.heliograph.spi.Environment;
import io.heliograph.spi.SubscriptionList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Works for every publisher at the endpoints of a ZeroMQ address: each subscription is one member of the address's group, and is
 * handed events that no other member has. Returning from the handler acknowledges; an event whose handler throws goes to a
 * member again.
 *
 * <p>A group is its name and the topic filter: subscriptions of the same group that want other topics are members of another.
 *
 * <p>Thread-safe. Starts one daemon thread, {@code heliograph-zmq-worker ADDRESS}, which alone uses the sockets, and JeroMQ's
 * own two (see {@link Sockets}); each handled subscription owns another.
 */
public final class ZmqWorkSubscriber implements Subscriber {

    private final WorkConfig config;
    private final Environment environment;
    private final TellingLock lock = new TellingLock();
    private final SubscriptionList subscriptions = new SubscriptionList();
    private final List<Worker> workers = new ArrayList<>();
    private final WorkerPorts ports;
    private Optional<Throwable> failure = Optional.empty();
    private long returnedBefore;
    private boolean isClosed;

    private ZmqWorkSubscriber(WorkConfig config, Environment environment) {
        this.config = config;
        this.environment = environment;
        this.ports = new WorkerPorts(config, lock, this::onFailure, environment);
    }

    /**
     * Opens a subscriber, whose thread runs.
     *
     * @throws io.heliograph.HeliographException if a port cannot be bound, or a host has no address
     */
    static ZmqWorkSubscriber open(WorkConfig config, Environment environment) {
        var subscriber = new ZmqWorkSubscriber(config, environment);
        subscriber.ports.open();
        return subscriber;
    }

    @Override
    public Subscription subscribe(Interest interest, EventHandler handler) {
        return subscriptions.add(() -> open(interest, Optional.of(handler)));
    }

    @Override
    public Subscription subscribePolled(Interest interest) {
        return subscriptions.add(() -> open(interest, Optional.empty()));
    }

    private Subscription open(Interest interest, Optional<EventHandler> handler) {
        interest.policy().ifPresent(config::requireWaiting);
        interest.requireNoCondition("a member of a group, which is handed each event as its own");
        lock.lock();
        try {
            if (failure.isPresent()) {
                throw new TransportException("the subscriber at " + config.text() + " has failed; open another one", failure.get());
            }
            if (workers.size() >= config.limits().filters()) {
                throw new ConfigException("subscriptions of one subscriber", workers.size() + 1, "1 to " + config.limits().filters());
            }
            var worker = new Worker(interest.filter() + " in " + config.group() + " at " + config.text(), interest,
                    config.prefetch(), lock, ports::wakeUp, environment);
            workers.add(worker);
            ports.add(worker);
            return new WorkerSubscription(worker, handler, config::requireWaiting, closed -> remove(worker, closed), environment);
        } finally {
            lock.unlock();
            ports.wakeUp();
        }
    }

    private void remove(Worker worker, Subscription closed) {
        lock.lock();
        try {
            if (workers.remove(worker)) {
                returnedBefore += worker.returned();
            }
        } finally {
            lock.unlock();
        }
        ports.wakeUp();
        subscriptions.remove(closed);
    }

    /** How many events went back from here to their groups: handlers threw, or publishers took them back. */
    public long returned() {
        lock.lock();
        try {
            return returnedBefore + workers.stream().mapToLong(Worker::returned).sum();
        } finally {
            lock.unlock();
        }
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

    private void onFailure(Throwable cause) {
        lock.lock();
        try {
            if (isClosed || failure.isPresent()) {
                return;
            }
            failure = Optional.of(cause);
            workers.forEach(Worker::close);
        } finally {
            lock.unlock();
        }
        environment.tell(new Notice.TransportFailed(config.text(), String.valueOf(cause)));
    }

    /** Closes every subscription, each of whose handlers finishes what it has in hand, then says goodbye. */
    @Override
    public void close() {
        subscriptions.close();
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
    }
}
