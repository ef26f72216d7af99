package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.LossReason;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A group as such: no sockets, and time as the test says. */
class WorkGroupTest {

    private static final long DEADLINE_NS = Duration.ofSeconds(30).toNanos();
    private static final FlowPolicy POLICY = FlowPolicy.parse("backpressure:1000");

    private final List<String> dead = new ArrayList<>();
    private WorkGroup group = group(false, 5);
    private long nowNs = Long.MAX_VALUE - 1_000;
    private long sequence;
    private long workers;

    private WorkGroup group(boolean keepsKeys, int deliveries) {
        return new WorkGroup("g", TopicFilter.ALL, false, new WorkRules(DEADLINE_NS, deliveries, keepsKeys, 1 << 20),
                (from, task, why) -> dead.add(task.sequence() + " " + task.deliveries + " " + why));
    }

    private RemoteWorker join(int credit) {
        workers++;
        var socket = new DealerSocket();
        var worker = new RemoteWorker(workers, socket.peer(), "worker " + workers, group, credit, nowNs);
        group.join(worker);
        return worker;
    }

    private void accept(int count) {
        for (int i = 0; i < count; i++) {
            accept("");
        }
    }

    private void accept(String key) {
        var event = Event.builder("t").data(new byte[1]);
        group.accept(Parcel.of(sequence, (key.isEmpty() ? event : event.subject(key)).build(), nowNs), POLICY);
        sequence++;
    }

    private static List<Long> held(RemoteWorker worker) {
        return List.copyOf(worker.held.keySet());
    }

    private boolean settle(RemoteWorker worker, Settlement.Kind kind, long at) {
        Task task = worker.held.get(at);
        return group.settle(worker, new Settlement(kind, task == null ? 1 : task.deliveries, at));
    }

    private GroupSums sums() {
        return group.sums(group.members().size());
    }

    @AfterEach
    void everyTermIsCounted() {
        assertThat(sums().difference()).as("%s", sums()).isZero();
    }

    @Test
    void givesTheNextToWhoeverHasLeast() {
        RemoteWorker a = join(10);
        RemoteWorker b = join(2);
        accept(6);
        group.assign(nowNs);
        assertThat(a.held).hasSize(4);
        assertThat(b.held).hasSize(2);
        assertThat(sums().inFlight()).isEqualTo(6);
    }

    @Test
    void takesBackExactlyWhenTheDeadlineIsOver() {
        RemoteWorker a = join(2);
        accept(1);
        group.assign(nowNs);
        nowNs += DEADLINE_NS - 1;
        assertThat(group.recallOverdue(nowNs)).isFalse();
        assertThat(group.untilOverdueNs(nowNs)).isEqualTo(1);
        nowNs++;
        assertThat(group.recallOverdue(nowNs)).isTrue();
        assertThat(a.recalls).containsExactly(new Settlement(Settlement.Kind.RELEASED, 1, 0));
        assertThat(sums().waiting()).isEqualTo(1);
        assertThat(sums().overdue()).isEqualTo(1);
        // Whoever let it pass gets nothing until it has finished something.
        assertThat(group.assign(nowNs)).isFalse();
        RemoteWorker b = join(1);
        assertThat(group.assign(nowNs)).isTrue();
        assertThat(b.held.get(0L).deliveries).isEqualTo(2);
        assertThat(sums().redelivered()).isEqualTo(1);
    }

    @Test
    void countsALateAcknowledgementThatNobodyHasOvertaken() {
        RemoteWorker a = join(2);
        accept(2);
        group.assign(nowNs);
        nowNs += DEADLINE_NS;
        group.recallOverdue(nowNs);
        assertThat(settle(a, Settlement.Kind.ACKNOWLEDGED, 0)).isTrue();
        assertThat(sums().acknowledged()).isEqualTo(1);
        RemoteWorker b = join(2);
        group.assign(nowNs);
        assertThat(held(a).size() + held(b).size()).isEqualTo(1);
        RemoteWorker holder = held(a).isEmpty() ? b : a;
        assertThat(group.settle(holder == a ? b : a, new Settlement(Settlement.Kind.ACKNOWLEDGED, 1, 1))).isFalse();
        assertThat(sums().late()).isEqualTo(2);
        assertThat(settle(holder, Settlement.Kind.ACKNOWLEDGED, 1)).isTrue();
        assertThat(sums().acknowledged()).isEqualTo(2);
        assertThat(group.isIdle()).isTrue();
    }

