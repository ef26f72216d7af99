package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.EventHandler;
import io.heliograph.Gap;
import io.heliograph.Interest;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.Subscription;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
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
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A reliable publisher and three subscribers over links that lose up to a fifth both ways, double, reorder, delay, cut short
 * and flip bits, that fall silent for a while, while a subscriber stops: everything is delivered, once and in order. On one
 * thread and a manual clock; each seed is 5,000 events.
 */
class SimulatedRepairTest {

    private static final int EVENTS = 5_000;
    private static final int SUBSCRIBERS = 3;
    /** A rate that fell far, where a link loses a fifth and was silent, is given its time to come back. */
    private static final int MOST_ENDING_MS = 60_000;
    private static final UdpLimits LIMITS = UdpLimits.defaults().withRetainedBytes(2 << 20);
    private static final FlowPolicy AT_ONCE = FlowPolicy.backPressure(Limit.events(2_000), Duration.ZERO);

    @Test
    void everyEventIsDeliveredOnceAndInOrderUnderSeededFaults() throws IOException {
        FaultCounts faults = FaultCounts.NONE;
        var totals = new Totals();
        for (long seed = 1; seed <= 300; seed++) {
            faults = faults.plus(new Run(seed, Optional.empty(), totals).play());
        }
        requireThatItHappened(faults, totals);
    }

    @Test
    void everyEventIsDeliveredOnceAndInOrderWhereAllIsSealed() throws IOException {
        FaultCounts faults = FaultCounts.NONE;
        var totals = new Totals();
        Optional<PresharedKey> key = Optional.of(TestKey.of(1));
        for (long seed = 1; seed <= 30; seed++) {
            faults = faults.plus(new Run(seed, key, totals).play());
        }
        requireThatItHappened(faults, totals);
        assertThat(totals.forged).as("datagrams whose bits were turned").isPositive();
    }

    private static void requireThatItHappened(FaultCounts faults, Totals totals) {
        faults.requireHappened(FaultKind.DROP, FaultKind.DUPLICATE, FaultKind.REORDER, FaultKind.DELAY, FaultKind.TRUNCATE,
                FaultKind.BIT_FLIP);
        assertThat(totals.repaired).isPositive();
        assertThat(totals.toOne).as("repairs to one receiver").isPositive();
        assertThat(totals.toGroup).as("repairs to the group").isPositive();
        assertThat(totals.backPressured).as("publishes that had no credit").isPositive();
        assertThat(totals.cuts).as("links that fell silent").isPositive();
        assertThat(totals.stops).as("subscribers that stopped").isPositive();
        assertThat(totals.large).as("events larger than a datagram").isPositive();
        System.out.println(totals);
    }

    /** A hundred thousand, or those of its {@link SeedSlice}. */
    @Test
    @Tag("soak")
    void everyEventIsDeliveredOnceAndInOrderUnderVeryManySeeds() throws IOException {
        var slice = SeedSlice.of(1_000, 100_000);
        var totals = new Totals();
        for (int i = 0; i < slice.count(); i++) {
            new Run(slice.first() + i, Optional.empty(), totals).play();
        }
        System.out.println(slice.count() + " seeds from " + slice.first() + ": " + totals);
    }

    /** What happened over all seeds, so that what is claimed is known to have happened. */
    private static final class Totals {
        long repaired;
        long toOne;
        long toGroup;
        long backPressured;
        long cuts;
        long stops;
        long large;
        long steps;
        long forged;
        long longestEndingMs;

        @Override
        public String toString() {
            return "repaired " + repaired + ", to one " + toOne + ", to the group " + toGroup + ", back-pressured " + backPressured
                    + ", cuts " + cuts + ", stops " + stops + ", large " + large + ", steps " + steps
                    + ", longest ending " + longestEndingMs + " ms";
        }
    }

    /** One seed. */
    private static final class Run {

        private final long seed;
        private final Optional<PresharedKey> key;
        private final Totals totals;
        private final Random random;
        private final ManualClock clock = new ManualClock();
        private final CollectedNotices notices = new CollectedNotices();
        private final Environment environment;
        private final SimNetwork network;
        private final Recorder recorder = new Recorder(Set.of(Trait.ORDERED));
        private final UdpPublisher publisher;
        private final Publisher recorded;
        private final List<Listening> listening = new ArrayList<>();
        private final double loss;
        private int published;
        private int silentSteps;
        private boolean areAllHeard;

        Run(long seed, Optional<PresharedKey> key, Totals totals) {
            this.key = key;
            this.seed = seed;
            this.totals = totals;
            this.random = new Random(seed);
            this.loss = new double[] {0.01, 0.05, 0.2}[random.nextInt(3)];
            this.environment = new Environment(clock, clock, new Random(seed), notices);
            this.network = new SimNetwork(seed, clock);
            int datagramBytes = 600 + random.nextInt(1_400);
            for (int i = 0; i < SUBSCRIBERS; i++) {
                listening.add(new Listening(i, datagramBytes));
            }
            publisher = new UdpPublisher(SimNetwork.feed(datagramBytes, true, key, LIMITS), network.publisherIo(),
                    AT_ONCE, environment);
            recorded = isRecorded() ? recorder.publisher("publisher", publisher) : publisher;
        }

