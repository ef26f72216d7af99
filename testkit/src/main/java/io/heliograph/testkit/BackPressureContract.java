package io.heliograph.testkit;

import static io.heliograph.flow.FlowPolicy.backPressure;
import static io.heliograph.flow.FlowPolicy.dropNewest;
import static io.heliograph.flow.FlowPolicy.dropOldest;
import static io.heliograph.testkit.Scene.event;
import static io.heliograph.testkit.Scene.numbers;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.PublishResult;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a transport whose subscribers can make the publisher wait must do. */
public abstract class BackPressureContract extends TransportContract {

    private static final Duration WAIT = Duration.ofSeconds(1);
    private static final Duration NANOSECOND = Duration.ofNanos(1);

    /** For subclasses. */
    protected BackPressureContract() {
    }

    @BeforeEach
    final void onlyWherePublishersWait() {
        needs(PolicyKind.BACK_PRESSURE);
        needs(Trait.SEES_BACKLOGS, Trait.MANUAL_TIME, Trait.LOSSLESS);
    }

    @Test
    void waitsForRoomAndThenIsAccepted() {
        Listener listener = scene().listen();
        RecordedPublisher publisher = full(listener, backPressure(Limit.events(3), WAIT), 4);
        CompletableFuture<PublishResult> waiting = publishLater(publisher, 4);
        assertFalse(waiting.isDone());
        listener.handleOne();
        assertEquals(PublishResult.ACCEPTED, waiting.join());
        scene().settle();
        listener.resume();
        scene().settle();
        assertEquals(numbers(0, 5), listener.numbers());
    }

    @Test
    void givesUpExactlyWhenTheWaitIsOver() {
        Listener listener = scene().listen();
        RecordedPublisher publisher = full(listener, backPressure(Limit.events(3), WAIT), 4);
        CompletableFuture<PublishResult> waiting = publishLater(publisher, 4);
        scene().clock().advance(WAIT.minus(NANOSECOND));
        scene().settle(1);
        scene().clock().stepWall(Duration.ofHours(1));
        scene().settle(1);
        // Woken for nothing, it waits on.
        publisher.replacePolicy(publisher.policy());
        scene().settle(1);
        assertFalse(waiting.isDone());
        scene().clock().advance(NANOSECOND);
        assertEquals(PublishResult.BACK_PRESSURED, waiting.join());
        assertEquals(1, publisher.sums().refused());
        listener.resume();
        scene().settle();
        assertEquals(numbers(0, 4), listener.numbers());
        scene().publish(publisher, 5, 6);
    }

    @Test
    void refusesAtOnceWhenTheWaitIsNone() {
        Listener listener = scene().listen();
        RecordedPublisher publisher = full(listener, backPressure(Limit.events(3), Duration.ZERO), 4);
        scene().publish(publisher, 4, 7, PublishResult.BACK_PRESSURED);
        listener.resume();
        scene().settle();
        assertEquals(numbers(0, 4), listener.numbers());
        assertEquals(3, publisher.sums().refused());
    }

    @Test
    void waitsForTheSlowestAndGivesAllOrNone() {
        Listener slow = scene().listen();
        Listener quick = scene().listen();
        RecordedPublisher publisher = full(slow, backPressure(Limit.events(3), WAIT), 4);
        CompletableFuture<PublishResult> waiting = publishLater(publisher, 4);
        assertEquals(numbers(0, 4), quick.numbers());
        scene().clock().advance(WAIT);
        assertEquals(PublishResult.BACK_PRESSURED, waiting.join());
        scene().settle();
        assertEquals(numbers(0, 4), quick.numbers());
        slow.resume();
        scene().settle();
        assertEquals(numbers(0, 4), slow.numbers());
    }

    @Test
    void losesNothingWithASlowConsumer() {
        Listener listener = scene().listen(delivery -> Thread.yield());
        RecordedPublisher publisher = scene().publisher(backPressure(Limit.events(2), WAIT));
        scene().publish(publisher, 0, 300);
        scene().settle();
        assertEquals(numbers(0, 300), listener.numbers());
        assertEquals(0, listener.subscription().sums().lostTotal());
    }

    @Test
    void waitsForBytesToo() {
        Listener listener = scene().listen();
        RecordedPublisher publisher = scene().publisher(backPressure(new Limit(100, 3_000), WAIT));
        scene().stall(publisher, listener, 0);
        for (int i = 1; i <= 3; i++) {
            publisher.publish(FlowPolicyContract.numbered(i, 1_000));
        }
        CompletableFuture<PublishResult> waiting = publishLater(publisher, 4);
        listener.resume();
        assertEquals(PublishResult.ACCEPTED, waiting.join());
    }

    @Test
    void buffersAndThenWaits() {
        Listener listener = scene().listen();
        FlowPolicy policy = new FlowPolicy.Buffer(Limit.events(3), Optional.empty(),
                backPressure(Limit.events(1), Duration.ofSeconds(5)));
        RecordedPublisher publisher = full(listener, policy, 4);
        CompletableFuture<PublishResult> waiting = publishLater(publisher, 4);
        scene().clock().advance(Duration.ofSeconds(5).minus(NANOSECOND));
        scene().settle(1);
        assertFalse(waiting.isDone());
        scene().clock().advance(NANOSECOND);
        assertEquals(PublishResult.BACK_PRESSURED, waiting.join());
    }

