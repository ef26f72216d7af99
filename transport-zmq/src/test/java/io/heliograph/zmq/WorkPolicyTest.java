package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.LossReason;
import io.heliograph.PublishResult;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.RecordedSubscription;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What each policy does to what waits for a group. */
@Timeout(60)
class WorkPolicyTest {

    private final CountDownLatch stalled = new CountDownLatch(1);

    private static WorkScene scene(String policy, String settings) {
        return WorkScene.inProcess("&prefetch=1" + settings, FlowPolicy.parse(policy), Environment.system());
    }

    /** A group of one worker that has event 0 in its hands. */
    private void stall(WorkScene scene) {
        RecordedSubscription worker = scene.worker("a", d -> stalled.await(WorkScene.PATIENCE.toSeconds(), TimeUnit.SECONDS));
        scene.publish(0, 1);
        scene.until(() -> worker.sums().inFlight() == 1);
    }

    private static Set<String> texts(int... numbers) {
        var texts = new HashSet<String>();
        IntStream.of(numbers).forEach(number -> texts.add(Integer.toString(number)));
        return texts;
    }

    private void finish(WorkScene scene) {
        stalled.countDown();
        scene.settle("a");
        scene.witness.requireSound(scene.sums("a"));
        scene.witness.requireSound(scene.publisher, 0);
    }

    @Test
    void dropOldestKeepsTheLast() {
        try (var scene = scene("drop-oldest:3", "")) {
            stall(scene);
            scene.publish(1, 10);
            finish(scene);
            assertThat(scene.witness.handled("a")).isEqualTo(texts(0, 7, 8, 9));
            assertThat(scene.sums("a").lost()).isEqualTo(Map.of(LossReason.OVERFLOW, 6L));
        }
    }

    @Test
    void dropNewestKeepsTheFirst() {
        try (var scene = scene("drop-newest:3", "")) {
            stall(scene);
            scene.publish(1, 4);
            assertThat(scene.publish(4)).isEqualTo(PublishResult.DROPPED);
            finish(scene);
            assertThat(scene.witness.handled("a")).isEqualTo(texts(0, 1, 2, 3));
            assertThat(scene.publisher.sums().dropped()).isEqualTo(1);
        }
    }

    @Test
    void bufferKeepsWhatItCanAndThenDoesAsItSays() {
        try (var scene = scene("buffer:3,then=drop-oldest", "")) {
            stall(scene);
            scene.publish(1, 6);
            finish(scene);
            assertThat(scene.witness.handled("a")).isEqualTo(texts(0, 3, 4, 5));
        }
    }

    @Test
    void backPressureRefusesWhenItsWaitIsOver() {
        try (var scene = scene("backpressure:3,wait=20ms", "")) {
            stall(scene);
            scene.publish(1, 4);
            assertThat(scene.publish(4)).isEqualTo(PublishResult.BACK_PRESSURED);
            finish(scene);
            assertThat(scene.witness.handled("a")).isEqualTo(texts(0, 1, 2, 3));
        }
    }

    @Test
    void backPressureWaitsForRoom() {
        try (var scene = scene("backpressure:3,wait=30s", "")) {
            stall(scene);
            scene.publish(1, 4);
            var result = CompletableFuture.supplyAsync(() -> scene.publish(4));
            assertThat(result).isNotDone();
            stalled.countDown();
            assertThat(result.orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo(PublishResult.ACCEPTED);
            finish(scene);
            assertThat(scene.witness.handled("a")).hasSize(5);
        }
    }

    @Test
    void aGroupThatIsFullLosesUnderDropWhileAnotherTakes() {
        try (var scene = scene("drop-newest:2", "")) {
            stall(scene);
            scene.worker("b", d -> { });
            for (int i = 1; i < 9; i++) {
                assertThat(scene.publish(i)).isEqualTo(PublishResult.ACCEPTED);
                scene.settle("b");
            }
            finish(scene);
            assertThat(scene.sums("a").lost()).isEqualTo(Map.of(LossReason.OVERFLOW, 6L));
            assertThat(scene.sums("b").lost()).isEmpty();
            assertThat(scene.sums("b").acknowledged()).isEqualTo(8);
        }
    }

    @Test
    void aWorkerHoldsNoMoreBytesThanItsWindow() {
        try (var scene = WorkScene.inProcess("&prefetch=100&window=4KiB")) {
            RecordedSubscription worker = scene.worker("a", d -> stalled.await(WorkScene.PATIENCE.toSeconds(), TimeUnit.SECONDS));
            for (int i = 0; i < 10; i++) {
                String padded = i + "x".repeat(1_500);
                assertThat(scene.witness.publish(scene.publisher, Event.of("work", padded))).isEqualTo(PublishResult.ACCEPTED);
            }
            scene.until(() -> worker.sums().inFlight() == 3);
            assertThat(scene.sums("a").inFlight()).isEqualTo(3);
            finish(scene);
            assertThat(scene.sums("a").acknowledged()).isEqualTo(10);
        }
    }
}
