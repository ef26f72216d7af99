package io.heliograph.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.Gap;
import io.heliograph.Inbound;
import io.heliograph.LossReason;
import io.heliograph.Position;
import io.heliograph.flow.Admission.Verdict;
import io.heliograph.flow.Backlog;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every {@link Backlog} must do, wherever it keeps its events: hand out in order what it took in, once, and tell of
 * every event that it gave up, in its place.
 */
public abstract class BacklogContract {

    private static final long SESSION = 7;
    private static final FlowPolicy ROOMY = FlowPolicy.backPressure(Limit.events(1_000), Duration.ZERO);

    private final List<String> losses = new ArrayList<>();
    private final List<Backlog> opened = new ArrayList<>();
    /** All that was handed out, in words. */
    private final List<String> told = new ArrayList<>();

    /** For subclasses. */
    protected BacklogContract() {
    }

    /** An empty backlog that tells {@code listener} of what it gives up. */
    protected abstract Backlog open(Backlog.LossListener listener);

    private Backlog open() {
        Backlog backlog = open((delivery, reason) -> losses.add(delivery.position().sequence() + " " + reason.label()));
        opened.add(backlog);
        return backlog;
    }

    /** Whatever a case did: emptied, a backlog is as good as new, and every event it gave up was told. */
    @AfterEach
    final void isAsGoodAsNewOnceEmptied() {
        for (Backlog backlog : opened) {
            backlog.abandon(LossReason.LEFT);
            drain(backlog, 0);
            assertEquals(0, backlog.events());
            assertEquals(0, backlog.bytes());
            assertTrue(backlog.isEmpty());
            offer(backlog, FlowPolicy.backPressure(Limit.events(1), Duration.ZERO), 100_000, 100_001, Verdict.ADMIT);
            assertEquals(Verdict.BACK_PRESSURED, backlog.judge(FlowPolicy.backPressure(Limit.events(1), Duration.ZERO), 1, 0));
            assertEquals(Verdict.ADMIT, backlog.judge(FlowPolicy.dropOldest(Limit.events(1)), 1, 0));
            assertEquals(List.of("100000"), drain(backlog, 0));
        }
        long count = told.stream().filter(text -> text.startsWith("lost") && !text.endsWith("network"))
                .mapToLong(text -> Long.parseLong(text.split(" ")[2])).sum();
        assertEquals(losses.size(), count, "gaps count what was given up");
    }

    @Test
    void handsOutInOrderWhatItTookIn() {
        Backlog backlog = open();
        assertTrue(backlog.isEmpty());
        offer(backlog, ROOMY, 0, 5, Verdict.ADMIT);
        assertFalse(backlog.isEmpty());
        assertEquals(5, backlog.events());
        assertEquals(5L * event(0).size(), backlog.bytes());
        assertEquals(List.of("0", "1", "2", "3", "4"), drain(backlog, 0));
        assertTrue(backlog.isEmpty());
        assertEquals(0, backlog.events());
        assertEquals(0, backlog.bytes());
    }

    @Test
    void judgesWithoutChangingAnything() {
        Backlog backlog = open();
        FlowPolicy policy = FlowPolicy.dropOldest(Limit.events(2));
        offer(backlog, policy, 0, 2, Verdict.ADMIT);
        for (int i = 0; i < 3; i++) {
            assertEquals(Verdict.EVICT_OLDEST, backlog.judge(policy, event(2).size(), 0));
        }
        assertEquals(List.of("0", "1"), drain(backlog, 0));
        assertEquals(List.of(), losses);
    }

    @Test
    void changesNothingWhenItRefuses() {
        Backlog backlog = open();
        Limit two = Limit.events(2);
        offer(backlog, ROOMY, 0, 2, Verdict.ADMIT);
        offer(backlog, FlowPolicy.dropNewest(two), 2, 3, Verdict.DROP);
        offer(backlog, FlowPolicy.backPressure(two, Duration.ofNanos(10)), 3, 4, Verdict.WAIT);
        assertEquals(Verdict.WAIT, backlog.offer(delivery(4), FlowPolicy.backPressure(two, Duration.ofNanos(10)), 9, 0));
        assertEquals(Verdict.BACK_PRESSURED, backlog.offer(delivery(4), FlowPolicy.backPressure(two, Duration.ofNanos(10)), 10, 0));
        offer(backlog, FlowPolicy.dropOldest(new Limit(10, event(5).size() - 1)), 5, 6, Verdict.TOO_LARGE);
        assertEquals(List.of("0", "1"), drain(backlog, 0));
        assertEquals(List.of(), losses);
    }

