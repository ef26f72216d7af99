package io.heliograph.testkit;

import io.heliograph.EventHandler;
import io.heliograph.Interest;
import io.heliograph.Publisher;
import io.heliograph.Subscriber;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An independent witness at both ends of one address: it takes down what was accepted and what arrived, and compares
 * the two as sets of (session, sequence, hash of the content). It uses no counter of the code under test, no
 * {@code equals} and no topic filter of it.
 *
 * <pre>
 * {@code
 * var recorder = new Recorder(Set.of(Trait.ORDERED, Trait.LOSSLESS));
 * var publisher = recorder.publisher("p", Heliograph.publisher("local:a"));
 * var subscription = recorder.subscription("s", Heliograph.subscriber("local:a"), Interest.inAll(), handler);
 * ...
 * recorder.report().requireClean();      // once nothing is on its way
 * }
 * </pre>
 *
 * <p>Events must differ in content, since it is by content that the two ends are compared: number them. Thread-safe;
 * keeps everything in memory.
 */
public final class Recorder {

    private final Set<Trait> promises;
    private final AtomicLong ticks = new AtomicLong();
    private final List<RecordedPublisher> publishers = new CopyOnWriteArrayList<>();
    private final List<RecordedSubscription> subscriptions = new CopyOnWriteArrayList<>();

    /** @param promises which of {@link Trait#ORDERED} and {@link Trait#LOSSLESS} hold; others are ignored */
    public Recorder(Set<Trait> promises) {
        this.promises = Set.copyOf(promises);
    }

    /** {@code publisher}, recorded. */
    public RecordedPublisher publisher(String name, Publisher publisher) {
        var recorded = new RecordedPublisher(this, name, publisher);
        publishers.add(recorded);
        return recorded;
    }

    /** A recorded subscription that runs {@code handler}. */
    public RecordedSubscription subscription(String name, Subscriber subscriber, Interest interest, EventHandler handler) {
        return keep(new RecordedSubscription(this, name, subscriber, interest, Optional.of(handler)));
    }

    /** A recorded subscription that its owner polls. */
    public RecordedSubscription polled(String name, Subscriber subscriber, Interest interest) {
        return keep(new RecordedSubscription(this, name, subscriber, interest, Optional.empty()));
    }

    private RecordedSubscription keep(RecordedSubscription subscription) {
        subscriptions.add(subscription);
        return subscription;
    }

    List<RecordedSubscription> subscriptions() {
        return List.copyOf(subscriptions);
    }

    long tick() {
        return ticks.incrementAndGet();
    }

    /**
     * Compares both ends, and the ledgers with them. Meant for a moment of rest: nothing on its way, no handler at work,
     * every polled subscription polled empty.
     */
    public Report report() {
        var accepted = new AcceptedEvents(publishers, subscriptions);
        var report = new Report.Builder();
        accepted.check(report);
        for (RecordedSubscription subscription : subscriptions) {
            var ends = new SubscriptionCheck(subscription, accepted, promises, report);
            ends.checkEvents();
            ends.checkSums();
        }
        for (RecordedPublisher publisher : publishers) {
            PublisherCheck.check(publisher, subscriptions, report);
        }
        return report.build();
    }
}
