package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.NoticeListener;
import io.heliograph.PublishResult;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.spi.Environment;
import io.heliograph.time.Clock;
import io.heliograph.time.WallClock;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who makes room in a queue that is full and gives nothing up. Nothing is sent here. */
class OutboxRoomTest {

    private static final FlowPolicy PRESSING = FlowPolicy.backPressure(Limit.events(2), Duration.ofMinutes(5));

    @TempDir
    Path folder;

    private OutboxFixture fixture;
    private WebhookPublisher publisher;
    private Endpoint full;
    private Endpoint roomy;

    @BeforeEach
    void fill() {
        fixture = OutboxFixture.open(folder);
        full = fixture.add(OutboxFixture.spec("https://hooks.example.com/full").withPolicy(PRESSING));
        roomy = fixture.add(OutboxFixture.spec("https://hooks.example.com/roomy"));
        publisher = WebhookPublisher.open(fixture.outbox, Outbox.DEFAULT_TENANT, Environment.system());
        publisher.replacePolicy(PRESSING);
        fixture.outbox.endpoints().update(roomy.id(), spec -> spec.withPolicy(EndpointSpec.DEFAULT_POLICY)).join();
        for (int i = 0; i < 2; i++) {
            assertThat(publisher.publish(OutboxFixture.event(i))).isEqualTo(PublishResult.ACCEPTED);
        }
    }

    @AfterEach
    void close() {
        publisher.close();
        fixture.close();
    }

    private CompletableFuture<PublishResult> waiting() {
        var result = new CompletableFuture<PublishResult>();
        Thread.startVirtualThread(() -> result.complete(publisher.publish(Event.of("orders.late", "late"))));
        return result.orTimeout(20, TimeUnit.SECONDS);
    }

    @Test
    void getsOnWhenTheFullEndpointIsRemoved() {
        CompletableFuture<PublishResult> waiting = waiting();
        fixture.outbox.endpoints().remove(full.id()).join();
        assertThat(waiting.join()).isEqualTo(PublishResult.ACCEPTED);
        assertThat(fixture.sums(roomy).waiting()).isEqualTo(3);
        fixture.assertLaw();
    }

    @Test
    void getsOnWhenTheFullEndpointIsDisabledButNotWhenItIsPaused() {
        fixture.outbox.endpoints().pause(full.id()).join();
        assertThat(fixture.outbox.publish(OutboxFixture.event(2)).join().result()).isEqualTo(PublishResult.BACK_PRESSURED);
        CompletableFuture<PublishResult> waiting = waiting();
        fixture.outbox.endpoints().disable(full.id(), "for this test").join();
        assertThat(waiting.join()).isEqualTo(PublishResult.ACCEPTED);
        assertThat(fixture.sums(full).waiting()).isEqualTo(2);
        assertThat(fixture.sums(roomy).waiting()).isEqualTo(3);
        fixture.assertLaw();
    }

    @Test
    void givesAllOrNoneWhileOneIsFull() {
        assertThat(fixture.outbox.publish(OutboxFixture.event(2)).join().result()).isEqualTo(PublishResult.BACK_PRESSURED);
        assertThat(fixture.sums(full).known()).isEqualTo(2);
        assertThat(fixture.sums(roomy).known()).isEqualTo(2);
        assertThat(fixture.count("SELECT count(*) FROM webhooks_event")).isEqualTo(2);
        assertThat(fixture.outbox.sums().refused()).isEqualTo(1);
        fixture.assertLaw();
    }

    @Test
    void saysThatItIsClosedWhereThatHappensWhileItLooksForRoom() {
        var looks = new AtomicInteger();
        var closing = new AtomicReference<>(publisher);
        var clock = new Clock() {
            @Override
            public long nanoTime() {
                // Once when it begins, and once more when it has found no room.
                if (looks.incrementAndGet() == 2) {
                    closing.get().close();
                }
                return System.nanoTime();
            }

            @Override
            public void await(Lock lock, Condition condition, long deadlineNs) throws InterruptedException {
                Clock.SYSTEM.await(lock, condition, deadlineNs);
            }
        };
        var environment = new Environment(clock, WallClock.SYSTEM, new SecureRandom(), NoticeListener.NONE);
        WebhookPublisher other = WebhookPublisher.open(fixture.outbox, Outbox.DEFAULT_TENANT, environment);
        other.replacePolicy(PRESSING);
        closing.set(other);
        assertThat(other.publish(OutboxFixture.event(2))).isEqualTo(PublishResult.CLOSED);
        assertThat(other.sums().refused()).isEqualTo(1);
    }

    @Test
    void refusesWhatIsAboveTheWholeLimitAndLeavesTheQueue() {
        FlowPolicy small = FlowPolicy.dropOldest(new Limit(100, 3_000));
        fixture.outbox.endpoints().remove(roomy.id()).join();
        fixture.outbox.endpoints().update(full.id(), spec -> spec.withPolicy(small)).join();
        long waiting = fixture.sums(full).waiting();
        assertThat(fixture.outbox.publish(Event.of("orders.large", new byte[3_001])).join().result()).isEqualTo(PublishResult.TOO_LARGE);
        assertThat(fixture.sums(full).waiting()).isEqualTo(waiting);
        assertThat(fixture.outbox.publish(Event.of("orders.fits", new byte[2_900])).join().result()).isEqualTo(PublishResult.ACCEPTED);
        fixture.assertLaw();
    }
}
