package io.heliograph.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.heliograph.Event;
import io.heliograph.EventHandler;
import io.heliograph.Gap;
import io.heliograph.Interest;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.Subscriber;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.spi.Environment;
import io.heliograph.time.Clock;
import io.heliograph.time.WallClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One case of a contract: a fresh address, a clock, a recorder, and whoever publishes and listens there. Confined to the
 * test's thread.
 */
final class Scene {

    static final String TOPIC = "events";
    private static final EventHandler NOTHING_MORE = delivery -> {
    };
    private static final long LOOK_AGAIN_NS = 20_000;
    /** What has arrived everywhere may still come twice. */
    private static final long QUIET_NS = Duration.ofMillis(30).toNanos();
    /** On a busy machine, a thread that has all it needs may not run for hundreds of milliseconds. */
    private static final long LONG_QUIET_NS = Duration.ofMillis(1_500).toNanos();

    private final TransportUnderTest transport;
    private final Capabilities capabilities;
    private final Optional<ManualClock> clock;
    private final CollectedNotices notices = new CollectedNotices();
    private final Environment environment;
    private final Recorder recorder;
    private final String address;
    private final List<RecordedPublisher> publishers = new ArrayList<>();
    private final List<Subscriber> subscribers = new ArrayList<>();
    private final List<Listener> listeners = new ArrayList<>();
    private final List<RecordedSubscription> polled = new ArrayList<>();
    private Optional<FlowPolicy> ceiling = Optional.empty();

    Scene(TransportUnderTest transport) {
        this.transport = transport;
        this.capabilities = transport.capabilities();
        this.clock = capabilities.has(Trait.MANUAL_TIME) ? Optional.of(new ManualClock()) : Optional.empty();
        this.environment = new Environment(
                clock.<Clock>map(c -> c).orElse(Clock.SYSTEM), clock.<WallClock>map(c -> c).orElse(WallClock.SYSTEM),
                new SplittableRandom(1), notices);
        this.recorder = new Recorder(capabilities.traits());
        this.address = transport.freshAddress();
    }

    Recorder recorder() {
        return recorder;
    }

    ManualClock clock() {
        return clock.orElseThrow();
    }

    CollectedNotices notices() {
        return notices;
    }

    /** A publisher under the transport's default policy. */
    RecordedPublisher publisher() {
        return open(Optional.empty());
    }

    RecordedPublisher publisher(FlowPolicy policy) {
        RecordedPublisher opened = open(Optional.of(policy));
        ceiling = Optional.of(policy);
        return opened;
    }

    private RecordedPublisher open(Optional<FlowPolicy> policy) {
        Publisher opened = transport.publisher(address, policy, environment);
        var publisher = recorder.publisher("publisher " + publishers.size(), opened);
        publishers.add(publisher);
        return publisher;
    }

    Subscriber subscriber() {
        Subscriber opened = transport.subscriber(address, environment);
        subscribers.add(opened);
        return opened;
    }

    Listener listen() {
        return listen(Interest.inAll(), NOTHING_MORE);
    }

    Listener listen(EventHandler then) {
        return listen(Interest.inAll(), then);
    }

    Listener listen(Interest interest) {
        return listen(interest, NOTHING_MORE);
    }

    Listener listen(String filter) {
        return listen(Interest.in(TopicFilter.of(filter)));
    }

    Listener listen(Interest interest, EventHandler then) {
        return listen(subscriber(), interest, then);
    }

    Listener listen(Subscriber at, Interest interest, EventHandler then) {
        var listener = new Listener(then);
        listener.serve(recorder.subscription("listener " + listeners.size(), at, ruled(interest), listener));
        listeners.add(listener);
        awaitJoined(listener.subscription());
        return listener;
    }

    RecordedSubscription poll(Interest interest) {
        var subscription = recorder.polled("poller " + polled.size(), subscriber(), ruled(interest));
        polled.add(subscription);
        awaitJoined(subscription);
        return subscription;
    }

    /** Where a publisher's policy does not reach its subscribers, they ask for it themselves. */
    private Interest ruled(Interest interest) {
        return capabilities.has(Trait.SEES_BACKLOGS) || interest.policy().isPresent() || ceiling.isEmpty()
                ? interest
                : interest.withPolicy(ceiling.get());
    }

    private void awaitJoined(RecordedSubscription subscription) {
        long open = Stream.concat(listeners.stream().map(Listener::subscription), polled.stream())
                .filter(each -> each.left().isEmpty()).count();
        for (RecordedPublisher publisher : publishers) {
            await(open + " subscribers", () -> publisher.isClosed() || publisher.subscribers() >= open);
        }
        subscription.joinedByNow();
    }

    /** A numbered event: its number is its data. */
    static Event event(int number) {
        return Event.of(TOPIC, Integer.toString(number));
    }

    static List<Integer> numbers(int from, int end) {
        return IntStream.range(from, end).boxed().toList();
    }

    /** Publishes numbered events, each of which must be accepted. */
    void publish(Publisher publisher, int from, int end) {
        publish(publisher, from, end, PublishResult.ACCEPTED);
    }

    void publish(Publisher publisher, int from, int end, PublishResult expected) {
        for (int number = from; number < end; number++) {
            assertEquals(expected, publisher.publish(event(number)), "publish of event " + number);
        }
    }

    /** Has the handler stall with the event {@code number} in its hands. */
    void stall(Publisher publisher, Listener listener, int number) {
        listener.stall();
        publish(publisher, number, number + 1);
        settle();
        assertTrue(listener.isStuck(), "the handler was not called with event " + number);
    }

