package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.Gap;
import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.PublishResult;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.CollectedNotices;
import io.heliograph.testkit.Faults;
import io.heliograph.testkit.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a publisher gives up before it was sent is told by its reason and exact number. */
class RateLossTest {

    private static final int EVENTS = 20_000;
    private static final FlowPolicy DROP = FlowPolicy.dropOldest(Limit.DEFAULT);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatTheRateRefusesIsToldAsLostToTheRate(boolean isSealed) throws IOException {
        Feed feed = slow(Optional.of(TestKey.of(1)).filter(key -> isSealed), true, 256 << 10);
        var scene = new SimScene(9, feed, DROP);
        SimListener first = scene.listen(feed, Faults.NONE, Faults.NONE, Interest.inAll());
        SimListener second = scene.listen(feed, Faults.NONE, Faults.NONE, Interest.inAll());
        publish(scene);
        scene.end();
        assertThat(first.gaps).isNotEmpty().allMatch(gap -> gap.reason() == LossReason.RATE);
        long lost = first.gaps.stream().mapToLong(Gap::count).sum();
        assertThat(lost).isBetween(5_000L, 19_000L);
        assertThat(scene.publisher.datagramsSkipped()).isPositive();
        first.verify(0, EVENTS, lost);
        second.verify(0, EVENTS, lost);
        assertThat(first.subscription.sums().lost()).isEqualTo(Map.of(LossReason.RATE, lost));
        assertThat(first.subscriber.counters().malformed()).isEmpty();
    }

    @Test
    void whereNothingIsRepairedItIsToldToo() throws IOException {
        Feed feed = slow(Optional.empty(), false, 256 << 10);
        var scene = new SimScene(9, feed, DROP);
        SimListener listener = scene.listen(feed, Faults.NONE, Faults.NONE, Interest.inAll());
        publish(scene);
        scene.end();
        assertThat(listener.gaps).isNotEmpty().allMatch(gap -> gap.reason() == LossReason.RATE);
        listener.verify(0, EVENTS, listener.subscription.sums().lostTotal());
    }

    @Test
    void allIsAccountedForWhereNoticesAndDatagramsAreLostToo() throws IOException {
        long toRate = 0;
        long toNetwork = 0;
        for (long seed = 1; seed <= 20; seed++) {
            var bad = Faults.NONE.withDrop(0.1).withReorder(0.05).withDuplicate(0.05).withDelay(0.1);
            Feed feed = slow(Optional.empty(), true, 256 << 10);
            var scene = new SimScene(seed, feed, DROP);
            SimListener listener = scene.listen(feed, bad, bad, Interest.inAll());
            publish(scene);
            scene.end();
            scene.run(Duration.ofSeconds(6), Duration.ofMillis(20));
            Map<LossReason, Long> lost = listener.subscription.sums().lost();
            assertThat(lost.keySet()).as("seed %d", seed).isSubsetOf(LossReason.RATE, LossReason.NETWORK);
            toRate += lost.getOrDefault(LossReason.RATE, 0L);
            toNetwork += lost.getOrDefault(LossReason.NETWORK, 0L);
            listener.verify(0, EVENTS, listener.subscription.sums().lostTotal());
        }
        assertThat(toRate).isGreaterThan(5 * toNetwork);
    }

    @Test
    void whatTheSocketHasNoRoomForIsToldAsLostToOverflow() throws IOException {
        var clock = new ManualClock();
        var environment = new Environment(clock, clock, new Random(9), new CollectedNotices());
        var network = new SimNetwork(9, clock);
        Feed feed = SimNetwork.feed(1_000, true, UdpLimits.defaults().withRetainedBytes(256 << 10));
        var io = new FaultyIo(network.publisherIo());
        var listener = new SimListener(new UdpSubscriber(feed, network.subscriberIo(Faults.NONE),
                UdpTransport.UNRELIABLE_DEFAULT_POLICY, environment), Interest.inAll());
        clock.advance(Duration.ofMillis(1));
        var publisher = new UdpPublisher(feed, io, DROP, environment);
        for (int i = 0; i < EVENTS; i++) {
            io.beFull(i > 100 && i < EVENTS - 100);
            assertThat(publisher.publish(Event.of("a.b", SimScene.text(i, 40)))).isEqualTo(PublishResult.ACCEPTED);
            if (i % 50 == 0) {
                clock.advance(Duration.ofMillis(1));
                publisher.doWork(0);
                listener.step();
            }
        }
        for (int i = 0; i < 1_000; i++) {
            clock.advance(Duration.ofMillis(1));
            publisher.doWork(0);
            listener.step();
        }
        assertThat(listener.gaps).hasSize(1).allMatch(gap -> gap.reason() == LossReason.OVERFLOW);
        listener.verify(0, EVENTS, listener.gaps.getFirst().count());
    }

    private static void publish(SimScene scene) throws IOException {
        for (int i = 0; i < EVENTS; i++) {
            assertThat(scene.publishOne(40)).isEqualTo(PublishResult.ACCEPTED);
            if (i % 50 == 0) {
                scene.step(Duration.ofMillis(1));
            }
        }
        scene.run(Duration.ofSeconds(10), Duration.ofMillis(1));
    }

    private static Feed slow(Optional<PresharedKey> key, boolean isReliable, int retainedBytes) {
        UdpLimits limits = UdpLimits.defaults().withRetainedBytes(retainedBytes);
        Feed feed = SimNetwork.feed(1_000, isReliable, key, limits);
        return new Feed(feed.address(), feed.targets(), 1_000, isReliable, OptionalLong.of(100_000), feed.share(), feed.start(), key,
                limits);
    }
}
