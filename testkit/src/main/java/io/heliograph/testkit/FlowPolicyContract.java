package io.heliograph.testkit;

import static io.heliograph.flow.FlowPolicy.dropNewest;
import static io.heliograph.flow.FlowPolicy.dropOldest;
import static io.heliograph.flow.FlowPolicy.dropSameKey;
import static io.heliograph.testkit.Scene.TOPIC;
import static io.heliograph.testkit.Scene.event;
import static io.heliograph.testkit.Scene.numbers;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.ConfigException;
import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.EventHandler;
import io.heliograph.Gap;
import io.heliograph.Interest;
import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.PublishResult;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every transport must make of policies that give events up: which are lost, who is told, and in which words. */
public abstract class FlowPolicyContract extends TransportContract {

    /** For subclasses. */
    protected FlowPolicyContract() {
    }

    @Test
    void dropNewestKeepsTheFirstThousand() {
        needs(PolicyKind.DROP_NEWEST);
        Listener listener = scene().listen(asking(dropNewest(Limit.events(1_000))));
        RecordedPublisher publisher = opened(dropNewest(Limit.events(1_000)), 1);
        scene().stall(publisher, listener, 0);
        scene().publish(publisher, 1, 1_001);
        scene().publish(publisher, 1_001, 1_200, capabilities().has(Trait.SEES_BACKLOGS) ? PublishResult.DROPPED : PublishResult.ACCEPTED);
        scene().settle();
        listener.resume();
        scene().settle();
        ifLossless(() -> {
            assertEquals(numbers(0, 1_001), listener.numbers());
            long lost = capabilities().has(Trait.SEES_BACKLOGS) ? 0 : 199;
            assertEquals(lost, listener.subscription().sums().lostTotal());
        });
        scene().publish(publisher, 1_200, 1_201);
    }

    @Test
    void dropOldestKeepsTheLast() {
        needs(PolicyKind.DROP_OLDEST);
        Listener listener = scene().listen(asking(dropOldest(Limit.events(50))));
        RecordedPublisher publisher = opened(dropOldest(Limit.events(50)), 1);
        scene().stall(publisher, listener, 0);
        scene().publish(publisher, 1, 121);
        scene().settle();
        listener.resume();
        scene().settle();
        ifLossless(() -> {
            assertEquals(Stream.concat(Stream.of(0), numbers(71, 121).stream()).toList(), listener.numbers());
            assertOnlyGap(listener, 1, 70, 70, LossReason.OVERFLOW);
            assertTold(listener, 1);
        });
    }

    @Test
    void dropOldestWithRoomForOneKeepsTheLatest() {
        needs(PolicyKind.DROP_OLDEST);
        Listener listener = scene().listen(asking(dropOldest(Limit.events(1))));
        RecordedPublisher publisher = opened(dropOldest(Limit.events(1)), 1);
        scene().stall(publisher, listener, 0);
        scene().publish(publisher, 1, 5);
        scene().settle();
        listener.resume();
        scene().settle();
        ifLossless(() -> assertEquals(List.of(0, 4), listener.numbers()));
    }

    @Test
    void dropSameKeyKeepsTheLatestOfEachKey() {
        needs(PolicyKind.DROP_SAME_KEY);
        Listener listener = scene().listen(asking(dropSameKey(Limit.events(3))));
        RecordedPublisher publisher = opened(dropSameKey(Limit.events(3)), 1);
        scene().stall(publisher, listener, 0);
        // Sequences 1 to 8; three wait at most.
        for (String keyed : List.of("a1", "b2", "c3", "a4", "a5", "c6", "d7", "b8")) {
            publisher.publish(Event.of(TOPIC, keyed).toBuilder().subject(keyed.substring(0, 1)).build());
        }
        scene().settle();
        listener.resume();
        scene().settle();
        ifLossless(() -> {
            // d7 finds no rival and drives out b2, the oldest; b8 then drives out a5.
            assertEquals(List.of("0", "c6", "d7", "b8"), listener.subscription().texts());
            assertEquals(Map.of(LossReason.CONFLATED, 3L, LossReason.OVERFLOW, 2L), listener.subscription().sums().lost());
        });
    }

