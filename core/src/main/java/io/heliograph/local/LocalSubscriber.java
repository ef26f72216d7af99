package io.heliograph.local;

import io.heliograph.EventHandler;
import io.heliograph.Interest;
import io.heliograph.Subscriber;
import io.heliograph.Subscription;
import io.heliograph.flow.Intake;
import io.heliograph.spi.Environment;
import io.heliograph.spi.IntakeSubscription;
import io.heliograph.spi.SubscriptionList;

/** Subscriptions at one name. Thread-safe; a handled subscription owns its thread, see {@link IntakeSubscription}. */
final class LocalSubscriber implements Subscriber {

    private final String name;
    private final Channel channel;
    private final Environment environment;
    private final SubscriptionList subscriptions = new SubscriptionList();

    LocalSubscriber(String name, Channel channel, Environment environment) {
        this.name = name;
        this.channel = channel;
        this.environment = environment;
    }

    @Override
    public Subscription subscribe(Interest interest, EventHandler handler) {
        return subscriptions.add(() -> {
            Intake intake = open(interest);
            return IntakeSubscription.handled(intake, LocalTransport::requirePossible, closed -> remove(intake, closed),
                    environment, handler, label(interest));
        });
    }

    @Override
    public Subscription subscribePolled(Interest interest) {
        return subscriptions.add(() -> {
            Intake intake = open(interest);
            return IntakeSubscription.polled(intake, LocalTransport::requirePossible, closed -> remove(intake, closed),
                    environment, label(interest));
        });
    }

    private Intake open(Interest interest) {
        interest.policy().ifPresent(LocalTransport::requirePossible);
        var intake = new Intake(label(interest), interest, channel.lock, channel::signalChange, environment);
        channel.add(intake);
        return intake;
    }

    private void remove(Intake intake, Subscription closed) {
        channel.remove(intake);
        subscriptions.remove(closed);
    }

    private String label(Interest interest) {
        return interest.filter() + " at local:" + name;
    }

    @Override
    public void close() {
        if (subscriptions.close()) {
            channel.exit();
        }
    }
}
