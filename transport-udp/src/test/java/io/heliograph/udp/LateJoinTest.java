package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Gap;
import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.Position;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.testkit.Faults;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Subscribers that come when much has been published already, and begin where they asked to. */
class LateJoinTest {

    private static final FlowPolicy POLICY = FlowPolicy.dropOldest(Limit.DEFAULT);
    private static final UdpLimits LITTLE = UdpLimits.defaults().withRetainedBytes(192 << 10);

    private SimScene scene(UdpLimits limits) throws IOException {
        var scene = new SimScene(3, 1_000, limits, POLICY);
        // The first is heard before anyone listens, so that nobody joins at its beginning.
        scene.publish(100);
        scene.run(Duration.ofMillis(50));
        return scene;
    }

    @Test
    void theOldestThatIsRetainedComesFirstThenAllThatFollows() throws IOException {
        SimScene scene = scene(UdpLimits.defaults());
        SimListener listener = scene.listen(new Start.Oldest());
        scene.publish(100);
        scene.run(Duration.ofMillis(500));
        scene.publish(100);
        scene.end();
        listener.verify(0, 300, 0);
        assertThat(listener.subscriber.counters().repaired()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void historyIsWholeWhateverTheNetworkDoes(long seed) throws IOException {
        var scene = new SimScene(seed, 1_000, UdpLimits.defaults(), FlowPolicy.backPressure(Limit.DEFAULT, Duration.ZERO));
        scene.publish(700);
        scene.run(Duration.ofMillis(50));
        var bad = Faults.NONE.withDrop(0.2).withDuplicate(0.1).withReorder(0.1).withDelay(0.1);
        SimListener listener = scene.listen(scene.feedFrom(new Start.Oldest()), bad, bad, Interest.inAll());
        scene.publish(700);
        scene.meet(1);
        scene.end();
        listener.verify(0, 1_400, 0);
    }

    @Test
    void whatIsNotRetainedIsNotTheNewcomers() throws IOException {
        SimScene scene = scene(LITTLE);
        scene.publish(20_000);
        SimListener listener = scene.listen(new Start.Oldest());
        scene.run(Duration.ofMillis(500));
        long oldest = listener.first();
        scene.publish(100);
        scene.end();
        assertThat(oldest).isBetween(20_100 - (192L << 10) / 40, 20_000L);
        assertThat(listener.gaps).isEmpty();
        listener.verify(oldest, scene.published(), 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 50, 99})
    void aPositionThatIsRetainedComesFirstThenAllThatFollows(int sequence) throws IOException {
        SimScene scene = scene(UdpLimits.defaults());
        SimListener listener = scene.listen(new Start.At(new Position(scene.publisher.session(), sequence)));
        scene.run(Duration.ofMillis(100));
        scene.publish(100);
        scene.end();
        listener.verify(sequence, 200, 0);
        assertThat(listener.subscription.sums().duplicates()).isZero();
    }

    @Test
    void aPositionBelowTheTrailIsOneExactGapThenAllThatIsRetained() throws IOException {
        SimScene scene = scene(LITTLE);
        scene.publish(20_000);
        SimListener oldest = scene.listen(new Start.Oldest());
        SimListener listener = scene.listen(new Start.At(new Position(scene.publisher.session(), 5)));
        scene.run(Duration.ofMillis(500));
        scene.end();
        long trail = oldest.first();
        assertThat(listener.gaps).containsExactly(new Gap(scene.publisher.session(), 5, trail - 1, trail - 5, LossReason.NETWORK));
        listener.verify(5, scene.published(), trail - 5);
    }

    @Test
    void aPositionThatIsYetToComeIsWaitedFor() throws IOException {
        SimScene scene = scene(UdpLimits.defaults());
        SimListener listener = scene.listen(new Start.At(new Position(scene.publisher.session(), 150)));
        scene.run(Duration.ofMillis(100));
        scene.publish(100);
        scene.end();
        listener.verify(150, 200, 0);
    }

    @Test
    void aPositionOfAnotherSessionBeginsLive() throws IOException {
        SimScene scene = scene(UdpLimits.defaults());
        SimListener listener = scene.listen(new Start.At(new Position(scene.publisher.session() + 1, 5)));
        scene.publish(100);
        scene.end();
        listener.verify(100, 200, 0);
    }

    @Test
    void whoeverJoinsLiveGetsNoHistory() throws IOException {
        SimScene scene = scene(UdpLimits.defaults());
        SimListener listener = scene.listen();
        scene.run(Duration.ofMillis(300));
        assertThat(listener.first()).isEqualTo(-1);
        scene.publish(100);
        scene.end();
        listener.verify(100, 200, 0);
        assertThat(listener.subscriber.counters().requests()).isZero();
    }

    @Test
    void whoeverWantsHistoryOfAPublisherThatHearsNobodyBeginsWithWhatItHeardFirst() throws IOException {
        SimScene scene = scene(UdpLimits.defaults());
        SimListener listener = scene.listen(scene.feedFrom(new Start.Oldest()), Faults.NONE, Faults.NONE.withDrop(1), Interest.inAll());
        // Nothing it says arrives, and all heartbeats are lost as well.
        scene.publish(1);
        scene.network.link().cut();
        scene.run(Duration.ofSeconds(3));
        assertThat(listener.first()).isEqualTo(100);
        assertThat(listener.subscription.sums().difference()).isZero();
    }

    @Test
    void whoeverHeardTheEndButNotAllOfItIsToldWhatIsLostAndOfNoUnknownTail() throws IOException {
        SimScene scene = scene(UdpLimits.defaults());
        SimListener listener = scene.listen(scene.feedFrom(new Start.Oldest()), Faults.NONE, Faults.NONE.withDrop(1), Interest.inAll());
        scene.publish(10);
        scene.end();
        scene.run(Duration.ofSeconds(6), Duration.ofMillis(10));
        listener.verify(0, 110, 100);
        assertThat(scene.notices.of(Notice.TailUnknown.class)).isEmpty();
    }

    @Test
    void historyOfASessionThatWasForgottenAndIsHeardAgainIsNotHandledTwice() throws IOException {
        SimScene scene = scene(UdpLimits.defaults().withSessions(1));
        SimListener listener = scene.listen(new Start.Oldest());
        scene.run(Duration.ofMillis(100));
        listener.verify(0, 100, 0);
        // The session falls silent; another takes its only place, and falls silent too.
        listener.stop();
        scene.network.link().cut();
        var other = new UdpPublisher(scene.feedFrom(new Start.Live()), scene.network.publisherIo(), POLICY, scene.environment);
        scene.clock.advance(Duration.ofSeconds(6));
        scene.network.link().heal();
        other.doWork(0);
        listener.subscriber.doWork(0);
        scene.clock.advance(Duration.ofSeconds(6));
        listener.subscriber.doWork(0);
        scene.publish(10);
        listener.resume();
        scene.run(Duration.ofMillis(200));
        assertThat(listener.subscription.sums().difference()).isZero();
        assertThat(listener.next()).isEqualTo(110);
        assertThat(listener.count()).isEqualTo(110);
    }
}
