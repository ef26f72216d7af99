package io.heliograph.zmq;

import io.heliograph.LossReason;
import io.heliograph.TopicFilter;
import io.heliograph.flow.Admission.Verdict;
import io.heliograph.flow.FlowPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One group of workers and its share of a publisher's events: each that it wants is handed to one member at a time, until a
 * member settles it or it has been handed out often enough.
 *
 * <pre>
 *              +------------------- failed, overdue, released, worker lost ----------+
 *              v                                                                     |
 *  accept -> waiting ------------------- assign -------------------------------> in flight
 *              |  overflow, expired, evicted, closed       acknowledged <------------+
 *              +-----------> lost(reason) <------ dead letter, expired, unreadable --+
 * </pre>
 *
 * <p>Pure: it is told the time, and knows no socket. Guarded by the publisher's lock.
 */
final class WorkGroup {

    /** Hears of what nobody acknowledged. */
    @FunctionalInterface
    interface DeadLetters {
        void onDeadLetter(WorkGroup group, Task task, String why);
    }

    private final String name;
    private final TopicFilter filter;
    private final boolean isForeign;
    private final WorkRules rules;
    private final DeadLetters deadLetters;
    private final HandedOut handedOut;
    private final WaitingTasks waiting;
    /** By sequence, wherever they are. */
    private final Map<Long, Task> tasks = new HashMap<>();
    private final List<RemoteWorker> members = new ArrayList<>();
    private final GroupTally tally = new GroupTally();
    private int turn;
    private boolean isTaking = true;

    /** @param isForeign whether its members are foreign peers, behind one socket */
    WorkGroup(String name, TopicFilter filter, boolean isForeign, WorkRules rules, DeadLetters deadLetters) {
        this.name = name;
        this.filter = filter;
        this.isForeign = isForeign;
        this.rules = rules;
        this.deadLetters = deadLetters;
        this.handedOut = new HandedOut(rules);
        this.waiting = new WaitingTasks(handedOut);
    }

    String name() {
        return name;
    }

    TopicFilter filter() {
        return filter;
    }

    /** Whether it takes an event of {@code topic}. */
    boolean takes(String topic) {
        return isTaking && filter.matches(topic);
    }

    /** Whether it takes events at all: it does from its first member on, until it is given up. */
    boolean isTaking() {
        return isTaking;
    }

    boolean isIdle() {
        return tasks.isEmpty();
    }

    boolean hasWaiting() {
        return waiting.count() > 0;
    }

    List<RemoteWorker> members() {
        return members;
    }

    long filtered() {
        return tally.filtered;
    }

    GroupSums sums(int workers) {
        return tally.sums(name, filter.toString(), isForeign, workers);
    }

    // What the publisher does.

    Verdict judge(FlowPolicy policy, int sizeBytes, long waitedNs) {
        return waiting.judge(policy, sizeBytes, waitedNs);
    }

    /** Takes an event in, or counts it as lost where the policy gives it up. */
    void accept(Parcel parcel, FlowPolicy policy) {
        tally.accepted++;
        Verdict verdict = waiting.judge(policy, parcel.size(), 0);
        while (verdict == Verdict.EVICT_OLDEST) {
            Task oldest = waiting.oldestEvictable();
            unwait(oldest);
            lose(oldest, LossReason.OVERFLOW);
            verdict = waiting.judge(policy, parcel.size(), 0);
        }
        if (verdict != Verdict.ADMIT) {
            tally.lose(LossReason.OVERFLOW);
            return;
        }
        var task = new Task(parcel, evicts(policy));
        tasks.put(task.sequence(), task);
        await(task);
    }

    /** An event that it does not want. */
    void skip() {
        if (isTaking) {
            tally.filtered++;
        }
    }

    private static boolean evicts(FlowPolicy policy) {
        return switch (policy) {
            case FlowPolicy.Drop drop -> drop.victim() != FlowPolicy.Victim.NEWEST;
            case FlowPolicy.Buffer buffer -> evicts(buffer.then());
            case FlowPolicy.BackPressure pressure -> false;
        };
    }

    // Its members.

    void join(RemoteWorker worker) {
        isTaking = true;
        members.add(worker);
    }

    /** The worker is gone: what it had is handed to others, in order. */
    void leave(RemoteWorker worker, String why) {
        members.remove(worker);
        for (Task task : new ArrayList<>(worker.held.values())) {
            tally.orphaned++;
            retry(task, why);
        }
    }

    /** Hands out what may be, to whoever has least; says whether there was any. */
    boolean assign(long nowNs) {
        if (waiting.count() == 0) {
            return false;
        }
        boolean hasAssigned = false;
        List<RemoteWorker> able = new ArrayList<>(members);
        able.removeIf(worker -> !worker.hasRoom(rules.windowBytes()));
        while (!able.isEmpty() && waiting.count() > 0) {
            RemoteWorker worker = leastBusy(able);
            Optional<Task> next = next(worker, nowNs);
            if (next.isPresent()) {
                hand(next.get(), worker, nowNs);
                hasAssigned = true;
            }
            if (next.isEmpty() || !worker.hasRoom(rules.windowBytes())) {
                able.remove(worker);
            }
        }
        return hasAssigned;
    }

