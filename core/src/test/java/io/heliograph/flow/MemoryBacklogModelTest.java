package io.heliograph.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.EventBuilder;
import io.heliograph.Gap;
import io.heliograph.Inbound;
import io.heliograph.LossReason;
import io.heliograph.flow.Admission.Verdict;
import io.heliograph.flow.FlowPolicy.BackPressure;
import io.heliograph.flow.FlowPolicy.Buffer;
import io.heliograph.flow.FlowPolicy.Drop;
import io.heliograph.flow.FlowPolicy.Victim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The backlog against the same rules written down naively on one list. */
final class MemoryBacklogModelTest {

    private static final int OPERATIONS = 25_000;

    /** One thing that waits: an event, or a single lost one. */
    private record Entry(Delivery delivery, long arrivedNs, Optional<Victim> promise, Optional<LossReason> lost) {

        Entry lostFor(LossReason reason) {
            return new Entry(delivery, arrivedNs, promise, Optional.of(reason));
        }

        boolean waits() {
            return lost.isEmpty();
        }

        boolean evictable() {
            return waits() && promise.isPresent();
        }

        int size() {
            return delivery.event().size();
        }

        boolean isExpired(long nowNs) {
            return delivery.event().ttl().map(ttl -> nowNs - arrivedNs >= ttl.toNanos()).orElse(false);
        }
    }

    /** Slow and plain: a list of entries, in which a lost event stays where it was until it is told of. */
    private static final class Model {

        final List<Entry> entries = new ArrayList<>();
        final List<String> losses = new ArrayList<>();

        Verdict offer(Delivery delivery, FlowPolicy policy, long waitedNs, long nowNs) {
            Limit limit = policy.limit();
            int size = delivery.event().size();
            if (size > limit.bytes()) {
                return Verdict.TOO_LARGE;
            }
            FlowPolicy whenFull = policy instanceof Buffer buffer ? buffer.then() : policy;
            Optional<Victim> victim = whenFull instanceof Drop drop && drop.victim() != Victim.NEWEST
                    ? Optional.of(drop.victim())
                    : Optional.empty();
            if (!fits(entries.stream().filter(Entry::waits).toList(), limit, size)) {
                if (whenFull instanceof BackPressure pressure) {
                    return waitedNs < pressure.maxWait().toNanos() ? Verdict.WAIT : Verdict.BACK_PRESSURED;
                }
                if (victim.isEmpty()) {
                    return Verdict.DROP;
                }
                while (!fits(entries.stream().filter(Entry::waits).toList(), limit, size)
                        && !fits(entries.stream().filter(Entry::evictable).toList(), limit, size)) {
                    evict(delivery, victim.get());
                }
            }
            entries.add(new Entry(delivery, nowNs, victim, Optional.empty()));
            return Verdict.ADMIT;
        }

        private static boolean fits(List<Entry> held, Limit limit, int size) {
            return held.size() < limit.events() && held.stream().mapToLong(Entry::size).sum() + size <= limit.bytes();
        }

        private void evict(Delivery arriving, Victim victim) {
            Optional<String> key = arriving.event().key();
            for (int i = 0; i < entries.size() && victim == Victim.SAME_KEY && key.isPresent(); i++) {
                Entry entry = entries.get(i);
                if (entry.evictable() && entry.promise().equals(Optional.of(Victim.SAME_KEY))
                        && entry.delivery().event().key().equals(key)) {
                    lose(i, LossReason.CONFLATED);
                    return;
                }
            }
            for (int i = 0; i < entries.size(); i++) {
                if (entries.get(i).evictable()) {
                    lose(i, LossReason.OVERFLOW);
                    return;
                }
            }
            throw new AssertionError("nothing to evict");
        }

        void lose(int index, LossReason reason) {
            entries.set(index, entries.get(index).lostFor(reason));
            losses.add(reason + " " + entries.get(index).delivery().position().sequence());
        }

        /** The next event that is alive, or none; what stands before it is told as lost. */
        Optional<Delivery> poll(long nowNs, List<Entry> told) {
            while (!entries.isEmpty()) {
                if (entries.getFirst().waits() && entries.getFirst().isExpired(nowNs)) {
                    lose(0, LossReason.EXPIRED);
                }
                Entry first = entries.removeFirst();
                if (first.waits()) {
                    return Optional.of(first.delivery());
                }
                told.add(first);
            }
            return Optional.empty();
        }
    }

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final List<String> losses = new ArrayList<>();
    private final MemoryBacklog backlog =
            new MemoryBacklog((delivery, reason) -> losses.add(reason + " " + delivery.position().sequence()));
    private final Model model = new Model();
    private final Set<Verdict> verdicts = EnumSet.noneOf(Verdict.class);
    private final Set<LossReason> reasons = EnumSet.noneOf(LossReason.class);
    private long sequence;
    private long nowNs;

