package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.PublishResult;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.testkit.Faults;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Publishers that never wait: what they retain is overwritten, and whoever asks too late is told exactly what is gone. */
class OverwrittenLogTest {

    private static final UdpLimits LIMITS = UdpLimits.defaults().withRetainedBytes(256 << 10);

    static Stream<FlowPolicy> policies() {
        return Stream.of(FlowPolicy.dropOldest(Limit.DEFAULT), FlowPolicy.dropSameKey(Limit.DEFAULT), FlowPolicy.buffer(Limit.DEFAULT));
    }

    @ParameterizedTest
    @MethodSource("policies")
    void whatIsStillRetainedIsRepairedWhateverThePolicy(FlowPolicy policy) throws IOException {
        var scene = new SimScene(9, 1_000, LIMITS, policy);
        SimListener listener = scene.listen();
        scene.publish(100);
        scene.run(Duration.ofMillis(20));
        scene.network.link().cut();
        scene.publish(1_000);
        scene.network.link().heal();
        scene.publish(100);
        scene.end();
        listener.verify(0, 1_200, 0);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void whoeverAsksTooLateGetsOneExactGapAndNobodyWaits(FlowPolicy policy) throws IOException {
        var scene = new SimScene(9, 1_000, LIMITS, policy);
        SimListener listener = scene.listen();
        scene.publish(100);
        scene.run(Duration.ofMillis(20));
        scene.network.link().cut();
        scene.publish(30_000);
        scene.network.link().heal();
        scene.publish(100);
        scene.run(Duration.ofMillis(200));
        scene.publish(100);
        scene.end();
        assertThat(scene.publisher.sums().refused() + scene.publisher.sums().dropped()).isZero();
        assertThat(listener.gaps).hasSize(1);
        assertThat(listener.gaps.getFirst().from()).isEqualTo(100);
        assertThat(listener.gaps.getFirst().reason()).isEqualTo(LossReason.NETWORK);
        // 256 KiB in datagrams of eight events hold far fewer than were published meanwhile.
        assertThat(listener.gaps.getFirst().count()).isBetween(20_000L, 30_000L);
        listener.verify(0, scene.published(), listener.gaps.getFirst().count());
    }

    @ParameterizedTest
    @MethodSource("policies")
    void allIsAccountedForWhenMuchIsLostAndLittleIsRetained(FlowPolicy policy) throws IOException {
        for (long seed = 1; seed <= 20; seed++) {
            var scene = new SimScene(seed, 1_000, UdpLimits.defaults().withRetainedBytes(64 << 10), policy);
            var bad = Faults.NONE.withDrop(0.3).withReorder(0.05).withDuplicate(0.05).withDelay(0.2);
            SimListener listener = scene.listen(scene.feedFrom(new Start.Live()), bad, bad, Interest.inAll());
            for (int i = 0; i < 100; i++) {
                scene.publish(40);
                scene.step(Duration.ofNanos(200_000));
            }
            scene.meet(1);
            scene.end();
            scene.run(Duration.ofSeconds(6), Duration.ofMillis(20));
            listener.verify(0, scene.published(), listener.subscription.sums().lostTotal());
        }
    }

    @Test
    void dropNewestTurnsAwayOnlyWhatHasNoRoomAndCountsIt() throws IOException {
        var feed = SimNetwork.feed(1_000, true, LIMITS);
        var slow = new Feed(feed.address(), feed.targets(), 1_000, true, OptionalLong.of(10_000), feed.share(), feed.start(),
                feed.key(), LIMITS);
        var scene = new SimScene(9, slow, FlowPolicy.dropNewest(Limit.DEFAULT));
        SimListener listener = scene.listen();
        int dropped = 0;
        for (int i = 0; i < 20_000; i++) {
            dropped += scene.publishOne(40) == PublishResult.DROPPED ? 1 : 0;
        }
        assertThat(dropped).isPositive();
        assertThat(scene.publisher.sums().dropped()).isEqualTo(dropped);
        assertThat(scene.publisher.sums().offered()).isEqualTo(20_000);
        scene.run(Duration.ofSeconds(60), Duration.ofMillis(10));
        scene.end();
        listener.verify(0, scene.published(), 0);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void whatIsNotSentInTimeIsGivenUpWithAnExactGap(FlowPolicy policy) throws IOException {
        var feed = SimNetwork.feed(1_000, true, LIMITS);
        var slow = new Feed(feed.address(), feed.targets(), 1_000, true, OptionalLong.of(100_000), feed.share(), feed.start(),
                feed.key(), LIMITS);
        var scene = new SimScene(9, slow, policy);
        SimListener listener = scene.listen();
        for (int i = 0; i < 20_000; i++) {
            assertThat(scene.publishOne(40)).isEqualTo(PublishResult.ACCEPTED);
            if (i % 50 == 0) {
                scene.step(Duration.ofMillis(1));
            }
        }
        scene.run(Duration.ofSeconds(10), Duration.ofMillis(1));
        scene.end();
        long lost = listener.subscription.sums().lostTotal();
        assertThat(lost).isBetween(5_000L, 19_000L);
        listener.verify(0, 20_000, lost);
    }
}
