package io.heliograph.zmq;

import io.heliograph.EventHandler;
import io.heliograph.Heliograph;
import io.heliograph.Interest;
import io.heliograph.Subscriber;
import io.heliograph.Subscription;
import io.heliograph.spi.Environment;
import io.heliograph.spi.SubscriptionList;
import io.heliograph.testkit.Capabilities;
import io.heliograph.testkit.PolicyKind;
import io.heliograph.testkit.Trait;
import io.heliograph.testkit.TransportUnderTest;
import java.time.Duration;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Load balance as the contracts of fan-out see it: each subscription is the only member of a group of its own, so that it
 * gets every event, once; what a handler throws at is not handed out again.
 */
final class WorkUnderTest implements TransportUnderTest {

    private static final AtomicInteger NAMES = new AtomicInteger();

    private final Supplier<String> freshAddress;

    private WorkUnderTest(Supplier<String> freshAddress) {
        this.freshAddress = freshAddress;
    }

    static WorkUnderTest overTcp() {
        return new WorkUnderTest(() -> Ports.freshAddress() + "&pattern=load-balance&deliveries=1");
    }

    static WorkUnderTest inProcess() {
        return new WorkUnderTest(() -> "zmq+inproc://work-" + NAMES.incrementAndGet() + "?pattern=load-balance&deliveries=1");
    }

    @Override
    public Capabilities capabilities() {
        return Capabilities.IN_PROCESS
                .without(Trait.IMMEDIATE, Trait.SEES_BACKLOGS, Trait.MANUAL_TIME, Trait.REQUESTS, Trait.SEVERAL_PUBLISHERS,
                        Trait.UNHEARD, Trait.CONDITIONS)
                .withPolicies(PolicyKind.DROP_OLDEST, PolicyKind.DROP_NEWEST, PolicyKind.BUFFER, PolicyKind.BACK_PRESSURE)
                .withPatience(Duration.ofSeconds(10));
    }

    @Override
    public String freshAddress() {
        return freshAddress.get();
    }

    @Override
    public Subscriber subscriber(String address, Environment environment) {
        return new GroupEach(address, environment);
    }

    /** A subscriber each of whose subscriptions has a group, and so a subscriber, of its own. */
    private static final class GroupEach implements Subscriber {

        private final String address;
        private final Environment environment;
        private final SubscriptionList subscriptions = new SubscriptionList();
        private final CopyOnWriteArrayList<Subscriber> subscribers = new CopyOnWriteArrayList<>();

        GroupEach(String address, Environment environment) {
            this.address = address;
            this.environment = environment;
        }

        private Subscriber next() {
            Subscriber next = WorkUnderTest.open(address + "&group=group-" + NAMES.incrementAndGet(), environment);
            subscribers.add(next);
            return next;
        }

        @Override
        public Subscription subscribe(Interest interest, EventHandler handler) {
            return subscriptions.add(() -> next().subscribe(interest, handler));
        }

        @Override
        public Subscription subscribePolled(Interest interest) {
            return subscriptions.add(() -> next().subscribePolled(interest));
        }

        @Override
        public void close() {
            subscriptions.close();
            subscribers.forEach(Subscriber::close);
        }
    }

    private static Subscriber open(String address, Environment environment) {
        return Heliograph.in(environment).openSubscriber(address);
    }
}