    @Test
    void givesUpTheOldestAndTellsInItsPlace() {
        Backlog backlog = open();
        offer(backlog, FlowPolicy.dropOldest(Limit.events(3)), 0, 8, Verdict.ADMIT);
        assertEquals(List.of("0 overflow", "1 overflow", "2 overflow", "3 overflow", "4 overflow"), losses);
        assertEquals(List.of("lost 0-4 5 overflow", "5", "6", "7"), drain(backlog, 0));
    }

    @Test
    void givesUpAsManyAsTheArrivingBytesNeed() {
        Backlog backlog = open();
        FlowPolicy policy = FlowPolicy.dropOldest(new Limit(100, 6L * event(0).size()));
        offer(backlog, policy, 0, 6, Verdict.ADMIT);
        Event large = Event.of("t", new byte[4 * event(0).size() - Event.of("t", new byte[0]).size()]);
        assertEquals(Verdict.ADMIT, backlog.offer(at(large, 6), policy, 0, 0));
        assertEquals(List.of("0 overflow", "1 overflow", "2 overflow", "3 overflow"), losses);
        assertEquals(6L * event(0).size(), backlog.bytes());
    }

    @Test
    void givesUpTheOldestOfTheSameKey() {
        Backlog backlog = open();
        FlowPolicy policy = FlowPolicy.dropSameKey(Limit.events(3));
        String keys = "abcbaad";
        for (int i = 0; i < keys.length(); i++) {
            backlog.offer(at(event(i).toBuilder().subject(keys.substring(i, i + 1)).build(), i), policy, 0, 0);
        }
        assertEquals(List.of("1 conflated", "0 conflated", "4 conflated", "2 overflow"), losses);
        List<String> story = drain(backlog, 0);
        // Gaps of one place may come in any order.
        assertEquals(Set.of("lost 0-1 2 conflated", "lost 2-2 1 overflow"), Set.copyOf(story.subList(0, 2)));
        assertEquals(List.of("3", "lost 4-4 1 conflated", "5", "6"), story.subList(2, story.size()));
    }

    @Test
    void keepsThePlaceOfGapsThatAreAppended() {
        Backlog backlog = open();
        backlog.append(new Gap(SESSION, 0, 4, 5, LossReason.NETWORK));
        assertFalse(backlog.isEmpty());
        offer(backlog, ROOMY, 5, 7, Verdict.ADMIT);
        backlog.append(new Gap(SESSION, 7, 7, 1, LossReason.NETWORK));
        backlog.append(new Gap(SESSION, 8, 9, 2, LossReason.NETWORK));
        backlog.append(new Gap(SESSION + 1, 3, 3, 1, LossReason.NETWORK));
        offer(backlog, ROOMY, 10, 11, Verdict.ADMIT);
        assertEquals(2 + 1, backlog.events());
        assertEquals(List.of("lost 0-4 5 network", "5", "6", "lost 7-9 3 network", "lost 3-3 1 network", "10"), drain(backlog, 0));
    }

    @Test
    void neverGivesUpWhatItPromisedToKeep() {
        Backlog backlog = open();
        offer(backlog, FlowPolicy.backPressure(Limit.events(4), Duration.ZERO), 0, 2, Verdict.ADMIT);
        offer(backlog, FlowPolicy.dropNewest(Limit.events(4)), 2, 4, Verdict.ADMIT);
        offer(backlog, FlowPolicy.dropOldest(Limit.events(2)), 4, 9, Verdict.ADMIT);
        assertEquals(List.of("0", "1", "2", "3", "lost 4-6 3 overflow", "7", "8"), drain(backlog, 0));
    }

    @Test
    void expiresWhatWaitedTooLong() {
        Backlog backlog = open();
        long start = Long.MAX_VALUE - 5;
        backlog.offer(at(event(0).toBuilder().ttl(Duration.ofNanos(10)).build(), 0), ROOMY, 0, start);
        backlog.offer(at(event(1).toBuilder().ttl(Duration.ofNanos(11)).build(), 1), ROOMY, 0, start);
        backlog.offer(at(event(2).toBuilder().ttl(Duration.ofNanos(10)).build(), 2), ROOMY, 0, start + 1);
        assertEquals(List.of("lost 0-0 1 expired", "1", "2"), drain(backlog, start + 10));
        assertEquals(List.of("0 expired"), losses);
    }