    @Test
    void dropSameKeyWithoutKeysGivesUpTheOldest() {
        needs(PolicyKind.DROP_SAME_KEY);
        Listener listener = scene().listen(asking(dropSameKey(Limit.events(3))));
        RecordedPublisher publisher = opened(dropSameKey(Limit.events(3)), 1);
        scene().stall(publisher, listener, 0);
        scene().publish(publisher, 1, 7);
        scene().settle();
        listener.resume();
        scene().settle();
        ifLossless(() -> {
            assertEquals(List.of(0, 4, 5, 6), listener.numbers());
            assertOnlyGap(listener, 1, 3, 3, LossReason.OVERFLOW);
        });
    }

    @Test
    void dropSameKeyTellsWhichOfManyWereConflated() {
        needs(PolicyKind.DROP_SAME_KEY);
        Listener listener = scene().listen(asking(dropSameKey(Limit.events(4))));
        RecordedPublisher publisher = opened(dropSameKey(Limit.events(4)), 1);
        scene().stall(publisher, listener, 0);
        for (int i = 1; i <= 30; i++) {
            publisher.publish(event(i).toBuilder().subject(i % 2 == 0 ? "even" : "odd" + i % 3).build());
        }
        scene().settle();
        listener.resume();
        scene().settle();
        ifLossless(() -> assertEquals(26, listener.subscription().sums().lostTotal()));
    }

    @Test
    void bufferKeepsWhatItCanAndThenDropsAsItSays() {
        needs(PolicyKind.BUFFER, PolicyKind.DROP_OLDEST, PolicyKind.DROP_NEWEST);
        Listener oldest = scene().listen(Interest.inAll().withPolicy(FlowPolicy.buffer(Limit.events(4))));
        Listener newest = scene().listen(Interest.inAll().withPolicy(
                new FlowPolicy.Buffer(Limit.events(4), Optional.empty(), dropNewest(Limit.events(1)))));
        RecordedPublisher publisher = opened(FlowPolicy.buffer(Limit.events(4)), 2);
        oldest.stall();
        newest.stall();
        scene().publish(publisher, 0, 1);
        scene().settle();
        scene().publish(publisher, 1, 11);
        scene().settle();
        oldest.resume();
        newest.resume();
        scene().settle();
        ifLossless(() -> {
            assertEquals(List.of(0, 7, 8, 9, 10), oldest.numbers());
            assertEquals(List.of(0, 1, 2, 3, 4), newest.numbers());
            assertOnlyGap(newest, 5, 10, 6, LossReason.OVERFLOW);
        });
    }

    @Test
    void countsBytesAsWellAsEvents() {
        needs(PolicyKind.DROP_OLDEST);
        Listener listener = scene().listen(asking(dropOldest(new Limit(100, 3_000))));
        RecordedPublisher publisher = opened(dropOldest(new Limit(100, 3_000)), 1);
        scene().stall(publisher, listener, 0);
        for (int i = 1; i <= 10; i++) {
            publisher.publish(numbered(i, 1_000));
        }
        scene().settle();
        listener.resume();
        scene().settle();
        ifLossless(() -> {
            assertEquals(4, listener.subscription().deliveries().size());
            assertOnlyGap(listener, 1, 7, 7, LossReason.OVERFLOW);
        });
    }

    @Test
    void admitsToTheLastByteAndNotOneMore() {
        needs(PolicyKind.DROP_NEWEST);
        needs(Trait.SEES_BACKLOGS);
        Listener listener = scene().listen();
        RecordedPublisher publisher = opened(dropNewest(new Limit(100, 3_000)), 1);
        scene().stall(publisher, listener, 0);
        assertEquals(PublishResult.ACCEPTED, publisher.publish(numbered(1, 1_000)));
        assertEquals(PublishResult.ACCEPTED, publisher.publish(numbered(2, 1_000)));
        assertEquals(PublishResult.DROPPED, publisher.publish(numbered(3, 1_001)));
        assertEquals(PublishResult.ACCEPTED, publisher.publish(numbered(4, 1_000)));
        assertEquals(PublishResult.DROPPED, publisher.publish(event(5)));
        listener.resume();
        scene().settle();
        assertEquals(4, listener.subscription().sums().delivered());
    }

