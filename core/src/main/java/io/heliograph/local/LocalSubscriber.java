package io.heliograph.local;

import io.heliograph.EventHandler;
import io.heliograph.Interest;
import io.heliograph.Subscriber;
import io.heliograph.Subscription;
import io.heliograph.flow.Intake;
import io.heliograph.spi.Environment;
import io.heliograph.spi.IntakeSubscription;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/** Subscriptions at one name. Thread-safe; a handled subscription owns its thread, see {@link IntakeSubscription}. */
final class LocalSubscriber implements Subscriber {

    private final String name;
    private final Channel channel;
    private final Environment environment;
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private final AtomicBoolean isClosed = new AtomicBoolean();

    LocalSubscriber(String name, Channel channel, Environment environment) {
        this.name = name;
        this.channel = channel;
        this.environment = environment;
    }

    @Override
    public Subscription subscribe(Interest interest, EventHandler handler) {
        Intake intake = open(interest);
        return keep(IntakeSubscription.handled(intake, LocalTransport::requirePossible, () -> channel.remove(intake),
                environment, handler, label(interest)));
    }

    @Override
    public Subscription subscribePolled(Interest interest) {
        Intake intake = open(interest);
        return keep(IntakeSubscription.polled(intake, LocalTransport::requirePossible, () -> channel.remove(intake),
                environment, label(interest)));
    }

    private Intake open(Interest interest) {
        if (isClosed.get()) {
            throw new IllegalStateException("the subscriber at local:" + name + " is closed");
        }
        interest.policy().ifPresent(LocalTransport::requirePossible);
        var intake = new Intake(label(interest), interest, channel.lock, channel::signalChange, environment);
        channel.add(intake);
        return intake;
    }

    private Subscription keep(Subscription subscription) {
        subscriptions.add(subscription);
        return subscription;
    }

    private String label(Interest interest) {
        return interest.filter() + " at local:" + name;
    }

    @Override
    public void close() {
        if (isClosed.compareAndSet(false, true)) {
            subscriptions.forEach(Subscription::close);
            channel.exit();
        }
    }
}
