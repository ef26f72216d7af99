package io.heliograph.webhook;

import io.heliograph.ConfigException;
import io.heliograph.EventHandler;
import io.heliograph.Interest;
import io.heliograph.Publisher;
import io.heliograph.Subscriber;
import io.heliograph.Subscription;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.Capabilities;
import io.heliograph.testkit.PolicyKind;
import io.heliograph.testkit.Trait;
import io.heliograph.testkit.TransportUnderTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A {@link DirectPublisher} as the contract suites see it, at a receiver on loopback that verifies signatures and answers when its
 * handler has returned. What a receiver cannot know is told by the publisher's side: the place of each event, and why one that is
 * missing was given up; that it is missing, and where, shows at the receiver.
 */
final class DirectUnderTest implements TransportUnderTest {

    private final Set<Trait> traits = EnumSet.of(Trait.ORDERED, Trait.LOSSLESS, Trait.SEES_BACKLOGS, Trait.SEVERAL_PUBLISHERS);
    private final List<DirectPublisher> publishers = new CopyOnWriteArrayList<>();
    private final List<SequencedPublisher> sequenced = new CopyOnWriteArrayList<>();
    private Optional<ReceivedEvents> received = Optional.empty();
    private final TestReceiver receiver = TestReceiver.start(this::serve);

    /** Only the receiver is in real time. */
    static DirectUnderTest onManualTime() {
        var transport = new DirectUnderTest();
        transport.traits.add(Trait.MANUAL_TIME);
        return transport;
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(traits, EnumSet.complementOf(EnumSet.of(PolicyKind.SPILL)), 1 << 20, Duration.ofSeconds(30));
    }

    @Override
    public String freshAddress() {
        return receiver.url();
    }

    @Override
    public Publisher publisher(String address, Optional<FlowPolicy> policy, Environment environment) {
        DirectConfig config = new DirectConfig(TargetUrl.parse(address), Optional.of(KeyRing.of(SigningKey.parse(OutboxFixture.SECRET))),
                ContentMode.STRUCTURED, EndpointLimits.defaults().withOrdering(Ordering.ENDPOINT), Duration.ofSeconds(60),
                RetrySchedule.defaults());
        // That of a scene is one thread's.
        var shared = new Environment(environment.clock(), environment.wallClock(), new SecureRandom(), environment.notices());
        DirectPublisher publisher = DirectPublisher.open(config, policy.orElse(WebhookTransport.DEFAULT_POLICY), shared);
        publishers.add(publisher);
        var counted = new SequencedPublisher(publisher);
        sequenced.add(counted);
        return counted;
    }

    @Override
    public Subscriber subscriber(String address, Environment environment) {
        return new Subscriber() {
            @Override
            public Subscription subscribe(Interest interest, EventHandler handler) {
                return subscribeHere(handler, environment);
            }

            @Override
            public Subscription subscribePolled(Interest interest) {
                throw new ConfigException("subscription", "polled", "one with a handler: a webhook is answered when it has been handled");
            }

            @Override
            public void close() {
                try {
                    receiver.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }

    private synchronized Subscription subscribeHere(EventHandler handler, Environment environment) {
        if (received.isPresent()) {
            throw new ConfigException("receivers at an address", 2, "one: a URL is one receiver's");
        }
        var subscription = new ReceivedEvents(environment.wallClock(), TopicFilter.ALL, handler, sequenced, new Side());
        received = Optional.of(subscription);
        return subscription;
    }

    /** All publishers together. */
    private final class Side implements ReceivedEvents.Sender {

        @Override
        public SubscriberSums sums() {
            return publishers.stream().map(DirectPublisher::receiverSums).reduce(SubscriberSums.ZERO, SubscriberSums::plus);
        }

        @Override
        public boolean triesAgain() {
            return true;
        }

        @Override
        public void replacePolicy(FlowPolicy policy) {
            throw new ConfigException("policy", policy.text(), "that of the sender, whose backlog it is");
        }

        @Override
        public void leave() {
            forget();
        }
    }

    private synchronized Optional<ReceivedEvents> received() {
        return received;
    }

    private synchronized void forget() {
        received = Optional.empty();
    }

    private void serve(TestReceiver.Connection connection) throws IOException {
        for (Optional<TestReceiver.Request> request = connection.read(); request.isPresent(); request = connection.read()) {
            Optional<ReceivedEvents> here = received();
            connection.write(here.isPresent() ? here.get().answer(request.get()) : ReceivedEvents.NOT_OKAY);
        }
    }
}