    @Test
    void refusesWhatIsAboveTheWholeLimitAndLeavesTheQueue() {
        needs(PolicyKind.DROP_OLDEST);
        Listener listener = scene().listen(asking(dropOldest(new Limit(100, 3_000))));
        RecordedPublisher publisher = opened(dropOldest(new Limit(100, 3_000)), 1);
        scene().stall(publisher, listener, 0);
        for (int i = 1; i <= 3; i++) {
            assertEquals(PublishResult.ACCEPTED, publisher.publish(numbered(i, 1_000)));
        }
        scene().settle();
        assertEquals(PublishResult.TOO_LARGE, publisher.publish(numbered(4, 3_001)));
        assertEquals(PublishResult.TOO_LARGE, publisher.publish(numbered(5, 100_000)));
        listener.resume();
        scene().settle();
        ifLossless(() -> assertEquals(4, listener.subscription().sums().delivered()));
        assertEquals(2, publisher.sums().refused());
        assertEquals(PublishResult.ACCEPTED, publisher.publish(numbered(6, 3_000)));
    }

    @Test
    void limitsTheWeakerPolicyOfOneSubscriptionAlone() {
        needs(PolicyKind.DROP_OLDEST, PolicyKind.BACK_PRESSURE);
        Listener weaker = scene().listen(Interest.inAll().withPolicy(dropOldest(Limit.events(5))));
        Listener full = scene().listen();
        RecordedPublisher publisher = opened(FlowPolicy.backPressure(Limit.events(100), Duration.ofSeconds(1)), 2);
        scene().stall(publisher, weaker, 0);
        scene().publish(publisher, 1, 51);
        scene().settle();
        weaker.resume();
        scene().settle();
        assertEquals(numbers(0, 51), full.numbers());
        assertEquals(List.of(0, 46, 47, 48, 49, 50), weaker.numbers());
        assertOnlyGap(weaker, 1, 45, 45, LossReason.OVERFLOW);
    }

    @Test
    void doesNotObtainAStrongerPolicyThanThePublishers() {
        needs(PolicyKind.DROP_NEWEST, PolicyKind.BACK_PRESSURE);
        needs(Trait.SEES_BACKLOGS);
        Listener stronger = scene().listen(Interest.inAll().withPolicy(FlowPolicy.backPressure(Limit.events(100), Duration.ofDays(1))));
        RecordedPublisher publisher = opened(dropNewest(Limit.events(5)), 1);
        scene().stall(publisher, stronger, 0);
        scene().publish(publisher, 1, 6);
        scene().publish(publisher, 6, 9, PublishResult.DROPPED);
        stronger.resume();
        scene().settle();
        assertEquals(numbers(0, 6), stronger.numbers());
    }

    @Test
    void acceptsWhatAtLeastOneTakesAndTellsTheOthers() {
        needs(PolicyKind.DROP_NEWEST);
        Listener full = scene().listen(asking(dropNewest(Limit.events(5))));
        Listener free = scene().listen(asking(dropNewest(Limit.events(5))));
        RecordedPublisher publisher = opened(dropNewest(Limit.events(5)), 2);
        scene().stall(publisher, full, 0);
        for (int i = 1; i < 9; i++) {
            scene().publish(publisher, i, i + 1);
            scene().settle();
        }
        full.resume();
        scene().settle();
        ifLossless(() -> {
            assertEquals(numbers(0, 6), full.numbers());
            assertOnlyGap(full, 6, 8, 3, LossReason.OVERFLOW);
            assertEquals(numbers(0, 9), free.numbers());
        });
    }

    @Test
    void ignoresABacklogThatDoesNotWantTheTopic() {
        needs(PolicyKind.DROP_NEWEST);
        needs(Trait.SEES_BACKLOGS);
        Listener narrow = scene().listen("other.>");
        RecordedPublisher publisher = opened(dropNewest(Limit.events(1)), 1);
        narrow.stall();
        publisher.publish(Event.of("other.a", "held"));
        scene().settle();
        publisher.publish(Event.of("other.b", "waits"));
        assertEquals(PublishResult.DROPPED, publisher.publish(Event.of("other.c", "too much")));
        scene().publish(publisher, 0, 10);
        assertEquals(10, narrow.subscription().sums().filtered());
    }

