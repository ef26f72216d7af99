package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.EventHandler;
import io.heliograph.Gap;
import io.heliograph.Interest;
import io.heliograph.PublishResult;
import io.heliograph.Subscription;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.CollectedNotices;
import io.heliograph.testkit.FaultKind;
import io.heliograph.testkit.Faults;
import io.heliograph.testkit.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/** A publisher that sends all on two lines, and a subscriber that takes what comes first. On one thread and a manual clock. */
class TwoLinesTest {

    private static final long SEED = 11;
    private static final int EVENTS = 3_000;
    private static final Duration STEP = Duration.ofNanos(50_000);

    private final ManualClock clock = new ManualClock();
    private final long startNs = clock.nanoTime();
    private final Environment environment = new Environment(clock, clock, new Random(SEED), new CollectedNotices());
    private final SimNetwork network = new SimNetwork(SEED, clock);
    private final Feed feed = SimNetwork.feedOfTwoLines(1_472, UdpLimits.defaults());
    private final UdpPublisher publisher = new UdpPublisher(feed, network.publisherIo(), UdpTransport.DEFAULT_POLICY, environment);
    private final Delivered delivered = new Delivered();

    @Test
    void whatOneLineLosesIsNotAskedForWhileTheOtherMayStillBringIt() throws IOException {
        var late = Faults.NONE.withDelay(1).withLongest(Duration.ofMillis(1));

        UdpCounters counters = play(Faults.NONE.withDrop(0.05), late);

        assertThat(counters.requests()).as("seed %d: %s", SEED, counters).isZero();
        assertThat(network.faultCounts().of(FaultKind.DROP)).isPositive();
    }

    @Test
    void whatOneLineLosesIsHardlyAskedForThoughTheOtherIsFarBehind() throws IOException {
        var late = Faults.NONE.withDelay(1).withLongest(Duration.ofMillis(20));

        UdpCounters counters = play(Faults.NONE.withDrop(0.05), late);

        // How far, it has to see first.
        assertThat(counters.requests()).as("seed %d: %s", SEED, counters).isLessThanOrEqualTo(EVENTS * 5 / 1_000);
        assertThat(network.faultCounts().of(FaultKind.DROP)).isGreaterThan(EVENTS * 3 / 100);
    }

    @Test
    void whatOneLineLosesIsHardlyAskedForThoughTheOtherStandsStillNowAndThen() throws IOException {
        UdpCounters counters = play(6 * EVENTS, Faults.NONE.withDrop(0.05), Faults.NONE.withDrop(0.05), step -> {
            // 90 ms of each 200 ms.
            if (step % 4_000 == 1_000) {
                network.holdSecondLine();
            } else if (step % 4_000 == 2_800) {
                network.releaseSecondLine();
            }
        });

        assertThat(counters.repaired()).as("seed %d: %s", SEED, counters).isPositive().isLessThanOrEqualTo(6 * EVENTS * 5 / 1_000);
    }

    @Test
    void whatOneLineLosesIsRepairedThoughTheOtherBringsNothingAnyMore() throws IOException {
        UdpCounters counters = play(EVENTS, Faults.NONE.withDrop(0.05), Faults.NONE, step -> {
            if (step == 1_000) {
                network.holdSecondLine();
            }
        });

        assertThat(counters.repaired()).as("seed %d: %s", SEED, counters).isGreaterThan(EVENTS * 2 / 100);
        // It is waited for once, and not again for each loss.
        assertThat(clock.nanoTime() - startNs).isLessThan(Duration.ofMillis(600).toNanos());
    }

    @Test
    void ofFivePercentLostOnEachLineLittleIsLeftToRepair() throws IOException {
        UdpCounters counters = play(Faults.NONE.withDrop(0.05), Faults.NONE.withDrop(0.05));

        assertThat(counters.repaired()).as("seed %d: %s", SEED, counters).isPositive().isLessThanOrEqualTo(EVENTS * 5 / 1_000);
        assertThat(counters.duplicates()).isGreaterThan(EVENTS * 8 / 10);
    }

    @Test
    void whatBothLinesLoseIsRepaired() throws IOException {
        UdpCounters counters = play(Faults.NONE.withDrop(0.2), Faults.NONE.withDrop(0.2));

        assertThat(counters.repaired()).as("seed %d: %s", SEED, counters).isPositive();
    }

    private UdpCounters play(Faults first, Faults second) throws IOException {
        return play(EVENTS, first, second, step -> { });
    }

    private UdpCounters play(int events, Faults first, Faults second, IntConsumer before) throws IOException {
        var subscriber = new UdpSubscriber(feed, network.subscriberIoOfTwoLines(first, second), UdpTransport.UNRELIABLE_DEFAULT_POLICY, environment);
        Subscription subscription = subscriber.subscribePolled(Interest.inAll());
        int published = 0;
        for (int step = 0; delivered.count < events; step++) {
            assertThat(step).as("seed %d: not delivered in time: %s", SEED, subscriber.counters()).isLessThan(1_000_000);
            before.accept(step);
            if (published < events) {
                assertThat(publisher.publish(Event.of("a.b", published + ""))).isEqualTo(PublishResult.ACCEPTED);
                published++;
            }
            clock.advance(STEP);
            publisher.doWork(0);
            subscriber.doWork(0);
            subscription.poll(delivered, Integer.MAX_VALUE);
        }
        assertThat(subscription.sums().difference()).isZero();
        assertThat(subscription.sums().duplicates()).as("copies that came second").isPositive();
        return subscriber.counters();
    }

    private static final class Delivered implements EventHandler {
        private int count;

        @Override
        public void onEvent(Delivery delivery) {
            assertThat(delivery.event().text()).isEqualTo(count + "");
            count++;
        }

        @Override
        public void onGap(Gap gap) {
            throw new AssertionError(gap);
        }
    }
}