        /** The recorder costs more than everything else; what a handler sees is checked with each seed. */
        private boolean isRecorded() {
            return seed % 10 == 0;
        }

        FaultCounts play() throws IOException {
            while (published < EVENTS) {
                publishSome();
                step(Duration.ofNanos(20_000 + random.nextInt(200_000)));
                cutOrHeal();
                noteJoins();
            }
            network.link().heal();
            publisher.beginClose();
            int ending = 0;
            while (ending < MOST_ENDING_MS && !isOver()) {
                step(Duration.ofMillis(1));
                ending++;
            }
            totals.longestEndingMs = Math.max(totals.longestEndingMs, ending);
            assertThat(publisher.isDone()).as("seed %d: %s, loss %s", seed, publisher.sums(), loss).isTrue();
            for (Listening one : listening) {
                one.verify();
            }
            assertThat(publisher.sums().difference()).as("seed %d", seed).isZero();
            if (isRecorded()) {
                assertThat(recorder.report().faults()).as("seed %d", seed).isEmpty();
            }
            totals.toOne += publisher.repairsToOne();
            totals.toGroup += publisher.repairsToGroup();
            return network.faultCounts();
        }

        /** Until the publisher has heard of a subscriber it counts what it accepts as unheard. */
        private void noteJoins() {
            if (!areAllHeard) {
                listening.forEach(Listening::joinedByNow);
                areAllHeard = publisher.subscribers() == SUBSCRIBERS;
            }
        }

        private boolean isOver() {
            return publisher.isDone() && listening.stream().allMatch(one -> one.count == EVENTS);
        }

        private void cutOrHeal() {
            if (silentSteps > 0 && --silentSteps == 0) {
                network.link().heal();
            } else if (silentSteps == 0 && random.nextInt(400) == 0) {
                network.link().cut();
                silentSteps = 1 + random.nextInt(60);
                totals.cuts++;
            }
        }

        private void publishSome() {
            int count = random.nextInt(60);
            for (int i = 0; i < count && published < EVENTS; i++) {
                PublishResult result = recorded.publish(event(published));
                if (result == PublishResult.BACK_PRESSURED) {
                    totals.backPressured++;
                    return;
                }
                assertThat(result).as("seed %d", seed).isEqualTo(PublishResult.ACCEPTED);
                published++;
            }
        }

        private Event event(int number) {
            boolean isLarge = number % 500 == 250;
            totals.large += isLarge ? 1 : 0;
            return Event.of("prices.eurusd", number + ":" + "x".repeat(isLarge ? 20_000 : number % 120));
        }

        private void step(Duration time) throws IOException {
            totals.steps++;
            clock.advance(time);
            publisher.doWork(0);
            for (Listening one : listening) {
                one.step();
            }
        }

        /** One subscriber, and what it saw. */
        private final class Listening implements EventHandler {

            private final UdpSubscriber subscriber;
            private final Subscription subscription;
            private long count;
            private int stoppedSteps;

            Listening(int index, int datagramBytes) {
                var faults = Faults.NONE.withDrop(loss).withDuplicate(0.05).withReorder(0.02).withReorderSpan(64)
                        .withDelay(0.01).withLongest(Duration.ofMillis(2)).withTruncate(0.002).withBitFlip(0.002);
                subscriber = new UdpSubscriber(SimNetwork.feed(datagramBytes, true, key, LIMITS),
                        network.subscriberIo(faults, faults), UdpTransport.UNRELIABLE_DEFAULT_POLICY, environment);
                subscription = isRecorded()
                        ? recorder.polled("subscriber " + index, subscriber, Interest.inAll())
                        : subscriber.subscribePolled(Interest.inAll());
            }

            void joinedByNow() {
                if (subscription instanceof RecordedSubscription recording) {
                    recording.joinedByNow();
                }
            }

            void step() throws IOException {
                subscriber.doWork(0);
                if (stoppedSteps > 0) {
                    stoppedSteps--;
                } else {
                    subscription.poll(this, 1_000);
                    stoppedSteps = random.nextInt(300) == 0 ? random.nextInt(100) : 0;
                    totals.stops += stoppedSteps > 0 ? 1 : 0;
                }
            }

            @Override
            public void onEvent(Delivery delivery) {
                assertThat(delivery.position().sequence()).as("seed %d: order", seed).isEqualTo(count);
                assertThat(delivery.event().text()).as("seed %d: content of %d", seed, count).startsWith(count + ":");
                count++;
            }

            @Override
            public void onGap(Gap gap) {
                throw new AssertionError("seed " + seed + ": " + gap);
            }

            void verify() {
                SubscriberSums sums = subscription.sums();
                String what = "seed " + seed + ", loss " + loss + ", " + sums.toJson() + ", " + subscriber.counters();
                assertThat(sums.difference()).as(what).isZero();
                assertThat(sums.inFlight()).as(what).isZero();
                assertThat(sums.known()).as(what).isEqualTo(EVENTS);
                assertThat(sums.delivered()).as(what).isEqualTo(EVENTS);
                assertThat(count).as(what).isEqualTo(EVENTS);
                totals.repaired += subscriber.counters().repaired();
                totals.forged += subscriber.counters().malformed().getOrDefault(MalformedDatagram.FORGED, 0L);
            }
        }
    }
}