    /** Waits until nothing moves: every handler has handled all there is, or is stalled. */
    void settle() {
        settle(0);
    }

    /** The same, while so many threads wait in a publish. */
    void settle(int waitingPublishers) {
        await("a moment of rest with " + waitingPublishers + " publishers waiting", rest(waitingPublishers));
    }

    private Condition rest(int waitingPublishers) {
        if (showsItsThreads()) {
            return () -> isAtRest(waitingPublishers);
        }
        var quiet = new Quiet();
        return () -> (clock.isEmpty() || waiting() == waitingPublishers) && quiet.holds();
    }

    /** In one process, each open subscription has a thread that waits on the clock while it has nothing to do. */
    private boolean showsItsThreads() {
        return capabilities.has(Trait.MANUAL_TIME, Trait.IMMEDIATE);
    }

    private int waiting() {
        return clock().waiting(publishers.stream().flatMap(publisher -> publisher.publishing().stream()).collect(Collectors.toSet()));
    }

    private boolean isAtRest(int waitingPublishers) {
        int stuck = 0;
        int open = 0;
        for (Listener listener : listeners) {
            stuck += listener.isStuck() ? 1 : 0;
            open += listener.subscription().left().isEmpty() ? 1 : 0;
        }
        return stuck + clock().waiting() == open + waitingPublishers;
    }

    /**
     * Where threads do not show it, rest is when all that was accepted has arrived and been dealt with, and nothing has
     * changed for a moment of real time; or, where something is held back for good, when nothing has changed for long.
     */
    private final class Quiet implements Condition {
        private String last = "";
        private long sinceNs = System.nanoTime();
        private long lookedNs = sinceNs;

        @Override
        public boolean holds() {
            var now = new StringBuilder();
            publishers.forEach(publisher -> now.append(publisher.sums()));
            listeners.forEach(listener -> now.append(listener.subscription().sums()).append(listener.isStuck()));
            polled.forEach(subscription -> now.append(subscription.sums()));
            long nowNs = System.nanoTime();
            if (!now.toString().equals(last)) {
                last = now.toString();
                sinceNs = nowNs;
                lookedNs = nowNs;
            }
            if (nowNs - lookedNs > QUIET_NS) {
                lookedNs = nowNs;
                return nowNs - sinceNs > LONG_QUIET_NS || hasAllArrived();
            }
            return false;
        }
    }

    private boolean hasAllArrived() {
        return listeners.stream().allMatch(listener -> {
            RecordedSubscription subscription = listener.subscription();
            return subscription.left().isPresent()
                    || hasArrived(subscription) && (listener.isStuck() || isDealtWith(subscription));
        }) && polled.stream().allMatch(subscription -> subscription.left().isPresent() || hasArrived(subscription));
    }

    /** It knows of all that was surely published while it was there. */
    private boolean hasArrived(RecordedSubscription subscription) {
        long surely = publishers.stream().flatMap(publisher -> publisher.attempts().stream())
                .filter(attempt -> attempt.result() == PublishResult.ACCEPTED
                        && Hearing.of(attempt.span(), subscription) == Hearing.SURELY)
                .count();
        return subscription.sums().known() >= surely;
    }

    /** Nothing is with its handler or waits for it, a gap neither. */
    private static boolean isDealtWith(RecordedSubscription subscription) {
        SubscriberSums sums = subscription.sums();
        List<Gap> gaps = subscription.gaps();
        return sums.inFlight() == 0 && sums.gaps() == gaps.size()
                && sums.lostTotal() == gaps.stream().mapToLong(Gap::count).sum();
    }

    /** Something that comes to hold. */
    @FunctionalInterface
    interface Condition {
        boolean holds();
    }

    /** Waits, in real time, until {@code condition} holds; the case fails if it does not in time. */
    void await(String what, Condition condition) {
        long startNs = System.nanoTime();
        while (!condition.holds()) {
            if (System.nanoTime() - startNs > capabilities.patience().toNanos()) {
                fail("waited " + capabilities.patience() + " in vain for " + what + "; " + recorder.report());
            }
            LockSupport.parkNanos(LOOK_AGAIN_NS);
            if (Thread.currentThread().isInterrupted()) {
                fail("interrupted while waiting for " + what);
            }
        }
    }

    /** Brings all to rest and checks that both ends agree; then closes all and checks again. */
    void finish() {
        try {
            listeners.forEach(Listener::resume);
            settle();
            publishers.forEach(RecordedPublisher::close);
            settle();
            polled.forEach(Scene::drain);
            requireCleanReport();
        } finally {
            listeners.forEach(listener -> listener.subscription().close());
            polled.forEach(RecordedSubscription::close);
            subscribers.forEach(Subscriber::close);
        }
        polled.forEach(Scene::drain);
        requireCleanReport();
    }

    private void requireCleanReport() {
        if (!showsItsThreads()) {
            long startNs = System.nanoTime();
            while (!recorder.report().isClean() && System.nanoTime() - startNs < capabilities.patience().toNanos()) {
                LockSupport.parkNanos(QUIET_NS);
            }
        }
        recorder.report().requireClean();
    }

    /** Polls until nothing waits. */
    static void drain(RecordedSubscription subscription) {
        while (subscription.poll(NOTHING_MORE, 100) > 0) {
            Thread.onSpinWait();
        }
    }
}