    @Test
    void abandonsAllThatWaits() {
        Backlog backlog = open();
        offer(backlog, ROOMY, 0, 2, Verdict.ADMIT);
        offer(backlog, FlowPolicy.dropSameKey(Limit.events(10)), 2, 4, Verdict.ADMIT);
        backlog.append(new Gap(SESSION, 4, 4, 1, LossReason.NETWORK));
        backlog.abandon(LossReason.LEFT);
        assertEquals(0, backlog.events());
        assertEquals(0, backlog.bytes());
        assertEquals(List.of("0 left", "1 left", "2 left", "3 left"), losses);
        assertEquals(List.of("lost 0-3 4 left", "lost 4-4 1 network"), drain(backlog, 0));
    }

    /** Whatever policies come and go: each event is handed out once and in order, or told lost, or was refused. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void accountsForEveryEventUnderRandomPolicies(long seed) {
        var random = new SplittableRandom(seed);
        Backlog backlog = open();
        List<String> out = new ArrayList<>();
        long taken = 0;
        long largest = 0;
        FlowPolicy policy = FlowPolicy.dropSameKey(Limit.events(20));
        for (int i = 0; i < 2_000; i++) {
            if (random.nextInt(50) == 0) {
                Limit limit = new Limit(1 + random.nextInt(20), 40 + random.nextInt(400));
                policy = switch (random.nextInt(5)) {
                    case 0 -> FlowPolicy.dropOldest(limit);
                    case 1 -> FlowPolicy.dropSameKey(limit);
                    case 2 -> FlowPolicy.dropNewest(limit);
                    case 3 -> FlowPolicy.buffer(limit);
                    default -> FlowPolicy.backPressure(limit, Duration.ZERO);
                };
            }
            Event event = event(i).toBuilder().subject("k" + random.nextInt(6)).ttl(Duration.ofNanos(1 + random.nextInt(100))).build();
            taken += backlog.offer(at(event, i), policy, 0, i) == Verdict.ADMIT ? 1 : 0;
            largest = Math.max(largest, backlog.events());
            if (random.nextInt(3) == 0) {
                backlog.poll(i).map(BacklogContract::text).ifPresent(text -> {
                    out.add(text);
                    told.add(text);
                });
            }
        }
        out.addAll(drain(backlog, 2_000));
        List<Long> handed = out.stream().filter(text -> !text.startsWith("lost")).map(Long::valueOf).toList();
        long toldLost = out.stream().filter(text -> text.startsWith("lost")).mapToLong(text -> Long.parseLong(text.split(" ")[2])).sum();
        assertEquals(handed.stream().sorted().distinct().toList(), handed, "seed " + seed);
        assertEquals(taken, handed.size() + losses.size(), "seed " + seed);
        assertEquals(losses.size(), toldLost, "seed " + seed);
        assertEquals(0, backlog.bytes(), "seed " + seed);
        assertTrue(largest <= 40, "seed " + seed + ": held " + largest + ", more than one limit of each kind");
        List<Long> lost = losses.stream().map(text -> Long.valueOf(text.split(" ")[0])).toList();
        assertEquals(taken, Stream.concat(handed.stream(), lost.stream()).distinct().count(), "seed " + seed);
    }

    private static Event event(int number) {
        return Event.of("t", Integer.toString(number));
    }

    private static Delivery delivery(int sequence) {
        return at(event(sequence), sequence);
    }

    private static Delivery at(Event event, long sequence) {
        return new Delivery(event, new Position(SESSION, sequence), 0, 0);
    }

    private static void offer(Backlog backlog, FlowPolicy policy, int from, int end, Verdict expected) {
        for (int i = from; i < end; i++) {
            assertEquals(expected, backlog.offer(delivery(i), policy, 0, 0), "offer of " + i);
        }
    }

    private List<String> drain(Backlog backlog, long nowNs) {
        List<String> out = new ArrayList<>();
        for (Optional<Inbound> next = backlog.poll(nowNs); next.isPresent(); next = backlog.poll(nowNs)) {
            out.add(text(next.get()));
        }
        told.addAll(out);
        return out;
    }

    private static String text(Inbound inbound) {
        return switch (inbound) {
            case Delivery delivery -> Long.toString(delivery.position().sequence());
            case Gap gap -> "lost " + gap.from() + "-" + gap.to() + " " + gap.count() + " " + gap.reason().label();
        };
    }
}
