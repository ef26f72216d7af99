package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.AttributeValue;
import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.PublishResult;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.RecordedSubscription;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkQueueTest {

    private static final long PATIENCE_S = WorkScene.PATIENCE.toSeconds();

    @Test
    void handsEachEventToOneWorkerOfEachGroup() {
        try (var scene = WorkScene.overTcp("&prefetch=4")) {
            List<RecordedSubscription> a = List.of(scene.worker("a", d -> { }), scene.worker("a", d -> { }), scene.worker("a", d -> { }));
            scene.worker("b", d -> { });
            scene.worker("b", d -> { });
            scene.publish(0, 500);
            scene.settle("a");
            scene.settle("b");
            for (String group : List.of("a", "b")) {
                assertThat(scene.witness.handed(group)).hasSize(500);
                assertThat(scene.witness.handled(group)).hasSize(500);
                assertThat(scene.sums(group).redelivered()).isZero();
                scene.witness.requireSound(scene.sums(group));
            }
            assertThat(a).allSatisfy(worker -> assertThat(worker.deliveries()).isNotEmpty());
            scene.witness.requireSound(scene.publisher, 0);
        }
    }

    @Test
    void handsAWorkerNoMoreThanItWillHold() throws Exception {
        var stalled = new CountDownLatch(1);
        try (var scene = WorkScene.inProcess("&prefetch=3")) {
            RecordedSubscription slow = scene.worker("a", d -> stalled.await(PATIENCE_S, TimeUnit.SECONDS));
            scene.publish(0, 10);
            scene.until(() -> slow.sums().inFlight() == 3);
            assertThat(scene.sums("a").inFlight()).isEqualTo(3);
            assertThat(scene.sums("a").waiting()).isEqualTo(7);
            RecordedSubscription quick = scene.worker("a", d -> { });
            scene.until(() -> quick.sums().delivered() == 7);
            assertThat(slow.sums().inFlight()).isEqualTo(3);
            stalled.countDown();
            scene.settle("a");
            assertThat(slow.sums().delivered()).isEqualTo(3);
            scene.witness.requireSound(scene.sums("a"));
            scene.witness.requireSound(scene.publisher, 0);
        }
    }

    @Test
    void handsOnWhatAHandlerThrewAt() {
        try (var scene = WorkScene.overTcp("&deliveries=1000&prefetch=1")) {
            scene.worker("a", d -> {
                throw new IllegalStateException("never");
            });
            scene.worker("a", d -> { });
            scene.publish(0, 40);
            scene.settle("a");
            assertThat(scene.witness.handled("a")).hasSize(40);
            GroupSums sums = scene.sums("a");
            assertThat(sums.failures()).isPositive().isEqualTo(sums.redelivered());
            assertThat(sums.lost()).isEmpty();
            scene.witness.requireSound(sums);
            scene.witness.requireSound(scene.publisher, 0);
            assertThat(scene.notices.of(Notice.HandlerFailed.class)).isNotEmpty();
        }
    }

    @Test
    void publishesADeadLetterWithItsStory() {
        try (var scene = WorkScene.inProcess("&deliveries=3&dead-letter=dead.work")) {
            RecordedSubscription failing = scene.worker(scene.subscriber("a"), "a", Interest.in(TopicFilter.of("work")), d -> {
                throw new IllegalStateException("never");
            });
            RecordedSubscription morgue = scene.worker(scene.subscriber("dead"), "dead", Interest.in(TopicFilter.of("dead.*")), d -> { });
            Event event = Event.builder("work").data("7".getBytes(), "text/plain").subject("s").attribute("color", "red").build();
            assertThat(scene.witness.publish(scene.publisher, event)).isEqualTo(PublishResult.ACCEPTED);
            scene.until(() -> morgue.sums().delivered() == 1);
            assertThat(failing.deliveries()).extracting(Delivery::deliveryCount).containsExactly(1, 2, 3);
            GroupSums sums = scene.sums("a");
            assertThat(sums.lost()).isEqualTo(Map.of(LossReason.DEAD_LETTER, 1L));
            assertThat(sums.redelivered()).isEqualTo(2);
            scene.witness.requireSound(sums, Set.of("7"));
            scene.witness.requireSound(scene.publisher, 1);
            Event letter = morgue.deliveries().getFirst().event();
            assertThat(letter.topic()).isEqualTo("dead.work");
            assertThat(letter.text()).isEqualTo("7");
            assertThat(letter.contentType()).contains("text/plain");
            assertThat(letter.subject()).contains("s");
            assertThat(letter.attributes()).containsEntry("color", new AttributeValue.Text("red"))
                    .containsEntry("deadtopic", new AttributeValue.Text("work"))
                    .containsEntry("deadgroup", new AttributeValue.Text("a"))
                    .containsEntry("deadreason", new AttributeValue.Text("its handler threw"))
                    .containsEntry("deaddeliveries", new AttributeValue.Int(3))
                    .containsEntry("deadposition", new AttributeValue.Text(failing.deliveries().getFirst().position().toString()));
            assertThat(scene.notices.of(Notice.DeadLettered.class)).singleElement()
                    .satisfies(notice -> assertThat(notice.deliveries()).isEqualTo(3));
            // The worker that threw for the last time is told what it lost.
            scene.until(() -> failing.gaps().size() == 1);
            assertThat(failing.sums().lost()).isEqualTo(Map.of(LossReason.FAILED, 1L));
        }
    }

    @Test
    void makesADeadLetterOfADeadLetterNoMore() {
        try (var scene = WorkScene.inProcess("&deliveries=1&dead-letter=dead")) {
            scene.worker("a", d -> {
                throw new IllegalStateException("never");
            });
            scene.publish(0, 3);
            scene.until(() -> scene.notices.of(Notice.DeadLettered.class).size() == 6);
            scene.settle("a");
            assertThat(scene.sums("a").lost()).isEqualTo(Map.of(LossReason.DEAD_LETTER, 6L));
            assertThat(scene.sums("a").accepted()).isEqualTo(6);
            scene.witness.requireSound(scene.publisher, 3);
        }
    }

    @Test
    void refusesWhatNobodyIsThereToTake() {
        try (var scene = WorkScene.overTcp("")) {
            assertThat(scene.publish(0)).isEqualTo(PublishResult.NOT_CONNECTED);
            RecordedSubscription worker = scene.worker(scene.subscriber("a"), "a", Interest.in(TopicFilter.of("work")), d -> { });
            assertThat(scene.publish(1)).isEqualTo(PublishResult.ACCEPTED);
            assertThat(scene.witness.publish(scene.publisher, Event.of("other", "2"))).isEqualTo(PublishResult.NOT_CONNECTED);
            scene.settle("a");
            scene.leave(worker);
            assertThat(scene.publish(3)).isEqualTo(PublishResult.NOT_CONNECTED);
            assertThat(scene.publisher.sums().refused()).isEqualTo(3);
            scene.witness.requireSound(scene.sums("a"));
            scene.witness.requireSound(scene.publisher, 0);
        }
    }

    @Test
    void keepsWhatWaitsForItsGroupWhenTheOnlyWorkerLeaves() throws Exception {
        var stalled = new CountDownLatch(1);
        try (var scene = WorkScene.overTcp("&prefetch=4")) {
            RecordedSubscription first = scene.worker("a", d -> stalled.await(PATIENCE_S, TimeUnit.SECONDS));
            scene.publish(0, 10);
            scene.until(() -> first.sums().inFlight() == 4);
            Thread closing = Thread.ofVirtual().start(() -> scene.leave(first));
            scene.until(() -> first.sums().lost().getOrDefault(LossReason.LEFT, 0L) == 3);
            stalled.countDown();
            closing.join();
            scene.until(() -> scene.sums("a").waiting() == 9 && scene.sums("a").workers() == 0);
            RecordedSubscription second = scene.worker("a", d -> { });
            scene.settle("a");
            assertThat(first.sums().delivered()).isEqualTo(1);
            assertThat(second.sums().delivered()).isEqualTo(9);
            // Nobody had seen what was handed back.
            assertThat(scene.sums("a").lost()).isEmpty();
            scene.witness.requireSound(scene.sums("a"));
            scene.witness.requireSound(scene.publisher, 0);
        }
    }

    @Test
    void givesUpAGroupWithoutWorkersThatIsInOthersWay() {
        var policy = FlowPolicy.parse("backpressure:10,wait=10s");
        try (var scene = WorkScene.inProcess("&evict=1s", policy, Environment.system())) {
            scene.worker("a", d -> { });
            RecordedSubscription gone = scene.worker("b", d -> { });
            scene.leave(gone);
            scene.publish(0, 40);
            scene.settle("a");
            assertThat(scene.witness.handled("a")).hasSize(40);
            assertThat(scene.sums("b").lost()).isEqualTo(Map.of(LossReason.EVICTED, scene.sums("b").accepted()));
            assertThat(scene.sums("b").difference()).isZero();
            assertThat(scene.notices.of(Notice.SubscriberEvicted.class)).hasSize(1);
            scene.witness.requireSound(scene.sums("a"));
            scene.witness.requireSound(scene.publisher, 0);
            // It may come back, and begins at the next event.
            scene.worker("b", d -> { });
            scene.publish(40, 42);
            scene.settle("b");
            assertThat(scene.witness.handled("b")).containsExactlyInAnyOrder("40", "41");
        }
    }

    @Test
    void countsWhatIsLeftWhenItClosesAsLost() {
        var stalled = new CountDownLatch(1);
        try (var scene = WorkScene.inProcess("&prefetch=2&linger=50ms&evict=100ms")) {
            RecordedSubscription worker = scene.worker("a", d -> stalled.await(PATIENCE_S, TimeUnit.SECONDS));
            scene.publish(0, 10);
            scene.until(() -> worker.sums().inFlight() == 2);
            scene.publisher.close();
            assertThat(scene.sums("a").lost()).isEqualTo(Map.of(LossReason.CLOSED, 10L));
            assertThat(scene.sums("a").difference()).isZero();
            assertThat(scene.publish(10)).isEqualTo(PublishResult.CLOSED);
            scene.until(() -> worker.sums().lost().equals(Map.of(LossReason.CLOSED, 1L)));
            stalled.countDown();
            scene.until(() -> worker.sums().delivered() == 1 && worker.gaps().size() == 1);
            assertThat(worker.sums().difference()).isZero();
        }
    }
}
