package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Notice;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.ManualClock;
import io.heliograph.testkit.RecordedSubscription;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Deadlines through all of it, on a clock that is moved by hand. */
@Timeout(60)
class WorkDeadlineTest {

    private static final Duration DEADLINE = Duration.ofSeconds(2);

    private final ManualClock clock = new ManualClock();
    private final Environment environment = new Environment(clock, clock, new SplittableRandom(1), notice -> { });

    @Test
    void handsOnWhatIsNotAcknowledgedInTime() {
        var stalled = new CountDownLatch(1);
        try (var scene = WorkScene.inProcess("&deadline=2s&prefetch=3&evict=1h", WorkConfig.DEFAULT_POLICY, environment)) {
            RecordedSubscription slow = scene.worker("a", d -> stalled.await(WorkScene.PATIENCE.toSeconds(), TimeUnit.SECONDS));
            scene.publish(0, 3);
            scene.until(() -> slow.sums().inFlight() == 3);
            clock.advance(DEADLINE.minusNanos(1));
            RecordedSubscription quick = scene.worker("a", d -> { });
            assertThat(scene.sums("a").overdue()).isZero();
            clock.advance(Duration.ofNanos(1));
            scene.until(() -> quick.sums().delivered() == 3);
            // What it had not begun is not its own any longer.
            scene.until(() -> slow.sums().inFlight() == 1);
            assertThat(quick.deliveries()).allMatch(delivery -> delivery.deliveryCount() == 2);
            stalled.countDown();
            scene.until(() -> scene.sums("a").late() == 1);
            GroupSums sums = scene.sums("a");
            assertThat(sums.acknowledged()).isEqualTo(3);
            assertThat(sums.overdue()).isEqualTo(3);
            assertThat(sums.redelivered()).isEqualTo(3);
            assertThat(slow.sums().delivered()).isEqualTo(1);
            assertThat(slow.sums().known()).isEqualTo(1);
            scene.witness.requireSound(sums);
            scene.witness.requireSound(scene.publisher, 0);
            // Having finished, it is given work again.
            scene.publish(3, 20);
            scene.until(() -> slow.sums().delivered() > 1);
            scene.settle("a");
            scene.witness.requireSound(scene.sums("a"));
        }
    }

    @Test
    void burysWhatNobodyEverFinishes() {
        var stalled = new CountDownLatch(1);
        try (var scene = WorkScene.inProcess("&deadline=2s&prefetch=1&deliveries=2&evict=1h", WorkConfig.DEFAULT_POLICY, environment)) {
            scene.worker("a", d -> stalled.await(WorkScene.PATIENCE.toSeconds(), TimeUnit.SECONDS));
            scene.worker("a", d -> stalled.await(WorkScene.PATIENCE.toSeconds(), TimeUnit.SECONDS));
            scene.publish(0, 1);
            scene.until(() -> scene.sums("a").inFlight() == 1);
            clock.advance(DEADLINE);
            scene.until(() -> scene.sums("a").redelivered() == 1);
            clock.advance(DEADLINE);
            scene.until(() -> scene.notices.of(Notice.DeadLettered.class).size() == 1);
            assertThat(scene.notices.of(Notice.DeadLettered.class).getFirst().why()).isEqualTo("its deadline passed");
            assertThat(scene.sums("a").lostTotal()).isEqualTo(1);
            assertThat(scene.sums("a").difference()).isZero();
            stalled.countDown();
        }
    }
}