    @Test
    void tellsOfGapsBeforeTheNextEventAndInANotice() {
        needs(PolicyKind.DROP_OLDEST);
        Listener listener = scene().listen(asking(dropOldest(Limit.events(2))));
        RecordedPublisher publisher = opened(dropOldest(Limit.events(2)), 1);
        scene().stall(publisher, listener, 0);
        for (int episode = 0; episode < 3; episode++) {
            int base = episode * 10;
            scene().publish(publisher, base + 1, base + 6);
            scene().settle();
            listener.resume();
            scene().settle();
            scene().stall(publisher, listener, base + 10);
        }
        listener.resume();
        scene().settle();
        ifLossless(() -> {
            List<String> story = new ArrayList<>();
            for (Arrival arrival : listener.subscription().arrivals()) {
                story.add(switch (arrival) {
                    case Arrival.Handed handed -> handed.delivery().event().text();
                    case Arrival.Told told -> "lost " + told.gap().count();
                });
            }
            assertEquals(List.of("0", "lost 3", "4", "5", "10", "lost 3", "14", "15", "20", "lost 3", "24", "25", "30"), story);
            List<Gap> noticed = scene().notices().of(Notice.GapTold.class).stream().map(Notice.GapTold::gap).toList();
            assertEquals(listener.subscription().gaps(), noticed);
            // One episode each: between them it has caught up.
            assertEquals(3, scene().notices().of(Notice.SlowConsumer.class).size());
        });
    }

    @Test
    void countsAHandlerOfGapsThatThrows() {
        needs(PolicyKind.DROP_OLDEST);
        Listener listener = scene().listen(asking(dropOldest(Limit.events(2))), new GapThrower());
        RecordedPublisher publisher = opened(dropOldest(Limit.events(2)), 1);
        scene().stall(publisher, listener, 0);
        scene().publish(publisher, 1, 6);
        scene().settle();
        listener.resume();
        scene().settle();
        ifLossless(() -> {
            assertEquals(List.of(0, 4, 5), listener.numbers());
            assertEquals(1, listener.subscription().sums().failures());
            assertEquals(Map.of(LossReason.OVERFLOW, 3L), listener.subscription().sums().lost());
        });
    }

    private static final class GapThrower implements EventHandler {
        @Override
        public void onEvent(Delivery delivery) {
        }

        @Override
        public void onGap(Gap gap) {
            throw new IllegalStateException("no gaps, please");
        }
    }

    @Test
    void saysAtOpenWhichPolicyItCannotDo() {
        FlowPolicy spilling = FlowPolicy.parse("buffer:10,spill=1MiB");
        if (!capabilities().can(PolicyKind.SPILL)) {
            assertThrows(ConfigException.class, () -> scene().publisher(spilling));
            RecordedPublisher publisher = scene().publisher();
            assertThrows(ConfigException.class, () -> publisher.replacePolicy(spilling));
            Listener listener = scene().listen();
            assertThrows(ConfigException.class, () -> listener.subscription().replacePolicy(spilling));
        }
    }

    /** Where the publisher's policy does not reach its subscriptions, they ask for it. */
    Interest asking(FlowPolicy policy) {
        return capabilities().has(Trait.SEES_BACKLOGS) ? Interest.inAll() : Interest.inAll().withPolicy(policy);
    }

    RecordedPublisher opened(FlowPolicy policy, int listeners) {
        RecordedPublisher publisher = scene().publisher(policy);
        awaitListeners(publisher, listeners);
        assertEquals(policy, publisher.policy());
        return publisher;
    }

    static Event numbered(int number, int size) {
        byte[] data = String.format("%0" + (size - Event.of(TOPIC, new byte[0]).size()) + "d", number).getBytes(StandardCharsets.US_ASCII);
        Event event = Event.of(TOPIC, data);
        assertEquals(size, event.size());
        return event;
    }

    /** Exact results hold where nothing but the policy loses events; the recorder checks the sums everywhere. */
    void ifLossless(Runnable exactly) {
        if (capabilities().has(Trait.LOSSLESS)) {
            exactly.run();
        }
    }

    static void assertOnlyGap(Listener listener, long from, long to, long count, LossReason reason) {
        List<Gap> gaps = listener.subscription().gaps();
        assertEquals(1, gaps.size(), gaps.toString());
        assertEquals(new Gap(gaps.getFirst().session(), from, to, count, reason), gaps.getFirst());
        assertEquals(Map.of(reason, count), listener.subscription().sums().lost());
    }

    private static void assertTold(Listener listener, int index) {
        assertTrue(listener.subscription().arrivals().get(index) instanceof Arrival.Told, "the gap comes right behind the event in hand");
    }
}
