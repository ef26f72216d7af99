package io.heliograph.webhook;

import io.heliograph.ConfigException;
import io.heliograph.Event;
import io.heliograph.EventHandler;
import io.heliograph.Interest;
import io.heliograph.Publisher;
import io.heliograph.Subscriber;
import io.heliograph.Subscription;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.Capabilities;
import io.heliograph.testkit.PolicyKind;
import io.heliograph.testkit.Trait;
import io.heliograph.testkit.TransportUnderTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A {@link WebhookPublisher} on an outbox of its own as the contract suites see it: each subscription is an endpoint, in the order of its
 * events, at a receiver on loopback.
 *
 * <p>In an outbox what is being attempted is still in its queue, and the suites count what waits behind it: so each limit is larger by the
 * one event that they hold up.
 */
final class OutboxUnderTest implements TransportUnderTest, AfterEachCallback {

    private static final int HELD_BYTES = Event.of("events", "0").size();

    private final List<SequencedPublisher> publishers = new CopyOnWriteArrayList<>();
    private final List<Endpoint> ownPolicies = new CopyOnWriteArrayList<>();
    private final Path folder;
    private final OutboxFixture fixture;
    private final WebhookClient client = WebhookClientFixture.client();
    private final Deliveries deliveries;
    private Optional<FlowPolicy> ceiling = Optional.empty();

    OutboxUnderTest() {
        try {
            folder = Files.createTempDirectory("outbox-contract");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        fixture = OutboxFixture.open(folder);
        deliveries = Deliveries.start(fixture.outbox, client, fixture.environment);
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(EnumSet.of(Trait.ORDERED, Trait.LOSSLESS, Trait.SEES_BACKLOGS, Trait.UNHEARD, Trait.SEVERAL_PUBLISHERS),
                EnumSet.allOf(PolicyKind.class), 1 << 20, Duration.ofSeconds(30));
    }

    @Override
    public String freshAddress() {
        return Outbox.DEFAULT_TENANT;
    }

    private static FlowPolicy withHeld(FlowPolicy policy) {
        return switch (policy) {
            case FlowPolicy.Drop(Limit limit, FlowPolicy.Victim victim) -> new FlowPolicy.Drop(withHeld(limit), victim);
            case FlowPolicy.Buffer(Limit limit, Optional<Limit> spill, FlowPolicy then) ->
                new FlowPolicy.Buffer(withHeld(limit), spill, then);
            case FlowPolicy.BackPressure(Limit limit, Duration maxWait) -> new FlowPolicy.BackPressure(withHeld(limit), maxWait);
        };
    }

    private static Limit withHeld(Limit limit) {
        return new Limit(limit.events() + 1, limit.bytes() + HELD_BYTES);
    }

    @Override
    public Publisher publisher(String address, Optional<FlowPolicy> policy, Environment environment) {
        WebhookPublisher publisher = WebhookPublisher.open(fixture.outbox, address, fixture.environment);
        policy.ifPresent(one -> {
            publisher.replacePolicy(withHeld(one));
            ceiling = Optional.of(withHeld(one));
            // What an endpoint's owner asked for stays so.
            ownPolicies.forEach(endpoint -> fixture.outbox.endpoints().update(endpoint.id(), spec ->
                    spec.withPolicy(endpoint.spec().policy())).join());
        });
        var sequenced = new SequencedPublisher(publisher, policy.orElse(publisher.policy()), OutboxUnderTest::withHeld);
        publishers.add(sequenced);
        return sequenced;
    }

    @Override
    public Subscriber subscriber(String address, Environment environment) {
        return new EndpointSubscriber(address);
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        deliveries.close();
        client.close();
        fixture.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** A receiver, whose subscription is an endpoint. */
    private final class EndpointSubscriber implements Subscriber {
        private final String tenant;
        private final TestReceiver receiver = TestReceiver.start(this::serve);
        private volatile Optional<ReceivedEvents> received = Optional.empty();

        EndpointSubscriber(String tenant) {
            this.tenant = tenant;
        }

        private void serve(TestReceiver.Connection connection) throws IOException {
            for (Optional<TestReceiver.Request> request = connection.read(); request.isPresent(); request = connection.read()) {
                connection.write(received.orElseThrow().answer(request.get()));
            }
        }

        @Override
        public Subscription subscribe(Interest interest, EventHandler handler) {
            EndpointSpec spec = OutboxFixture.spec(receiver.url()).withTopics(List.of(interest.filter()))
                    .withTimeout(Duration.ofSeconds(60)).withLimits(EndpointLimits.defaults().withOrdering(Ordering.ENDPOINT));
            Optional<FlowPolicy> policy = interest.policy().map(OutboxUnderTest::withHeld).or(() -> ceiling);
            Endpoint endpoint = fixture.outbox.endpoints().add(tenant, policy.map(spec::withPolicy).orElse(spec),
                    EndpointState.PENDING).join();
            if (interest.policy().isPresent()) {
                ownPolicies.add(endpoint);
            }
            var last = new AtomicReference<>(SubscriberSums.ZERO);
            // Of one that was removed, what it had at the end.
            Supplier<SubscriberSums> sums = () -> last.updateAndGet(before ->
                    fixture.outbox.endpoints().sums(endpoint.id()).map(EndpointSums::asSubscriber).orElse(before));
            var subscription = new ReceivedEvents(handler, publishers, sums, () -> {
                if (fixture.outbox.endpoints().find(endpoint.id()).isPresent()) {
                    Soon.until(() -> sums.get().inFlight() == 0);
                    fixture.outbox.endpoints().remove(endpoint.id()).join();
                }
            });
            received = Optional.of(subscription);
            fixture.outbox.endpoints().resume(endpoint.id()).join();
            return subscription;
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
    }
}
