package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.Event;
import io.heliograph.Heliograph;
import io.heliograph.Interest;
import io.heliograph.PublishResult;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.testkit.Recorder;
import io.heliograph.testkit.Trait;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A subscriber whose handler hangs, and would rather have what is new: nothing crosses the wire only to be given up there. */
@Timeout(60)
class HungSubscriberTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int KEPT = 100;

    private final String address = Ports.freshAddress();

    @Test
    void isSentNoMoreThanItKeepsAndGetsTheNewestWhenItGoesOn() throws Exception {
        var recorder = new Recorder(EnumSet.of(Trait.ORDERED));
        var release = new CountDownLatch(1);
        var last = new StringBuffer();
        var own = (ZmqPublisher) Heliograph.publisher(address, FlowPolicy.parse("drop-oldest:" + KEPT));
        try (var publisher = recorder.publisher("p", own); var subscriber = Heliograph.subscriber(address)) {
            var subscription = recorder.subscription("s", subscriber, Interest.inAll(), delivery -> {
                release.await();
                last.replace(0, last.length(), delivery.event().text());
            });
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();

            int[] published = {0};
            await().pollInterval(Duration.ofMillis(1)).atMost(SOON).until(() -> {
                for (int i = 0; i < KEPT; i++) {
                    assertThat(publisher.publish(Event.of("numbers", Integer.toString(published[0]++)))).isEqualTo(PublishResult.ACCEPTED);
                }
                return own.givenUp() > 10 * KEPT;
            });
            long crossed = subscription.sums().known();
            for (int i = 0; i < 10 * KEPT; i++) {
                assertThat(publisher.publish(Event.of("numbers", Integer.toString(published[0]++)))).isEqualTo(PublishResult.ACCEPTED);
            }
            assertThat(subscription.sums().known()).as("nothing crosses while it hangs").isEqualTo(crossed);

            release.countDown();
            await().atMost(SOON).until(() -> subscription.sums().known() == published[0] && subscription.sums().inFlight() == 0);
            assertThat(last).hasToString(Integer.toString(published[0] - 1));
            assertThat(subscription.sums().difference()).isZero();
            assertThat(subscription.sums().lostTotal()).isGreaterThanOrEqualTo(own.givenUp());
            assertThat(publisher.sums().difference()).isZero();
            recorder.report().requireClean();
        }
    }

    @Test
    void losesTheOldestExactlyBesideOneThatMoves() throws Exception {
        var recorder = new Recorder(EnumSet.of(Trait.ORDERED));
        var release = new CountDownLatch(1);
        var handled = new AtomicInteger();
        var own = (ZmqPublisher) Heliograph.publisher(address, FlowPolicy.parse("backpressure:10000,64MiB,wait=20s"));
        try (var publisher = recorder.publisher("p", own);
                var moving = Heliograph.subscriber(address); var hanging = Heliograph.subscriber(address)) {
            var all = recorder.subscription("moving", moving, Interest.inAll(), delivery -> handled.incrementAndGet());
            Interest weaker = Interest.inAll().withPolicy(FlowPolicy.parse("drop-oldest:" + KEPT));
            var some = recorder.subscription("hanging", hanging, weaker, delivery -> release.await());
            assertThat(publisher.awaitSubscribers(2, SOON)).isTrue();

            // Long enough for its lane to rest, over and over: an event with a time to live wakes it.
            int[] published = {0};
            long endNs = System.nanoTime() + Duration.ofSeconds(1).toNanos();
            while (System.nanoTime() - endNs < 0 || own.givenUp() == 0) {
                for (int i = 0; i < 2_000; i++) {
                    var event = Event.builder("numbers").data(Integer.toString(published[0]++).getBytes(StandardCharsets.US_ASCII));
                    if (published[0] % 20_000 == 0) {
                        event.ttl(SOON);
                    }
                    assertThat(publisher.publish(event.build())).isEqualTo(PublishResult.ACCEPTED);
                }
            }
            release.countDown();
            await().atMost(SOON).until(() -> handled.get() == published[0] && some.sums().known() == published[0]
                    && some.sums().inFlight() == 0);
            assertThat(all.sums().lostTotal()).isZero();
            assertThat(some.sums().difference()).isZero();
            assertThat(some.sums().lostTotal()).isGreaterThanOrEqualTo(own.givenUp()).isLessThan(published[0] - KEPT + 1);
            assertThat(publisher.sums().difference()).isZero();
            recorder.report().requireClean();
        }
    }
}
