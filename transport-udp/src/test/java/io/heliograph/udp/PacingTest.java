package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Interest;
import io.heliograph.PublishResult;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.testkit.Faults;
import io.heliograph.testkit.SimReceiver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code rate=} says leaves, in bytes on all lines together, and under back-pressure nothing is dropped for it. */
class PacingTest {

    @ParameterizedTest
    @CsvSource({"100000, 1, 1000", "1000000, 1, 1472", "50000000, 1, 1472", "20000000, 1, 8972", "2000000, 2, 1472"})
    void asManyBytesASecondLeaveAsTheRateSaysAndNothingIsDropped(long rate, int lines, int datagramBytes) throws IOException {
        Feed plain = SimNetwork.feedOfTwoLines(datagramBytes, UdpLimits.defaults());
        var feed = new Feed(plain.address(), plain.targets().subList(0, lines), datagramBytes, true, OptionalLong.of(rate), plain.share(),
                plain.start(), plain.key(), plain.limits());
        var scene = new SimScene(17, feed, FlowPolicy.backPressure(Limit.events(1_000), Duration.ZERO));
        SimListener listener = scene.listen(new Feed(feed.address(), List.of(SimNetwork.GROUP), datagramBytes, true, OptionalLong.empty(),
                feed.share(), feed.start(), feed.key(), feed.limits()), Faults.NONE, Faults.NONE, Interest.inAll());
        scene.meet(1);
        SimReceiver wire = scene.network.link().receiver(Faults.NONE);
        fill(scene);
        scene.step(Duration.ofMillis(20));
        events(wire);
        long startNs = scene.clock.nanoTime();
        long bytes = 0;
        while (scene.clock.nanoTime() - startNs < Duration.ofMillis(1_000).toNanos()) {
            fill(scene);
            scene.step(Duration.ofNanos(250_000));
            bytes += events(wire);
        }
        assertThat(bytes * lines).isCloseTo(rate, Percentage.withPercentage(2));
        assertThat(scene.publisher.sums().dropped()).isZero();
        scene.end();
        listener.verify(0, scene.published(), 0);
    }

    private static void fill(SimScene scene) {
        for (int i = 0; i < 2_000 && scene.publishOne(400) == PublishResult.ACCEPTED; i++) {
            // Until there is no room, or enough for a while.
        }
    }

    private static long events(SimReceiver wire) {
        long bytes = 0;
        for (Optional<byte[]> next = wire.poll(); next.isPresent(); next = wire.poll()) {
            int type = ByteBuffer.wrap(next.get()).order(ByteOrder.LITTLE_ENDIAN).get(DatagramLayout.VERSION_AND_TYPE_AT) & 0x0f;
            bytes += type == DatagramLayout.DATA ? next.get().length : 0;
        }
        return bytes;
    }
}
