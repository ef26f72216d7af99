package io.heliograph.testkit;

import io.heliograph.Delivery;
import io.heliograph.EventHandler;
import io.heliograph.Gap;
import io.heliograph.Interest;
import io.heliograph.Subscriber;
import io.heliograph.Subscription;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.ledger.SubscriberSums;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A subscription of whose every arrival a {@link Recorder} takes note. As thread-safe as a {@link Subscription}. */
public final class RecordedSubscription implements Subscription {

    private final Recorder recorder;
    private final String name;
    private final Interest interest;
    private final List<Arrival> arrivals = new ArrayList<>();
    private final Subscription subscription;
    private Span joined;
    private Optional<Span> left = Optional.empty();

    /** Passes everything on, and takes it down when the handler has come back. */
    private final class Noting implements EventHandler {
        private final EventHandler handler;

        Noting(EventHandler handler) {
            this.handler = handler;
        }

        @Override
        public void onEvent(Delivery delivery) throws Exception {
            String fingerprint = Fingerprint.of(delivery.event());
            boolean hasThrown = true;
            try {
                handler.onEvent(delivery);
                hasThrown = false;
            } finally {
                note(new Arrival.Handed(delivery, fingerprint, hasThrown));
            }
        }

        @Override
        public void onGap(Gap gap) {
            boolean hasThrown = true;
            try {
                handler.onGap(gap);
                hasThrown = false;
            } finally {
                note(new Arrival.Told(gap, hasThrown));
            }
        }
    }

    RecordedSubscription(Recorder recorder, String name, Subscriber subscriber, Interest interest, Optional<EventHandler> handler) {
        this.recorder = recorder;
        this.name = name;
        this.interest = interest;
        long begin = recorder.tick();
        this.subscription = handler.isPresent()
                ? subscriber.subscribe(interest, new Noting(handler.get()))
                : subscriber.subscribePolled(interest);
        this.joined = new Span(begin, recorder.tick());
    }

    /** The name it goes by in reports. */
    public String name() {
        return name;
    }

    /** For a transport that takes a while to join: only from now on must every event be accounted for. */
    public void joinedByNow() {
        synchronized (arrivals) {
            joined = new Span(joined.begin(), recorder.tick());
        }
    }

    void note(Arrival arrival) {
        synchronized (arrivals) {
            arrivals.add(arrival);
        }
    }

    /** Everything that has arrived, in the order of arrival. */
    public List<Arrival> arrivals() {
        synchronized (arrivals) {
            return List.copyOf(arrivals);
        }
    }

    /** The deliveries among them. */
    public List<Delivery> deliveries() {
        return arrivals().stream().filter(Arrival.Handed.class::isInstance)
                .map(arrival -> ((Arrival.Handed) arrival).delivery()).toList();
    }

    /** The gaps among them. */
    public List<Gap> gaps() {
        return arrivals().stream().filter(Arrival.Told.class::isInstance)
                .map(arrival -> ((Arrival.Told) arrival).gap()).toList();
    }

    /** The data of the deliveries, as text. */
    public List<String> texts() {
        return deliveries().stream().map(delivery -> delivery.event().text()).toList();
    }

    Interest interest() {
        return interest;
    }

    Span joined() {
        synchronized (arrivals) {
            return joined;
        }
    }

    Optional<Span> left() {
        synchronized (arrivals) {
            return left;
        }
    }

    @Override
    public int poll(EventHandler handler, int limit) {
        return subscription.poll(new Noting(handler), limit);
    }

    @Override
    public void replacePolicy(FlowPolicy policy) {
        subscription.replacePolicy(policy);
    }

    @Override
    public SubscriberSums sums() {
        return subscription.sums();
    }

    @Override
    public void close() {
        leaveBy(subscription::close);
    }

    /** Leaves by something else than {@link #close}: its subscriber's close. */
    void leaveBy(Runnable closing) {
        long begin = recorder.tick();
        closing.run();
        synchronized (arrivals) {
            if (left.isEmpty()) {
                left = Optional.of(new Span(begin, recorder.tick()));
            }
        }
    }
}