    @Test
    void doesNotCountADeliveryThatNoHandlerSaw() {
        group = group(false, 2);
        RemoteWorker a = join(1);
        accept(1);
        for (int i = 0; i < 10; i++) {
            group.assign(nowNs);
            assertThat(settle(a, Settlement.Kind.RELEASED, 0)).isTrue();
        }
        group.assign(nowNs);
        nowNs += DEADLINE_NS;
        group.recallOverdue(nowNs);
        // It says that it had not begun.
        group.settle(a, new Settlement(Settlement.Kind.RELEASED, 11, 0));
        a.isOverdue = false;
        group.assign(nowNs);
        settle(a, Settlement.Kind.FAILED, 0);
        assertThat(dead).isEmpty();
        group.assign(nowNs);
        settle(a, Settlement.Kind.FAILED, 0);
        assertThat(dead).containsExactly("0 13 its handler threw");
        assertThat(sums().lost()).isEqualTo(Map.of(LossReason.DEAD_LETTER, 1L));
    }

    @Test
    void givesAllThatAWorkerHadToTheOthersInOrder() {
        RemoteWorker a = join(5);
        accept(8);
        group.assign(nowNs);
        group.leave(a, "gone");
        RemoteWorker b = join(8);
        group.assign(nowNs);
        assertThat(held(b)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
        assertThat(sums().orphaned()).isEqualTo(5);
        assertThat(sums().redelivered()).isEqualTo(5);
    }

    @Test
    void ignoresASettlementOfAnEarlierDelivery() {
        RemoteWorker a = join(1);
        accept(1);
        group.assign(nowNs);
        settle(a, Settlement.Kind.FAILED, 0);
        group.assign(nowNs);
        assertThat(group.settle(a, new Settlement(Settlement.Kind.FAILED, 1, 0))).isFalse();
        assertThat(sums().failures()).isEqualTo(1);
        assertThat(sums().inFlight()).isEqualTo(1);
    }

    @Test
    void countsWhatExpiresOrCannotBeReadAsLost() {
        RemoteWorker a = join(3);
        accept(3);
        group.assign(nowNs);
        settle(a, Settlement.Kind.EXPIRED, 0);
        settle(a, Settlement.Kind.UNREADABLE, 1);
        group.accept(Parcel.of(sequence, Event.builder("t").ttl(Duration.ofSeconds(1)).build(), nowNs), POLICY);
        nowNs += Duration.ofSeconds(1).toNanos();
        group.assign(nowNs);
        assertThat(sums().lost()).isEqualTo(Map.of(LossReason.EXPIRED, 2L, LossReason.UNREADABLE, 1L));
    }

    @Test
    void dropsWhatWaitsLongestButNothingThatWasHandedOut() {
        FlowPolicy policy = FlowPolicy.parse("drop-oldest:3");
        RemoteWorker a = join(2);
        for (int i = 0; i < 2; i++) {
            group.accept(Parcel.of(sequence++, Event.of("t", "x"), nowNs), policy);
        }
        group.assign(nowNs);
        for (int i = 0; i < 10; i++) {
            group.accept(Parcel.of(sequence++, Event.of("t", "x"), nowNs), policy);
        }
        assertThat(sums().lost()).isEqualTo(Map.of(LossReason.OVERFLOW, 7L));
        settle(a, Settlement.Kind.FAILED, 0);
        settle(a, Settlement.Kind.ACKNOWLEDGED, 1);
        group.assign(nowNs);
        assertThat(held(a)).containsExactly(0L, 9L);
    }

    @Test
    void keepsAKeyWithItsWorkerUntilItIsAcknowledged() {
        group = group(true, 5);
        RemoteWorker a = join(1);
        RemoteWorker b = join(10);
        accept("k");
        group.assign(nowNs);
        RemoteWorker first = held(a).isEmpty() ? b : a;
        RemoteWorker other = first == a ? b : a;
        first.credit = 1;
        accept("k");
        accept("other");
        accept("k");
        group.assign(nowNs);
        assertThat(held(other)).containsExactly(2L);
        settle(first, Settlement.Kind.ACKNOWLEDGED, 0);
        first.credit = 0;
        other.credit = 10;
        group.assign(nowNs);
        assertThat(held(other)).containsExactly(2L, 1L, 3L);
        assertThat(held(first)).isEmpty();
    }

    @Test
    void movesTheKeysOfALostWorkerOnInOrder() {
        group = group(true, 5);
        RemoteWorker a = join(2);
        for (int i = 0; i < 3; i++) {
            accept("k");
            accept("l");
        }
        group.assign(nowNs);
        assertThat(held(a)).containsExactly(0L, 1L);
        RemoteWorker b = join(10);
        group.assign(nowNs);
        assertThat(held(b)).isEmpty();
        group.leave(a, "gone");
        group.assign(nowNs);
        assertThat(held(b)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void takesWhatFollowsAnOverdueEventOfTheSameKeyBackWithIt() {
        group = group(true, 5);
        RemoteWorker a = join(4);
        accept("k");
        group.assign(nowNs);
        nowNs += 1_000;
        accept("k");
        accept("l");
        group.assign(nowNs);
        nowNs += DEADLINE_NS - 1_000;
        group.recallOverdue(nowNs);
        assertThat(held(a)).containsExactly(2L);
        RemoteWorker b = join(4);
        group.assign(nowNs);
        assertThat(held(b)).containsExactly(0L, 1L);
    }

    /** Workers come, go, fail, stall and finish as the seed says: per key, no event is begun before all earlier ones are over. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void keepsEveryKeyInOrderWhateverHappens(long seed) {
        var random = new SplittableRandom(seed);
        group = group(true, 1_000);
        var keys = new HashMap<Long, String>();
        for (int step = 0; step < 3_000; step++) {
            List<RemoteWorker> members = List.copyOf(group.members());
            switch (random.nextInt(12)) {
                case 0 -> {
                    if (members.size() < 5) {
                        join(1 + random.nextInt(6));
                    }
                }
                case 1 -> {
                    if (!members.isEmpty() && random.nextInt(4) == 0) {
                        group.leave(members.get(random.nextInt(members.size())), "gone");
                    }
                }
                case 2 -> {
                    nowNs += DEADLINE_NS / 4;
                    group.recallOverdue(nowNs);
                }
                case 3, 4, 5 -> {
                    String key = "k" + random.nextInt(6);
                    keys.put(sequence, key);
                    accept(key);
                }
                case 6, 7 -> members.stream().filter(worker -> !worker.held.isEmpty()).findAny()
                        .ifPresent(worker -> settle(worker, Settlement.Kind.FAILED, held(worker).getFirst()));
                default -> members.stream().filter(worker -> !worker.held.isEmpty()).skip(random.nextInt(2)).findFirst()
                        .ifPresent(worker -> settle(worker, Settlement.Kind.ACKNOWLEDGED, held(worker).getFirst()));
            }
            group.members().forEach(worker -> worker.isOverdue = false);
            group.assign(nowNs);
            requireOneWorkerPerKey(keys, seed);
            assertThat(sums().difference()).as("seed %d: %s", seed, sums()).isZero();
        }
        assertThat(sums().acknowledged()).as("seed %d", seed).isGreaterThan(100);
    }

    private void requireOneWorkerPerKey(Map<Long, String> keys, long seed) {
        var holder = new HashMap<String, RemoteWorker>();
        for (RemoteWorker worker : group.members()) {
            for (long at : worker.held.keySet()) {
                RemoteWorker before = holder.putIfAbsent(keys.get(at), worker);
                assertThat(before == null || before == worker).as("seed %d: key %s is with two workers", seed, keys.get(at)).isTrue();
            }
        }
    }
}
