package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.EventHandler;
import io.heliograph.Gap;
import io.heliograph.Heliograph;
import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.testkit.Recorder;
import io.heliograph.testkit.Trait;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A publisher that closes while a handler hangs: what it accepted is delivered, or its subscriber is told that it is lost. */
@Timeout(60)
class ClosingPublisherTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private final String address = Ports.freshAddress();
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicLong told = new AtomicLong();
    private int published;
    private final EventHandler hanging = new EventHandler() {
        @Override
        public void onEvent(Delivery delivery) throws Exception {
            release.await();
        }

        @Override
        public void onGap(Gap gap) {
            told.addAndGet(gap.count());
        }
    };

    private int publish(Publisher publisher, int most) {
        for (int i = 0; i < most; i++) {
            PublishResult result = publisher.publish(Event.of("numbers", Integer.toString(published++)));
            if (result != PublishResult.ACCEPTED) {
                assertThat(result).isEqualTo(PublishResult.BACK_PRESSURED);
                return i;
            }
        }
        return most;
    }

    @Test
    void deliversAllUnderBackPressureThoughTheHandlerHangsForLongerThanItLingers() throws Exception {
        var recorder = new Recorder(EnumSet.of(Trait.ORDERED, Trait.LOSSLESS));
        var own = (ZmqPublisher) Heliograph.publisher(address + "&linger=1ms", FlowPolicy.parse("backpressure:100,wait=1ms"));
        try (var publisher = recorder.publisher("p", own); var subscriber = Heliograph.subscriber(address)) {
            var subscription = recorder.subscription("s", subscriber, Interest.inAll(), hanging);
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            int accepted = publish(publisher, 10_000);
            assertThat(accepted).isBetween(100, 9_999);

            Thread closing = Thread.ofVirtual().start(publisher::close);
            assertThat(closing.join(Duration.ofMillis(300))).as("it waits").isFalse();
            release.countDown();

            assertThat(closing.join(SOON)).isTrue();
            await().atMost(SOON).until(() -> subscription.sums().delivered() == accepted);
            assertThat(subscription.sums().known()).isEqualTo(accepted);
            assertThat(subscription.sums().lostTotal()).isZero();
            assertThat(subscription.sums().difference()).isZero();
            assertThat(own.givenUp()).isZero();
            recorder.report().requireClean();
        }
    }

    @Test
    void tellsOneThatWouldRatherLoseOfAllThatItDoesNotGet() throws Exception {
        var recorder = new Recorder(EnumSet.of(Trait.ORDERED));
        var own = (ZmqPublisher) Heliograph.publisher(address + "&linger=300ms", FlowPolicy.parse("drop-oldest:100"));
        try (var publisher = recorder.publisher("p", own); var subscriber = Heliograph.subscriber(address)) {
            var subscription = recorder.subscription("s", subscriber, Interest.inAll(), hanging);
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            // Until what is new stays in its lane, which is full.
            long[] accepted = {0};
            await().pollInterval(Duration.ofMillis(1)).atMost(SOON).until(() -> {
                accepted[0] += publish(publisher, 100);
                return own.givenUp() > 1_000;
            });

            own.close();
            await().atMost(SOON).until(() -> subscription.sums().known() == accepted[0]);
            assertThat(subscription.sums().lost().keySet()).isSubsetOf(LossReason.OVERFLOW, LossReason.CLOSED);
            release.countDown();

            await().atMost(SOON).until(() -> subscription.sums().inFlight() == 0 && told.get() == subscription.sums().lostTotal());
            assertThat(subscription.sums().delivered() + told.get()).isEqualTo(accepted[0]);
            assertThat(subscription.sums().difference()).isZero();
            assertThat(own.givenUp()).isGreaterThan(1_000).isLessThanOrEqualTo(told.get());
            assertThat(publisher.sums().accepted()).isEqualTo(accepted[0]);
            assertThat(publisher.sums().difference()).isZero();
            recorder.report().requireClean();
        }
    }

    @Test
    void countsWhatAForeignSubscriberDidNotTake() throws Exception {
        var own = (ZmqPublisher) Heliograph.publisher(address + "&linger=300ms", FlowPolicy.parse("drop-newest:1000000,64MiB"));
        int accepted = 20_000;
        byte[] data = new byte[1 << 10];
        try (var peer = RawPeer.greeted(Ports.plain(address), "SUB")) {
            peer.send(RawPeer.subscription(new byte[0]));
            assertThat(own.awaitSubscribers(1, SOON)).isTrue();
            for (int i = 0; i < accepted; i++) {
                assertThat(own.publish("numbers", data, 0, data.length)).isEqualTo(PublishResult.ACCEPTED);
            }
            // It reads nothing at all.
            own.close();
            assertThat(own.givenUp()).isBetween(1L, (long) accepted);
        }
    }
}