    private RemoteWorker leastBusy(List<RemoteWorker> able) {
        turn++;
        RemoteWorker least = able.get(turn % able.size());
        for (int i = 0; i < able.size() && !least.held.isEmpty(); i++) {
            RemoteWorker other = able.get((turn + i) % able.size());
            least = other.held.size() < least.held.size() ? other : least;
        }
        return least;
    }

    private Optional<Task> next(RemoteWorker worker, long nowNs) {
        Optional<Task> next = waiting.first(worker);
        while (next.isPresent() && next.get().parcel.isExpired(nowNs)) {
            expire(next.get());
            next = waiting.first(worker);
        }
        return next;
    }

    private void expire(Task task) {
        unwait(task);
        lose(task, LossReason.EXPIRED);
    }

    private void hand(Task task, RemoteWorker worker, long nowNs) {
        unwait(task);
        tally.inFlight++;
        handedOut.add(task, worker, nowNs);
        if (task.deliveries > 1) {
            tally.redelivered++;
        }
    }

    /** What became of an event at {@code worker}; says whether that settled anything. */
    boolean settle(RemoteWorker worker, Settlement settlement) {
        if (settlement.kind() != Settlement.Kind.RELEASED) {
            worker.isOverdue = false;
        }
        Task task = worker.held.get(settlement.sequence());
        if (task == null || task.number() != settlement.delivery()) {
            return settleLate(settlement);
        }
        switch (settlement.kind()) {
            case ACKNOWLEDGED -> {
                land(task);
                acknowledge(task);
            }
            case FAILED -> {
                tally.failures++;
                retry(task, "its handler threw");
            }
            case RELEASED -> {
                task.unstarted++;
                land(task);
                await(task);
            }
            case EXPIRED -> {
                land(task);
                lose(task, LossReason.EXPIRED);
            }
            case UNREADABLE -> {
                land(task);
                lose(task, LossReason.UNREADABLE);
            }
        }
        return true;
    }

    /** Word of an event that had been taken back: it counts if nobody else has the event yet. */
    boolean settleLate(Settlement settlement) {
        Optional<Task> task = Optional.ofNullable(tasks.get(settlement.sequence()));
        if (settlement.kind() == Settlement.Kind.RELEASED) {
            task.filter(known -> known.unstarted < known.deliveries).ifPresent(known -> known.unstarted++);
            return false;
        }
        if (settlement.kind() != Settlement.Kind.ACKNOWLEDGED) {
            return false;
        }
        tally.late++;
        if (task.isEmpty() || task.get().place == Task.Place.IN_FLIGHT) {
            return false;
        }
        unwait(task.get());
        acknowledge(task.get());
        return true;
    }

    private void acknowledge(Task task) {
        tally.acknowledged++;
        tasks.remove(task.sequence());
    }

    private void lose(Task task, LossReason reason) {
        tally.lose(reason);
        tasks.remove(task.sequence());
    }

    /** It comes back from its worker: to be handed out again, unless that has been done often enough. */
    private void retry(Task task, String why) {
        land(task);
        if (task.attempts() >= rules.deliveries()) {
            lose(task, LossReason.DEAD_LETTER);
            deadLetters.onDeadLetter(this, task, why);
        } else {
            await(task);
        }
    }

    private void await(Task task) {
        tally.waiting++;
        waiting.add(task);
    }

    private void unwait(Task task) {
        tally.waiting--;
        waiting.remove(task);
    }

    /** It is its worker's no longer. */
    private void land(Task task) {
        tally.inFlight--;
        handedOut.remove(task).ifPresent(waiting::unpark);
    }

    // Time.

    /** Takes back what is overdue; says whether anything was. */
    boolean recallOverdue(long nowNs) {
        boolean hasRecalled = false;
        for (Optional<Task> first = handedOut.first(); first.isPresent() && first.get().deadlineNs - nowNs <= 0;
                first = handedOut.first()) {
            RemoteWorker worker = first.get().worker.orElseThrow();
            worker.isOverdue = true;
            for (Task each : handedOut.withKey(first.get())) {
                tally.overdue++;
                worker.recalls.add(new Settlement(Settlement.Kind.RELEASED, each.number(), each.sequence()));
                retry(each, "its deadline passed");
            }
            hasRecalled = true;
        }
        return hasRecalled;
    }

    /** How long until something is overdue. */
    long untilOverdueNs(long nowNs) {
        return handedOut.first().map(task -> task.deadlineNs - nowNs).orElse(Long.MAX_VALUE);
    }

    // The end.

    /** Nobody has worked for it for long, and it is in others' way: until a member comes it takes no more. */
    void giveUp() {
        isTaking = false;
        loseAll(LossReason.EVICTED);
    }

    /** The session ends. */
    void close() {
        isTaking = false;
        loseAll(LossReason.CLOSED);
    }

    private void loseAll(LossReason reason) {
        for (Task task : new ArrayList<>(tasks.values())) {
            if (task.place == Task.Place.IN_FLIGHT) {
                land(task);
            } else {
                unwait(task);
            }
            lose(task, reason);
        }
    }
}
