package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.EventHandler;
import io.heliograph.Gap;
import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.FlowPolicy.Victim;
import io.heliograph.flow.Limit;
import io.heliograph.ledger.PublisherSums;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.CollectedNotices;
import io.heliograph.testkit.FaultCounts;
import io.heliograph.testkit.FaultKind;
import io.heliograph.testkit.Faults;
import io.heliograph.testkit.ManualClock;
import io.heliograph.testkit.RecordedSubscription;
import io.heliograph.testkit.Recorder;
import io.heliograph.testkit.Trait;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A publisher and three subscribers over links that lose, double, reorder, delay, cut short and flip bits, on one thread
 * and a manual clock. Each seed is 5,000 events; what arrived is taken down apart from the ledgers, and must agree.
 */
class SimulatedLossTest {

    private static final int EVENTS = 5_000;
    private static final int SUBSCRIBERS = 3;
    private static final String[] TOPICS = {"prices.eurusd", "prices.gbpusd", "orders.new", "metrics.counter"};

    @Test
    void everyPositionIsDeliveredOnceOrToldAsLostUnderSeededFaults() throws IOException {
        FaultCounts faults = FaultCounts.NONE;
        var world = new Totals();
        for (long seed = 1; seed <= 40; seed++) {
            faults = faults.plus(new Run(seed, world).play());
        }
        faults.requireHappened(FaultKind.DROP, FaultKind.DUPLICATE, FaultKind.REORDER, FaultKind.DELAY, FaultKind.TRUNCATE,
                FaultKind.BIT_FLIP);
        assertThat(world.late).as("datagrams that came after their gap").isPositive();
        assertThat(world.duplicates).isPositive();
        assertThat(world.outOfOrder).isPositive();
        assertThat(world.malformed).isPositive();
        assertThat(world.overflow).as("events that a stalled subscriber gave up").isPositive();
        assertThat(world.conflated).isPositive();
        assertThat(world.filtered).isPositive();
        assertThat(world.recorded).as("seeds whose every event the recorder could account for").isGreaterThan(30);
    }

    @Test
    @Tag("soak")
    void everyPositionIsDeliveredOnceOrToldAsLostUnderVeryManySeeds() throws IOException {
        for (long seed = 1_000; seed < 11_000; seed++) {
            new Run(seed, new Totals()).play();
        }
    }

    /** What happened over all seeds, so that a fault that is claimed is known to have happened. */
    private static final class Totals {
        long late;
        long duplicates;
        long outOfOrder;
        long malformed;
        long overflow;
        long conflated;
        long filtered;
        long recorded;
    }

    /** One seed. */
    private static final class Run {

        private final long seed;
        private final Totals totals;
        private final Random random;
        private final ManualClock clock = new ManualClock();
        private final CollectedNotices notices = new CollectedNotices();
        private final Environment environment;
        private final SimNetwork network;
        private final Recorder recorder = new Recorder(Set.of(Trait.ORDERED));
        private final UdpPublisher publisher;
        private final Publisher recorded;
        private final List<Event> published = new ArrayList<>();
        private final List<Listening> listening = new ArrayList<>();
        private boolean areAllHeard;

        Run(long seed, Totals totals) {
            this.seed = seed;
            this.totals = totals;
            this.random = new Random(seed);
            this.environment = new Environment(clock, clock, new Random(seed), notices);
            this.network = new SimNetwork(seed, clock);
            for (int i = 0; i < SUBSCRIBERS; i++) {
                listening.add(new Listening(i));
            }
            int datagramBytes = 600 + random.nextInt(1_400);
            publisher = new UdpPublisher(SimNetwork.feed(datagramBytes, false, UdpLimits.defaults()),
                network.publisherIo(), UdpTransport.UNRELIABLE_DEFAULT_POLICY, environment);
            recorded = recorder.publisher("publisher", publisher);
        }

        FaultCounts play() throws IOException {
            while (published.size() < EVENTS) {
                publishSome();
                step(Duration.ofNanos(20_000 + random.nextInt(200_000)));
                noteJoins();
            }
            publisher.beginClose();
            for (int i = 0; i < 400; i++) {
                step(Duration.ofMillis(5));
            }
            assertThat(publisher.isDone()).as("seed %d", seed).isTrue();
            verifyPublisher();
            for (Listening one : listening) {
                one.verify();
            }
            if (isTailKnown()) {
                totals.recorded++;
                assertThat(recorder.report().faults()).as("seed %d", seed).isEmpty();
            }
            return network.faultCounts();
        }

        /** Until the publisher has heard of a subscriber it counts what it accepts as unheard. */
        private void noteJoins() {
            if (!areAllHeard) {
                listening.forEach(one -> one.subscription.joinedByNow());
                areAllHeard = publisher.subscribers() == SUBSCRIBERS;
            }
        }