    @Test
    void getsOnWhenTheSlowestLeaves() {
        Listener slow = scene().listen();
        Listener quick = scene().listen();
        RecordedPublisher publisher = full(slow, backPressure(Limit.events(3), WAIT), 4);
        CompletableFuture<PublishResult> waiting = publishLater(publisher, 4);
        Thread closing = Thread.startVirtualThread(slow.subscription()::close);
        assertEquals(PublishResult.ACCEPTED, waiting.join());
        slow.resume();
        scene().await("the close", () -> !closing.isAlive());
        scene().settle();
        assertEquals(numbers(0, 5), quick.numbers());
        assertEquals(List.of(0), slow.numbers());
    }

    @Test
    void isClosedInTheMiddleOfAWait() {
        Listener listener = scene().listen();
        RecordedPublisher publisher = full(listener, backPressure(Limit.events(3), WAIT), 4);
        CompletableFuture<PublishResult> waiting = publishLater(publisher, 4);
        // It may linger until what it has accepted is handled.
        Thread closing = Thread.startVirtualThread(publisher::close);
        assertEquals(PublishResult.CLOSED, waiting.join());
        // What was accepted is still handled.
        listener.resume();
        scene().await("the close", () -> !closing.isAlive());
        scene().settle();
        assertEquals(numbers(0, 4), listener.numbers());
        assertEquals(4, listener.subscription().sums().delivered());
    }

    @Test
    void refusesWhenItsThreadIsInterrupted() {
        Listener listener = scene().listen();
        RecordedPublisher publisher = full(listener, backPressure(Limit.events(3), WAIT), 4);
        var result = new CompletableFuture<PublishResult>();
        var isInterrupted = new CompletableFuture<Boolean>();
        Thread thread = Thread.startVirtualThread(() -> {
            result.complete(publisher.publish(event(4)));
            isInterrupted.complete(Thread.currentThread().isInterrupted());
        });
        scene().settle(1);
        thread.interrupt();
        assertEquals(PublishResult.BACK_PRESSURED, result.join());
        assertTrue(isInterrupted.join());
    }

    @Test
    void getsOnWhenThePolicyGrowsOrDrops() {
        Listener listener = scene().listen();
        RecordedPublisher publisher = full(listener, backPressure(Limit.events(3), WAIT), 4);
        CompletableFuture<PublishResult> waiting = publishLater(publisher, 4);
        publisher.replacePolicy(backPressure(Limit.events(4), WAIT));
        assertEquals(PublishResult.ACCEPTED, waiting.join());
        waiting = publishLater(publisher, 5);
        publisher.replacePolicy(dropNewest(Limit.events(4)));
        assertEquals(PublishResult.DROPPED, waiting.join());
        listener.resume();
        scene().settle();
        assertEquals(numbers(0, 5), listener.numbers());
    }

    @Test
    void losesNoAcceptedEventWhenThePublishersPolicyIsReplaced() {
        Listener listener = scene().listen();
        RecordedPublisher publisher = full(listener, backPressure(Limit.events(10), WAIT), 11);
        publisher.replacePolicy(dropOldest(Limit.events(5)));
        assertEquals(dropOldest(Limit.events(5)), publisher.policy());
        scene().publish(publisher, 11, 31);
        publisher.replacePolicy(FlowPolicy.dropSameKey(Limit.events(2)));
        scene().publish(publisher, 31, 41);
        listener.resume();
        scene().settle();
        // The ten that were promised a place, and the two that the last policy keeps.
        assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 39, 40), listener.numbers());
        FlowPolicyContract.assertOnlyGap(listener, 11, 38, 28, LossReason.OVERFLOW);
    }

    @Test
    void losesNoAcceptedEventWhenASubscriptionsPolicyIsReplaced() {
        Listener listener = scene().listen();
        Listener other = scene().listen();
        RecordedPublisher publisher = full(listener, backPressure(Limit.events(10), WAIT), 11);
        CompletableFuture<PublishResult> waiting = publishLater(publisher, 11);
        listener.subscription().replacePolicy(dropOldest(Limit.events(4)));
        assertEquals(PublishResult.ACCEPTED, waiting.join());
        scene().publish(publisher, 12, 31);
        listener.subscription().replacePolicy(dropNewest(Limit.events(20)));
        scene().settle();
        scene().publish(publisher, 31, 50);
        listener.resume();
        scene().settle();
        assertEquals(numbers(0, 50), other.numbers());
        // Ten promised, four kept by drop-oldest, six more until twenty wait.
        assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36), listener.numbers());
        assertEquals(29, listener.subscription().sums().lostTotal());
    }

    @Test
    void asksForAShorterWaitThanThePublishers() {
        Listener hasty = scene().listen(Interest.inAll().withPolicy(backPressure(Limit.events(3), Duration.ofMillis(10))));
        RecordedPublisher publisher = full(hasty, backPressure(Limit.events(100), WAIT), 4);
        CompletableFuture<PublishResult> waiting = publishLater(publisher, 4);
        scene().clock().advance(Duration.ofMillis(10));
        assertEquals(PublishResult.BACK_PRESSURED, waiting.join());
    }

    /** A publisher whose listener stalls with event 0 in hand and {@code count - 1} waiting. */
    private RecordedPublisher full(Listener listener, FlowPolicy policy, int count) {
        RecordedPublisher publisher = scene().publisher(policy);
        scene().stall(publisher, listener, 0);
        scene().publish(publisher, 1, count);
        scene().settle();
        return publisher;
    }

    /** Publishes on another thread, which waits when this returns. */
    private CompletableFuture<PublishResult> publishLater(RecordedPublisher publisher, int number) {
        var result = new CompletableFuture<PublishResult>();
        Thread.startVirtualThread(() -> result.complete(publisher.publish(event(number))));
        scene().settle(1);
        return result.orTimeout(capabilities().patience().toNanos(), TimeUnit.NANOSECONDS);
    }
}
