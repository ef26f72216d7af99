package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Interest;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.testkit.Faults;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a subscriber asks for what is missing, how often, and for what. */
class RepairTimingTest {

    private static final Duration REORDERING = Duration.ofNanos(100_000);

    private final SimScene scene = new SimScene(19, 1_000, UdpLimits.defaults(), FlowPolicy.dropOldest(Limit.DEFAULT));
    private final SimListener listener = scene.listen(scene.feedFrom(new Start.Live()), Faults.NONE, Faults.NONE, Interest.inAll());

    private long requests() {
        return listener.subscriber.counters().requests();
    }

    /** Publishes {@code count} events, one datagram each, of which the first is lost. */
    private void loseOneOf(int count) throws IOException {
        scene.network.loseNext(0);
        for (int i = 0; i < count; i++) {
            scene.publishOne(900);
            scene.publisher.doWork(0);
        }
        listener.step();
    }

    @Test
    void whatIsMerelyOvertakenIsGivenItsTimeToTheNanosecond() throws IOException {
        scene.meet(1);
        scene.run(Duration.ofMillis(20));
        loseOneOf(2);
        scene.clock.advance(REORDERING.minusNanos(1));
        listener.step();
        assertThat(requests()).isZero();
        scene.clock.advance(Duration.ofNanos(1));
        listener.step();
        assertThat(requests()).isEqualTo(1);
        scene.step(Duration.ofNanos(1));
        assertThat(listener.count()).isEqualTo(2);
        assertThat(listener.subscriber.counters().repaired()).isEqualTo(1);
        scene.run(Duration.ofMillis(200));
        assertThat(requests()).as("what has come is not asked for again").isEqualTo(1);
    }

    @Test
    void anUnansweredRequestIsRepeatedEverMoreSeldomAndAtLeastEachFiftyMilliseconds() throws IOException {
        scene.meet(1);
        scene.run(Duration.ofMillis(20));
        loseOneOf(2);
        List<Long> at = new ArrayList<>();
        long before = requests();
        // The publisher does nothing, so nobody answers.
        for (long ns = 0; ns < Duration.ofMillis(800).toNanos(); ns += 50_000) {
            scene.clock.advance(Duration.ofNanos(50_000));
            listener.step();
            if (requests() > before) {
                at.add(ns);
                before = requests();
            }
        }
        assertThat(at).hasSizeBetween(15, 40);
        for (int i = 2; i < at.size(); i++) {
            long wait = at.get(i) - at.get(i - 1);
            assertThat(wait).as("%s", at).isGreaterThanOrEqualTo(at.get(i - 1) - at.get(i - 2) - 50_000).isLessThanOrEqualTo(50_100_000);
        }
        scene.run(Duration.ofMillis(20));
        assertThat(listener.count()).isEqualTo(2);
    }

    @Test
    void manyHolesFitInFewRequestsAndWhatIsHeldIsNotAskedFor() throws IOException {
        scene.meet(1);
        scene.run(Duration.ofMillis(20));
        for (int i = 0; i < 40; i++) {
            loseOneOf(2);
        }
        for (int i = 0; i < 2; i++) {
            scene.clock.advance(REORDERING.plusNanos(1));
            listener.step();
        }
        assertThat(requests()).as("the first hole, then 32 ranges, then 7").isBetween(2L, 3L);
        scene.run(Duration.ofMillis(20));
        assertThat(listener.count()).isEqualTo(80);
        assertThat(scene.publisher.repairsToOne()).isEqualTo(40);
        assertThat(listener.subscription.sums().duplicates()).isZero();
    }
}