    @Test
    void doesWhatTheModelDoes() {
        FlowPolicy policy = policy();
        for (int i = 0; i < OPERATIONS; i++) {
            nowNs += random.nextInt(3);
            int dice = random.nextInt(60);
            if (dice == 0) {
                policy = policy();
            } else if (dice == 1) {
                abandon();
            } else if (dice < 20) {
                poll();
            } else {
                offer(policy);
            }
            assertThat(losses).as("losses at operation %d, seed %d", i, seed).isEqualTo(model.losses);
            losses.clear();
            model.losses.clear();
            List<Entry> waiting = model.entries.stream().filter(Entry::waits).toList();
            assertThat(backlog.events()).as("events at operation %d, seed %d", i, seed).isEqualTo(waiting.size());
            assertThat(backlog.bytes()).as("bytes, seed %d", seed).isEqualTo(waiting.stream().mapToLong(Entry::size).sum());
            assertThat(backlog.isEmpty()).as("empty, seed %d", seed).isEqualTo(model.entries.isEmpty());
        }
        assertThat(verdicts).as("verdicts seen, seed %d", seed).contains(Verdict.ADMIT, Verdict.DROP, Verdict.WAIT,
                Verdict.BACK_PRESSURED, Verdict.TOO_LARGE);
        assertThat(reasons).as("reasons seen, seed %d", seed).contains(LossReason.OVERFLOW, LossReason.CONFLATED,
                LossReason.EXPIRED, LossReason.LEFT, LossReason.NETWORK);
    }

    private FlowPolicy policy() {
        var limit = new Limit(1 + random.nextInt(12), 40 + random.nextInt(400));
        FlowPolicy plain = random.nextInt(4) == 0
                ? FlowPolicy.backPressure(limit, Duration.ofNanos(5))
                : new Drop(limit, Victim.values()[random.nextInt(3)]);
        return random.nextInt(3) == 0 ? new Buffer(limit, Optional.empty(), plain) : plain;
    }

    private void offer(FlowPolicy policy) {
        if (random.nextInt(10) == 0) {
            Delivery missed = Deliveries.numbered(sequence++);
            backlog.append(new Gap(Deliveries.SESSION, sequence - 1, sequence - 1, 1, LossReason.NETWORK));
            model.entries.add(new Entry(missed, nowNs, Optional.empty(), Optional.of(LossReason.NETWORK)));
        }
        EventBuilder event = Event.builder("t").data(new byte[random.nextInt(60)]);
        if (random.nextInt(4) != 0) {
            event.subject("k" + random.nextInt(4));
        }
        if (random.nextInt(3) == 0) {
            event.ttl(Duration.ofNanos(1 + random.nextInt(30)));
        }
        Delivery delivery = Deliveries.of(sequence++, event.build());
        long waitedNs = random.nextInt(10);
        Verdict expected = model.offer(delivery, policy, waitedNs, nowNs);
        assertThat(backlog.offer(delivery, policy, waitedNs, nowNs))
                .as("%s at %d, seed %d", policy, delivery.position().sequence(), seed).isEqualTo(expected);
        verdicts.add(expected);
    }

    private void poll() {
        var expectedTold = new ArrayList<Entry>();
        Optional<Delivery> expected = model.poll(nowNs, expectedTold);
        var told = new ArrayList<Gap>();
        Optional<Delivery> delivered = Optional.empty();
        for (Optional<Inbound> next = backlog.poll(nowNs); next.isPresent(); next = backlog.poll(nowNs)) {
            if (next.get() instanceof Delivery delivery) {
                delivered = Optional.of(delivery);
                break;
            }
            told.add((Gap) next.get());
        }
        assertThat(delivered).as("polled, seed %d", seed).isEqualTo(expected);
        expectedTold.forEach(entry -> reasons.add(entry.lost().orElseThrow()));
        // Events that expire one after the other may be told one by one; in sum it is what the model says.
        var sums = new EnumMap<LossReason, Gap>(LossReason.class);
        told.forEach(gap -> sums.merge(gap.reason(), gap, Gap::merge));
        assertThat(sums.values()).as("gaps, seed %d", seed).containsExactlyInAnyOrderElementsOf(merged(expectedTold));
    }

    /** One gap for each reason: its first and last sequence, and how many. */
    private static List<Gap> merged(List<Entry> lost) {
        var gaps = new ArrayList<Gap>();
        for (LossReason reason : LossReason.values()) {
            long[] sequences = lost.stream().filter(entry -> entry.lost().equals(Optional.of(reason)))
                    .mapToLong(entry -> entry.delivery().position().sequence()).toArray();
            if (sequences.length > 0) {
                gaps.add(new Gap(Deliveries.SESSION, sequences[0], sequences[sequences.length - 1], sequences.length, reason));
            }
        }
        return gaps;
    }

    private void abandon() {
        backlog.abandon(LossReason.LEFT);
        for (int i = 0; i < model.entries.size(); i++) {
            if (model.entries.get(i).waits()) {
                model.lose(i, LossReason.LEFT);
            }
        }
    }
}
