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
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
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

    private final Set<Trait> traits =
            EnumSet.of(Trait.ORDERED, Trait.LOSSLESS, Trait.SEES_BACKLOGS, Trait.UNHEARD, Trait.SEVERAL_PUBLISHERS);
    private final List<SequencedPublisher> publishers = new CopyOnWriteArrayList<>();
    private final List<Endpoint> ownPolicies = new CopyOnWriteArrayList<>();
    private RetrySchedule retry = RetrySchedule.defaults();
    private Optional<Running> running = Optional.empty();
    private Optional<FlowPolicy> ceiling = Optional.empty();

    /** An outbox that sends, in a folder that goes with it. */
    private record Running(Path folder, Sending sending) implements AutoCloseable {

        static Running start(Environment environment) {
            try {
                Path folder = Files.createTempDirectory("outbox-contract");
                return new Running(folder, Sending.from(OutboxFixture.open(folder, environment.clock(), environment.wallClock())));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        Outbox outbox() {
            return sending.fixture().outbox;
        }

        Endpoints endpoints() {
            return outbox().endpoints();
        }

        Environment environment() {
            return sending.fixture().environment;
        }

        @Override
        public void close() throws IOException {
            sending.close();
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** Only disk and receivers are in real time. */
    static OutboxUnderTest onManualTime() {
        var transport = new OutboxUnderTest();
        transport.traits.add(Trait.MANUAL_TIME);
        return transport;
    }

    /** The same, and one attempt is all that is made. */
    static OutboxUnderTest withOneAttempt() {
        OutboxUnderTest transport = onManualTime();
        transport.retry = RetrySchedule.defaults().withDelays(List.of(Duration.ZERO));
        return transport;
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(traits, EnumSet.allOf(PolicyKind.class), 1 << 20, Duration.ofSeconds(30));
    }

    @Override
    public String freshAddress() {
        return Outbox.DEFAULT_TENANT;
    }

    private synchronized Running running(Environment environment) {
        if (running.isEmpty()) {
            running = Optional.of(Running.start(environment));
        }
        return running.get();
    }

    private static FlowPolicy withHeld(FlowPolicy policy) {
        return switch (policy) {
            case FlowPolicy.Drop(Limit limit, FlowPolicy.Victim victim) -> new FlowPolicy.Drop(withHeld(limit), victim);
            case FlowPolicy.Buffer(Limit limit, Optional<Limit> spill, FlowPolicy then) ->
                new FlowPolicy.Buffer(withHeld(limit), spill, then);
            case FlowPolicy.BackPressure(Limit limit, Duration maxWait) -> new FlowPolicy.BackPressure(withHeld(limit), maxWait);
        };
    }

    /** What is held up was promised its place before; a policy that gives up what it took in itself does not count it. */
    private static FlowPolicy instead(FlowPolicy first, FlowPolicy replacement) {
        return DeliveryRows.isEvictable(replacement) && !DeliveryRows.isEvictable(first) ? replacement : withHeld(replacement);
    }

    private static Limit withHeld(Limit limit) {
        return new Limit(limit.events() + 1, limit.bytes() + HELD_BYTES);
    }

    @Override
    public Publisher publisher(String address, Optional<FlowPolicy> policy, Environment environment) {
        Running here = running(environment);
        Environment restless = new Environment(traits.contains(Trait.MANUAL_TIME) ? new RestlessClock(environment.clock()) : environment.clock(),
                environment.wallClock(), here.environment().random(), environment.notices());
        WebhookPublisher publisher = WebhookPublisher.open(here.outbox(), address, restless);
        policy.ifPresent(one -> {
            publisher.replacePolicy(withHeld(one));
            ceiling = Optional.of(one);
            // What an endpoint's owner asked for stays so.
            ownPolicies.forEach(endpoint -> here.endpoints().update(endpoint.id(), spec -> spec.withPolicy(endpoint.spec().policy())).join());
        });
        FlowPolicy first = policy.orElse(publisher.policy());
        var sequenced = new SequencedPublisher(publisher, first, replacement -> instead(first, replacement));
        publishers.add(sequenced);
        return sequenced;
    }

    @Override
    public Subscriber subscriber(String address, Environment environment) {
        return new EndpointSubscriber(running(environment), address);
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        if (running.isPresent()) {
            running.get().close();
        }
    }

    /** Whose subscriptions are endpoints, each at a receiver of its own. */
    private final class EndpointSubscriber implements Subscriber {
        private final Running here;
        private final String tenant;
        private final List<TestReceiver> receivers = new CopyOnWriteArrayList<>();
        private final List<Runnable> removals = new CopyOnWriteArrayList<>();

        EndpointSubscriber(Running here, String tenant) {
            this.here = here;
            this.tenant = tenant;
        }

        private static void serve(TestReceiver.Connection connection, ReceivedEvents received) throws IOException {
            for (Optional<TestReceiver.Request> request = connection.read(); request.isPresent(); request = connection.read()) {
                connection.write(received.answer(request.get()));
            }
        }

        @Override
        public Subscription subscribe(Interest interest, EventHandler handler) {
            interest.requireNoCondition("an endpoint");
            var received = new AtomicReference<ReceivedEvents>();
            TestReceiver receiver = TestReceiver.start(connection -> serve(connection, received.get()));
            receivers.add(receiver);
            EndpointSpec spec = OutboxFixture.spec(receiver.url()).withTopics(List.of(interest.filter()))
                    .withTimeout(Duration.ofSeconds(60)).withRetry(retry)
                    .withLimits(EndpointLimits.defaults().withOrdering(Ordering.ENDPOINT));
            Optional<FlowPolicy> policy = interest.policy().or(() -> ceiling).map(OutboxUnderTest::withHeld);
            // Nothing comes before there is somebody to take it.
            Endpoint endpoint = here.endpoints().add(tenant, policy.map(spec::withPolicy).orElse(spec), EndpointState.PENDING).join();
            if (interest.policy().isPresent()) {
                ownPolicies.add(endpoint);
            }
            var subscription = new ReceivedEvents(here.environment().wallClock(), interest.filter(), handler, publishers,
                    new Side(here.endpoints(), endpoint));
            removals.add(subscription::close);
            received.set(subscription);
            here.endpoints().resume(endpoint.id()).join();
            return subscription;
        }

        @Override
        public Subscription subscribePolled(Interest interest) {
            throw new ConfigException("subscription", "polled", "one with a handler: a webhook is answered when it has been handled");
        }

        @Override
        public void close() {
            removals.forEach(Runnable::run);
            for (TestReceiver receiver : receivers) {
                try {
                    receiver.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    /** An endpoint. */
    private final class Side implements ReceivedEvents.Sender {
        private final Endpoints endpoints;
        private final Endpoint endpoint;
        private final AtomicReference<SubscriberSums> last = new AtomicReference<>(SubscriberSums.ZERO);

        Side(Endpoints endpoints, Endpoint endpoint) {
            this.endpoints = endpoints;
            this.endpoint = endpoint;
        }

        @Override
        public SubscriberSums sums() {
            return last.updateAndGet(before -> endpoints.sums(endpoint.id()).map(EndpointSums::asSubscriber).orElse(before));
        }

        @Override
        public boolean triesAgain() {
            return retry.delays().size() > 1;
        }

        @Override
        public void replacePolicy(FlowPolicy policy) {
            FlowPolicy other = ceiling.map(first -> instead(first, policy)).orElseGet(() -> withHeld(policy));
            endpoints.update(endpoint.id(), before -> before.withPolicy(other)).join();
        }

        /** What waits goes with it, and so it waits until nothing does. */
        @Override
        public void leave() {
            if (endpoints.find(endpoint.id()).isPresent()) {
                Soon.until(() -> sums().inFlight() == 0);
                endpoints.remove(endpoint.id()).join();
            }
        }
    }
}