        private void publishSome() {
            int count = random.nextInt(40);
            for (int i = 0; i < count && published.size() < EVENTS; i++) {
                Event event = event(published.size());
                assertThat(recorded.publish(event)).as("seed %d", seed).isEqualTo(PublishResult.ACCEPTED);
                published.add(event);
            }
        }

        private Event event(int number) {
            var event = Event.builder(TOPICS[random.nextInt(TOPICS.length)])
                    .data((number + ":" + "x".repeat(random.nextInt(120))).getBytes(java.nio.charset.StandardCharsets.UTF_8));
            if (random.nextInt(3) == 0) {
                event.subject("key-" + random.nextInt(5)).contentType("text/plain");
            }
            return event.build();
        }

        private void step(Duration time) throws IOException {
            clock.advance(time);
            publisher.doWork(0);
            for (Listening one : listening) {
                one.step();
            }
        }

        private boolean isTailKnown() {
            return notices.of(Notice.TailUnknown.class).isEmpty();
        }

        private void verifyPublisher() {
            PublisherSums sums = publisher.sums();
            assertThat(sums.difference()).as("seed %d, %s", seed, sums).isZero();
            assertThat(sums.accepted()).isEqualTo(EVENTS);
        }

        /** One subscriber, its subscription, and what its handler was given. */
        private final class Listening implements EventHandler {

            private final TopicFilter filter;
            private final UdpSubscriber subscriber;
            private final RecordedSubscription subscription;
            private final BitSet delivered = new BitSet();
            private final BitSet inGaps = new BitSet();
            private long lastSequence = -1;
            private long told;
            private int stalledSteps;

            Listening(int index) {
                var faults = Faults.NONE.withDrop(random.nextDouble() * 0.2).withDuplicate(0.05).withReorder(0.05)
                        .withDelay(0.05).withTruncate(0.01).withBitFlip(0.01);
                filter = index == 2 ? TopicFilter.of("prices.>") : TopicFilter.ALL;
                subscriber = new UdpSubscriber(SimNetwork.feed(1_400, false, UdpLimits.defaults()),
                network.subscriberIo(faults, Faults.NONE.withDrop(0.1)), UdpTransport.UNRELIABLE_DEFAULT_POLICY,
                        environment);
                Victim victim = Victim.values()[random.nextInt(Victim.values().length)];
                FlowPolicy policy = new FlowPolicy.Drop(Limit.events(50 + random.nextInt(200)), victim);
                subscription = recorder.polled("subscriber " + index, subscriber, Interest.in(filter).withPolicy(policy));
            }

            void step() throws IOException {
                subscriber.doWork(0);
                if (stalledSteps > 0) {
                    stalledSteps--;
                } else {
                    subscription.poll(this, 100);
                    stalledSteps = random.nextInt(60) == 0 ? random.nextInt(30) : 0;
                }
            }

            @Override
            public void onEvent(Delivery delivery) {
                long sequence = delivery.position().sequence();
                assertThat(sequence).as("seed %d: order", seed).isGreaterThan(lastSequence);
                lastSequence = sequence;
                assertThat(delivery.event()).as("seed %d: content of %d", seed, sequence)
                        .isEqualTo(published.get((int) sequence));
                assertThat(filter.matches(delivery.event().topic())).isTrue();
                delivered.set((int) sequence);
            }

            @Override
            public void onGap(Gap gap) {
                assertThat(gap.from()).as("seed %d: %s is told in its place", seed, gap).isGreaterThan(lastSequence);
                told += gap.count();
                inGaps.set((int) gap.from(), (int) gap.to() + 1);
            }

            void verify() {
                SubscriberSums sums = subscription.sums();
                String what = "seed " + seed + ", " + filter + ", " + sums.toJson() + ", " + subscriber.counters();
                assertThat(sums.difference()).as(what).isZero();
                assertThat(sums.inFlight()).as(what).isZero();
                assertThat(sums.delivered()).as(what).isEqualTo(delivered.cardinality());
                assertThat(sums.lostTotal()).as(what).isEqualTo(told);
                if (isTailKnown()) {
                    assertThat(sums.known()).as(what).isEqualTo(EVENTS);
                }
                for (int sequence = 0; sequence < sums.known(); sequence++) {
                    boolean isWanted = filter.matches(published.get(sequence).topic());
                    assertThat(delivered.get(sequence) || inGaps.get(sequence) || !isWanted)
                            .as("%s: what became of %d", what, sequence).isTrue();
                }
                count(sums);
            }

            private void count(SubscriberSums sums) {
                UdpCounters counters = subscriber.counters();
                totals.late += counters.late();
                totals.duplicates += sums.duplicates();
                totals.outOfOrder += counters.outOfOrder();
                totals.malformed += counters.malformed().values().stream().mapToLong(Long::longValue).sum();
                totals.overflow += sums.lost().getOrDefault(LossReason.OVERFLOW, 0L);
                totals.conflated += sums.lost().getOrDefault(LossReason.CONFLATED, 0L);
                totals.filtered += sums.filtered();
            }
        }
    }
}
