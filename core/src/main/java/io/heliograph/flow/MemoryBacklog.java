package io.heliograph.flow;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.Gap;
import io.heliograph.Inbound;
import io.heliograph.LossReason;
import io.heliograph.flow.Admission.Verdict;
import io.heliograph.flow.FlowPolicy.BackPressure;
import io.heliograph.flow.FlowPolicy.Buffer;
import io.heliograph.flow.FlowPolicy.Drop;
import io.heliograph.flow.FlowPolicy.Victim;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A queue in memory, bounded in events and bytes. Confined to its owner's lock; allocates one node for each event taken
 * in.
 *
 * <p>An event accepted under a policy that never evicts (back pressure, drop-newest) has been promised its place: it
 * stays even if a later policy evicts. The others are evictable, and are listed twice more: by age, and by key.
 *
 * <pre>
 * by arrival    a - b - c - d - e          gaps lie before a node, and behind the last one
 * by age            b ----- d - e          the evictable ones
 * key "eurusd"      b --------- e
 * </pre>
 *
 * <p>It never holds more than one limit of promised events and one limit of evictable ones, nor more gaps than a
 * {@link GapRoom} has place for.
 */
public final class MemoryBacklog implements Backlog {

    private static final Occupancy NO_DISK = new Occupancy();

    private final LossListener losses;
    private final Occupancy memory = new Occupancy();
    private final Occupancy evictable = new Occupancy();
    private final Node.Link byArrival = new Node.Link();
    private final Node.Link byAge = new Node.Link();
    private final Map<String, ArrayDeque<Node>> byKey = new HashMap<>();
    private final GapChain tail = new GapChain();
    private final GapRoom gapRoom = new GapRoom(memory);

    /** @param losses hears of each event given up after it was taken in */
    public MemoryBacklog(LossListener losses) {
        this.losses = losses;
    }

    @Override
    public Verdict judge(FlowPolicy policy, int sizeBytes, long waitedNs) {
        return Admission.judge(policy, memory, evictable, NO_DISK, sizeBytes, waitedNs);
    }

    @Override
    public Verdict offer(Delivery delivery, FlowPolicy policy, long waitedNs, long nowNs) {
        while (true) {
            Verdict verdict = judge(policy, delivery.event().size(), waitedNs);
            switch (verdict) {
                case ADMIT -> {
                    take(new Node(delivery, nowNs), policy);
                    return verdict;
                }
                case EVICT_OLDEST -> giveUp(oldestEvictable(), LossReason.OVERFLOW);
                case EVICT_SAME_KEY -> evictSameKey(delivery);
                case DROP, WAIT, BACK_PRESSURED, TOO_LARGE -> {
                    return verdict;
                }
                case SPILL -> throw new IllegalStateException("a memory backlog has no disk to spill to: " + policy);
            }
        }
    }

    @Override
    public void append(Gap gap) {
        tail.add(gap, gapRoom);
    }

    @Override
    public Optional<Inbound> poll(long nowNs) {
        Optional<Node> first = byArrival.first();
        while (first.isPresent() && first.get().isExpired(nowNs)) {
            giveUp(first.get(), LossReason.EXPIRED);
            first = byArrival.first();
        }
        if (first.isEmpty()) {
            return tail.poll(gapRoom).map(gap -> gap);
        }
        Node node = first.get();
        Optional<Gap> gap = node.before.poll(gapRoom);
        if (gap.isPresent()) {
            return Optional.of(gap.get());
        }
        forget(node);
        return Optional.of(node.delivery);
    }

    @Override
    public void abandon(LossReason reason) {
        for (Optional<Node> first = byArrival.first(); first.isPresent(); first = byArrival.first()) {
            giveUp(first.get(), reason);
        }
    }

    @Override
    public int events() {
        return memory.events();
    }

    @Override
    public long bytes() {
        return memory.bytes();
    }

    @Override
    public long untoldGaps() {
        return gapRoom.untold();
    }

    @Override
    public boolean isEmpty() {
        return memory.events() == 0 && tail.isEmpty();
    }

    private void take(Node node, FlowPolicy policy) {
        node.before.prepend(tail, gapRoom);
        byArrival.addLast(node.byArrival);
        memory.add(node.sizeBytes());
        evictingVictim(policy).ifPresent(victim -> listAsEvictable(node, victim));
    }

    private void listAsEvictable(Node node, Victim victim) {
        byAge.addLast(node.byAge);
        evictable.add(node.sizeBytes());
        if (victim == Victim.SAME_KEY) {
            node.key = key(node.delivery.event());
            node.key.ifPresent(key -> byKey.computeIfAbsent(key, k -> new ArrayDeque<>(2)).addLast(node));
        }
    }

    /** Which waiting event the policy gives up when full; none if it never gives up one that it took in. */
    private static Optional<Victim> evictingVictim(FlowPolicy policy) {
        return switch (policy) {
            case Drop drop when drop.victim() == Victim.NEWEST -> Optional.empty();
            case Drop drop -> Optional.of(drop.victim());
            case Buffer buffer -> evictingVictim(buffer.then());
            case BackPressure pressure -> Optional.empty();
        };
    }

    private Node oldestEvictable() {
        return byAge.first().orElseThrow();
    }

    private void evictSameKey(Delivery arriving) {
        Optional<Node> rival = key(arriving.event()).map(byKey::get).map(ArrayDeque::getFirst);
        if (rival.isPresent()) {
            giveUp(rival.get(), LossReason.CONFLATED);
        } else {
            giveUp(oldestEvictable(), LossReason.OVERFLOW);
        }
    }

    private void giveUp(Node node, LossReason reason) {
        Delivery delivery = node.delivery;
        long sequence = delivery.position().sequence();
        node.before.add(new Gap(delivery.position().session(), sequence, sequence, 1, reason), gapRoom);
        node.byArrival.next().map(next -> next.before).orElse(tail).prepend(node.before, gapRoom);
        forget(node);
        losses.onLoss(delivery, reason);
    }

    /** Events of two topics are about different things even where their keys are spelt alike. */
    private static Optional<String> key(Event event) {
        return event.key().map(key -> event.topic() + ' ' + key);
    }

    /** Takes {@code node} off every list. Whichever way it goes, it is the oldest of its key. */
    private void forget(Node node) {
        memory.remove(node.sizeBytes());
        node.byArrival.unlink();
        if (node.byAge.isLinked()) {
            node.byAge.unlink();
            evictable.remove(node.sizeBytes());
        }
        node.key.ifPresent(key -> {
            ArrayDeque<Node> sameKey = Objects.requireNonNull(byKey.get(key), "a keyed node is in its key's chain");
            sameKey.removeFirst();
            if (sameKey.isEmpty()) {
                byKey.remove(key);
            }
        });
    }
}
