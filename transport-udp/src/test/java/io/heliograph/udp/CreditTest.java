package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Gap;
import io.heliograph.Interest;
import io.heliograph.Notice;
import io.heliograph.PublishResult;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How far a publisher that presses back goes: as far as the slowest live subscriber allows. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CreditTest {

    private static final FlowPolicy AT_ONCE = FlowPolicy.backPressure(Limit.events(100), Duration.ZERO);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private SimScene scene(FlowPolicy policy) {
        return new SimScene(5, 1_000, UdpLimits.defaults().withRetainedBytes(256 << 10), policy);
    }

    /** Lets publisher and subscribers find one another. */
    private static SimScene met(SimScene scene, int subscribers) throws IOException {
        scene.publish(1);
        scene.run(Duration.ofMillis(20));
        assertThat(scene.publisher.subscribers()).isEqualTo(subscribers);
        return scene;
    }

    /** Publishes until there is no credit. */
    private static int fill(SimScene scene) throws IOException {
        int before = scene.published();
        for (int refused = 0; refused < 50;) {
            refused = scene.publishOne(40) == PublishResult.BACK_PRESSURED ? refused + 1 : 0;
            scene.step(SimScene.TICK);
            assertThat(scene.published() - before).isLessThan(100_000);
        }
        return scene.published() - before;
    }

    @Test
    void theSlowestLiveSubscribersCreditIsTheLimit() throws IOException {
        SimScene scene = scene(AT_ONCE);
        SimListener quick = scene.listen();
        SimListener slow = scene.listen();
        met(scene, 2);
        slow.stall();
        assertThat(fill(scene)).as("as many as the limit says").isEqualTo(100);
        assertThat(quick.count()).isEqualTo(101);
        slow.resume();
        scene.run(Duration.ofMillis(20));
        scene.publish(50);
        scene.end();
        quick.verify(0, scene.published(), 0);
        slow.verify(0, scene.published(), 0);
        assertThat(scene.publisher.sums().refused()).isEqualTo(50);
    }

    @Test
    void aSilentSubscriberIsEvictedWithANoticeAndPublishingGoesOn() throws IOException {
        SimScene scene = scene(AT_ONCE);
        SimListener quick = scene.listen();
        SimListener silent = scene.listen();
        met(scene, 2);
        silent.stop();
        fill(scene);
        scene.run(UdpLimits.defaults().eviction().minusMillis(200), Duration.ofMillis(10));
        assertThat(scene.publishOne(40)).isEqualTo(PublishResult.BACK_PRESSURED);
        assertThat(scene.notices.of(Notice.SubscriberEvicted.class)).isEmpty();
        scene.run(Duration.ofMillis(300), Duration.ofMillis(10));
        assertThat(scene.notices.of(Notice.SubscriberEvicted.class)).hasSize(1);
        assertThat(scene.publisher.subscribers()).isEqualTo(1);
        scene.publish(1_000);
        assertThat(quick.next()).isEqualTo(scene.published());
    }

    @Test
    void anEvictedSubscriberThatReturnsInTimeGoesOnExactly() throws IOException {
        SimScene scene = scene(AT_ONCE);
        SimListener evicted = scene.listen();
        met(scene, 1);
        evicted.stop();
        fill(scene);
        scene.run(Duration.ofSeconds(6), Duration.ofMillis(10));
        scene.publish(500);
        evicted.resume();
        scene.run(Duration.ofMillis(200));
        scene.publish(50);
        scene.end();
        evicted.verify(0, scene.published(), 0);
    }

    @Test
    void anEvictedSubscriberThatReturnsTooLateIsToldExactlyWhatIsGone() throws IOException {
        SimScene scene = scene(AT_ONCE);
        SimListener evicted = scene.listen();
        met(scene, 1);
        evicted.stop();
        fill(scene);
        scene.network.link().cut();
        scene.run(Duration.ofSeconds(6), Duration.ofMillis(10));
        scene.publish(30_000);
        scene.network.link().heal();
        evicted.resume();
        scene.run(Duration.ofSeconds(2));
        scene.publish(50);
        scene.end();
        assertThat(evicted.gaps).hasSize(1);
        Gap gap = evicted.gaps.getFirst();
        evicted.verify(0, scene.published(), gap.count());
        assertThat(gap.count()).isGreaterThan(20_000);
    }

    @Test
    void publishingWorksWithNoSubscriberAtAll() throws IOException {
        SimScene scene = scene(AT_ONCE);
        for (int i = 0; i < 50_000; i++) {
            assertThat(scene.publishOne(40)).isEqualTo(PublishResult.ACCEPTED);
        }
        assertThat(scene.publisher.sums().unheard()).isEqualTo(50_000);
        assertThat(scene.publisher.sums().difference()).isZero();
    }

    @Test
    void aWeakerSubscriptionAmongThoseWaitedForSlowsNobody() throws IOException {
        SimScene scene = scene(AT_ONCE);
        SimListener quick = scene.listen();
        SimListener weak = scene.listen(Interest.inAll().withPolicy(FlowPolicy.dropOldest(Limit.events(10))));
        met(scene, 2);
        weak.stall();
        for (int i = 0; i < 500; i++) {
            scene.publish(8);
        }
        assertThat(scene.publisher.sums().refused()).isZero();
        assertThat(quick.next()).isEqualTo(scene.published());
        weak.resume();
        scene.end();
        weak.verify(0, scene.published(), scene.published() - 11);
    }

    @Test
    void aStoppedWeakerSubscriberSlowsNobodyAndIsNotEvictedWithANotice() throws IOException {
        SimScene scene = scene(AT_ONCE);
        SimListener quick = scene.listen();
        SimListener weak = scene.listen(Interest.inAll().withPolicy(FlowPolicy.dropOldest(Limit.events(10))));
        met(scene, 2);
        weak.stop();
        for (int i = 0; i < 500; i++) {
            scene.publish(8);
        }
        scene.run(Duration.ofSeconds(7), Duration.ofMillis(10));
        assertThat(scene.notices.of(Notice.SubscriberEvicted.class)).isEmpty();
        assertThat(scene.publisher.subscribers()).isEqualTo(1);
        assertThat(quick.next()).isEqualTo(scene.published());
    }

    @Test
    void theWaitIsOverExactlyWhenItsTimeIs() throws Exception {
        SimScene scene = scene(FlowPolicy.backPressure(Limit.events(100), Duration.ofMillis(300)));
        CompletableFuture<PublishResult> waiting = wait(scene);
        scene.clock.advance(Duration.ofMillis(300).minusNanos(1));
        assertThat(scene.clock.awaitWaiting(1, PATIENCE)).isTrue();
        assertThat(waiting).isNotDone();
        scene.clock.advance(Duration.ofNanos(1));
        assertThat(waiting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(PublishResult.BACK_PRESSURED);
        assertThat(scene.publisher.sums().difference()).isZero();
    }

    @Test
    void whoeverWaitsGoesOnWhenTheSlowestMakesRoom() throws Exception {
        SimScene scene = scene(FlowPolicy.backPressure(Limit.events(100), Duration.ofSeconds(4)));
        SimListener slow = scene.listen();
        met(scene, 1);
        slow.stall();
        CompletableFuture<PublishResult> waiting = waitFor(scene);
        slow.resume();
        scene.run(Duration.ofMillis(5));
        assertThat(waiting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(PublishResult.ACCEPTED);
    }

    @Test
    void anInterruptEndsTheWaitAndTheThreadStaysInterrupted() throws Exception {
        SimScene scene = scene(FlowPolicy.backPressure(Limit.events(100), Duration.ofSeconds(4)));
        scene.listen();
        met(scene, 1);
        fillWithoutWork(scene);
        var result = new CompletableFuture<PublishResult>();
        var isInterrupted = new CompletableFuture<Boolean>();
        Thread thread = Thread.ofPlatform().start(() -> {
            result.complete(scene.publishOne(40));
            isInterrupted.complete(Thread.currentThread().isInterrupted());
        });
        assertThat(scene.clock.awaitWaiting(1, PATIENCE)).isTrue();
        thread.interrupt();
        assertThat(result.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(PublishResult.BACK_PRESSURED);
        assertThat(isInterrupted.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(scene.publisher.sums().difference()).isZero();
    }

    @Test
    void closingEndsTheWait() throws Exception {
        SimScene scene = scene(FlowPolicy.backPressure(Limit.events(100), Duration.ofSeconds(4)));
        CompletableFuture<PublishResult> waiting = wait(scene);
        scene.publisher.beginClose();
        assertThat(waiting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(PublishResult.CLOSED);
        scene.end();
    }

    @Test
    void aReplacedPolicyReachesSubscribersByHeartbeat() throws IOException {
        SimScene scene = scene(AT_ONCE);
        SimListener slow = scene.listen();
        met(scene, 1);
        slow.stall();
        assertThat(fill(scene)).isEqualTo(100);
        scene.publisher.replacePolicy(FlowPolicy.backPressure(Limit.events(250), Duration.ZERO));
        scene.run(Duration.ofMillis(5));
        assertThat(fill(scene)).as("the policy's larger room").isEqualTo(150);
        scene.publisher.replacePolicy(FlowPolicy.dropOldest(Limit.events(20)));
        scene.run(Duration.ofMillis(5));
        scene.publish(1_000);
        slow.resume();
        scene.end();
        // The 251 were promised a place; of the 1,000 the last policy keeps the last 20.
        assertThat(slow.gaps).hasSize(1);
        slow.verify(0, scene.published(), 980);
    }

    @Test
    void aPolicyThatGivesUpIsInForceBeforeAnySubscriberHasHeardOfIt() throws IOException {
        SimScene scene = scene(AT_ONCE);
        SimListener slow = scene.listen();
        met(scene, 1);
        slow.stall();
        fill(scene);
        scene.publisher.replacePolicy(FlowPolicy.dropOldest(Limit.events(20)));
        assertThat(scene.publishOne(40)).isEqualTo(PublishResult.ACCEPTED);
        slow.resume();
        scene.run(Duration.ofMillis(20));
        scene.end();
        slow.verify(0, scene.published(), 0);
    }

    @Test
    void aSubscriptionWithLessRoomThanAnAppenderHandsOverGetsAllOfIt() throws IOException {
        SimScene scene = scene(FlowPolicy.backPressure(Limit.events(10_000), Duration.ZERO));
        SimListener small = scene.listen(Interest.inAll().withPolicy(FlowPolicy.backPressure(Limit.events(100), Duration.ZERO)));
        met(scene, 1);
        UdpAppender appender = scene.publisher.appender("prices.eurusd");
        int accepted = 0;
        for (int i = 0; i < 100_000 && accepted < 3_000; i++) {
            byte[] text = (scene.published() + accepted + ":").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            if (appender.publish(text, 0, text.length) == PublishResult.ACCEPTED) {
                accepted++;
            }
            if (i % 100 == 99) {
                appender.flush();
                scene.step(Duration.ofMillis(1));
            }
        }
        assertThat(accepted).isEqualTo(3_000);
        for (int i = 0; i < 1_000 && appender.flush() != PublishResult.ACCEPTED; i++) {
            scene.step(Duration.ofMillis(1));
        }
        scene.run(Duration.ofMillis(200));
        assertThat(small.count()).isEqualTo(3_001);
        assertThat(small.gaps).isEmpty();
    }

    /** A thread that waits for room behind a stalled subscriber. */
    private static CompletableFuture<PublishResult> wait(SimScene scene) throws Exception {
        SimListener slow = scene.listen();
        met(scene, 1);
        slow.stall();
        return waitFor(scene);
    }

    private static CompletableFuture<PublishResult> waitFor(SimScene scene) throws Exception {
        fillWithoutWork(scene);
        var result = new CompletableFuture<PublishResult>();
        Thread.ofPlatform().daemon().start(() -> result.complete(scene.publishOne(40)));
        assertThat(scene.clock.awaitWaiting(1, PATIENCE)).isTrue();
        return result;
    }

    /** Takes all the credit that the publisher knows of, while nobody reports. */
    private static void fillWithoutWork(SimScene scene) {
        for (int i = 0; i < 100; i++) {
            assertThat(scene.publishOne(40)).isEqualTo(PublishResult.ACCEPTED);
        }
    }
}
