package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.Gap;
import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.PublishResult;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.testkit.Faults;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events larger than a datagram: sizes around every boundary, under loss, among small ones; and what becomes of lost parts. */
class FragmentTest {

    private static final String TOPIC = "prices.eurusd";
    /** A compact frame of text: one word before the data. */
    private static final int FRAME_BYTES = 4;
    private static final FlowPolicy AT_ONCE = FlowPolicy.backPressure(new Limit(10_000, 64L << 20), Duration.ZERO);
    private static final FlowPolicy GIVING_UP = FlowPolicy.dropOldest(new Limit(10_000, 64L << 20));

    @ParameterizedTest
    @ValueSource(ints = {548, 1_000, 1_472, 9_000, 33_000, 65_507})
    void sizesAroundEveryBoundaryArriveWholeUnderLoss(int datagramBytes) throws IOException {
        var scene = new SimScene(datagramBytes, datagramBytes, UdpLimits.defaults().withRetainedBytes(1 << 20), AT_ONCE);
        var bad = Faults.NONE.withDrop(0.1).withReorder(0.05).withDuplicate(0.05);
        SimListener listener = scene.listen(scene.feedFrom(new Start.Live()), bad, bad, Interest.inAll());
        scene.meet(1);
        List<Integer> sizes = sizes(datagramBytes);
        for (int size : sizes) {
            publish(scene, size);
            publish(scene, 20);
        }
        scene.end();
        listener.verify(0, 2L * sizes.size(), 0);
    }

    private static List<Integer> sizes(int datagramBytes) {
        int room = datagramBytes - DatagramLayout.HEADER_BYTES - 1 - TOPIC.length() - FRAME_BYTES;
        int part = datagramBytes - DatagramLayout.HEADER_BYTES - DatagramLayout.FRAGMENT_FIXED_BYTES;
        int perChunk = Chunk.BYTES / datagramBytes * part;
        var sizes = new ArrayList<Integer>();
        for (int around : new int[] {room, part, 2 * part, perChunk, 2 * perChunk, 1 << 16}) {
            // A full frame takes some more bytes than a compact one, at most so many.
            for (int less : new int[] {-1, 0, 1, 8, 16, 17, 18, 19, 20, 21, 22, 23, 24, 32}) {
                sizes.add(around - less);
            }
        }
        return sizes;
    }

    private static void publish(SimScene scene, int size) throws IOException {
        for (int i = 0; scene.publishOne(size) != PublishResult.ACCEPTED; i++) {
            assertThat(i).as("steps without room").isLessThan(10_000);
            scene.step(Duration.ofMillis(1));
        }
        scene.step(SimScene.TICK);
    }

    @Test
    void anEventOfOneMebibyteArrivesThroughALogOfAQuarterOfThat() throws IOException {
        var scene = new SimScene(2, 1_472, UdpLimits.defaults().withRetainedBytes(256 << 10), AT_ONCE);
        var bad = Faults.NONE.withDrop(0.05);
        SimListener listener = scene.listen(scene.feedFrom(new Start.Live()), bad, bad, Interest.inAll());
        scene.meet(1);
        for (int i = 0; i < 5; i++) {
            publish(scene, 1 << 20);
            publish(scene, 20);
        }
        scene.end();
        listener.verify(0, 10, 0);
    }

    @Test
    void anEventOfSixteenMebibytesArrives() throws IOException {
        var scene = new SimScene(3, 8_972, UdpLimits.defaults(), AT_ONCE);
        SimListener listener = scene.listen();
        publish(scene, 16 << 20);
        publish(scene, 20);
        scene.end();
        listener.verify(0, 2, 0);
        assertThat(scene.publishOneOf(new byte[(16 << 20) + (1 << 18)])).isEqualTo(PublishResult.CLOSED);
    }

    @Test
    void anEventAboveTheLargestFrameIsTooLarge() {
        var scene = new SimScene(3, 1_472, UdpLimits.defaults(), AT_ONCE);
        assertThat(scene.publishOneOf(new byte[(16 << 20) + (1 << 18)])).isEqualTo(PublishResult.TOO_LARGE);
        assertThat(scene.publisher.sums().difference()).isZero();
    }

    @Test
    void aLargeEventPassesAPublisherThatGivesUpAndOneThatNobodyHears() throws IOException {
        for (FlowPolicy policy : List.of(GIVING_UP, AT_ONCE, FlowPolicy.buffer(new Limit(10_000, 64L << 20)))) {
            var scene = new SimScene(3, 1_000, UdpLimits.defaults().withRetainedBytes(64 << 10), policy);
            for (int i = 0; i < 5; i++) {
                assertThat(scene.publishOne(1 << 20)).isEqualTo(PublishResult.ACCEPTED);
            }
            scene.step(SimScene.TICK);
            assertThat(scene.publisher.sums().difference()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 8, 9})
    void aPartThatIsGivenUpLosesExactlyThatEvent(int lostPart) throws IOException {
        var scene = new SimScene(4, 1_000, UdpLimits.defaults().withRetainedBytes(64 << 10), GIVING_UP);
        SimListener listener = scene.listen();
        scene.publish(8);
        scene.run(Duration.ofMillis(20));
        // 944 bytes each: ten parts, of which one is lost on the way; all of them leave at once.
        loseOne(scene, lostPart, 9_000);
        listener.stop();
        // While nobody asks, all of it is overwritten.
        scene.publish(8);
        listener.resume();
        listener.step();
        listener.stop();
        scene.publish(20_000);
        listener.resume();
        scene.run(Duration.ofSeconds(1));
        scene.end();
        assertThat(listener.gaps).isNotEmpty();
        assertThat(listener.gaps.getFirst().from()).isEqualTo(8);
        assertThat(listener.gaps.getFirst().reason()).isEqualTo(LossReason.NETWORK);
        listener.verify(0, scene.published(), listener.subscription.sums().lostTotal());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 8, 9})
    void aPartThatIsGivenUpLosesTheLastEventOfAStream(int lostPart) throws IOException {
        var scene = new SimScene(4, 1_000, UdpLimits.defaults(), GIVING_UP);
        // What it says does not arrive, so nobody repairs anything.
        SimListener listener = scene.listen(scene.feedFrom(new Start.Live()), Faults.NONE, Faults.NONE.withDrop(1), Interest.inAll());
        scene.publish(8);
        scene.run(Duration.ofSeconds(3));
        loseOne(scene, lostPart, 9_000);
        scene.run(Duration.ofMillis(20));
        scene.end();
        assertThat(listener.gaps).containsExactly(new Gap(scene.publisher.session(), 8, 8, 1, LossReason.NETWORK));
        // Where the first part is the lost one, nothing was begun.
        assertThat(listener.subscriber.counters().reassemblyDrops()).isEqualTo(lostPart == 0 ? 0 : 1);
        listener.verify(0, 9, 1);
    }

    private static void loseOne(SimScene scene, int lostPart, int size) throws IOException {
        scene.network.loseNext(lostPart);
        assertThat(scene.publishOne(size)).isEqualTo(PublishResult.ACCEPTED);
        scene.step(SimScene.TICK);
    }
}
