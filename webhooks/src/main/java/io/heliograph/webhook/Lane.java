package io.heliograph.webhook;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The way to one endpoint: what was claimed for it and waits for its turn. Confined to the lock of its {@link Deliveries}.
 */
final class Lane {

    private final String endpoint;
    private final AtomicLong heldBytes;
    private final ArrayDeque<Parcel> claimed = new ArrayDeque<>();
    private final KeyQueues keys = new KeyQueues();
    private EndpointLimits limits;
    private EndpointGate gate;
    private EndpointHealth health;
    private boolean isStopped;
    private boolean isClaiming;
    private boolean mayHaveMore = true;
    private int held;
    private int unsettled;
    private long wakeNs;
    private boolean isAsleep;
    private boolean isRestless;
    /** How many more may come without being claimed; read by anybody. */
    private volatile int room;
    /** The same of those behind others of their key. */
    private volatile int keyRoom;
    /** That in which all was claimed that is in hand here; empty after a change. Read by anybody. */
    private volatile Optional<Ordering> ordering;

    /** @param heldBytes counts what waits in all lanes */
    Lane(Endpoint endpoint, AtomicLong heldBytes, long nowNs) {
        this.heldBytes = heldBytes;
        this.endpoint = endpoint.id();
        this.limits = endpoint.spec().limits();
        this.ordering = Optional.of(limits.ordering());
        this.health = endpoint.health();
        this.gate = new EndpointGate(limits, RetrySchedule.defaults().maxRetryAfter(), nowNs);
    }

    String endpoint() {
        return endpoint;
    }

    /** Takes other limits over once nothing is under way, since a gate counts what began at it. */
    void limit(EndpointLimits others, long nowNs) {
        if (!others.equals(limits) && gate.underWay() == 0) {
            limits = others;
            gate = new EndpointGate(others, RetrySchedule.defaults().maxRetryAfter(), nowNs);
        }
    }

    /** Begins anew, with a closed breaker; what is under way ends at the gate where it began. */
    void reset(Endpoint resumed, long nowNs) {
        health = resumed.health();
        isStopped = false;
        if (gate.underWay() == 0) {
            gate = new EndpointGate(limits, RetrySchedule.defaults().maxRetryAfter(), nowNs);
        }
    }

    /** How the endpoint does after one more attempt, if that is new; it is disabled once. */
    Optional<EndpointHealth.Next> judge(AttemptResult result, EndpointHealth.Patience patience, Instant at) {
        EndpointHealth before = health;
        EndpointHealth.Next next = health.after(result, patience, at);
        health = next.health();
        if (isStopped || next.health().equals(before) && next.change() == EndpointHealth.Change.NONE) {
            return Optional.empty();
        }
        isStopped = next.change() == EndpointHealth.Change.DISABLED;
        return Optional.of(next);
    }

    EndpointGate gate() {
        return gate;
    }

    /** Learns in which order its endpoint wants events now. */
    void follow(Ordering now) {
        if (ordering.filter(now::equals).isEmpty()) {
            boolean isEmptyHanded = unsettled == 0 && claimed.isEmpty() && keys.isEmpty() && !isClaiming;
            ordering = isEmptyHanded ? Optional.of(now) : Optional.empty();
        }
    }

    /**
     * What was claimed for it, and waits here for its turn.
     *
     * @return whether it does; if not, it is to go back to the queue
     */
    boolean add(Parcel parcel) {
        KeyQueues.Place place = parcel.first().isInOrder() ? keys.join(parcel.first().orderKey().orElseThrow(), parcel.first())
                : KeyQueues.Place.FIRST;
        if (place == KeyQueues.Place.BACK) {
            return false;
        }
        heldBytes.addAndGet(parcel.bytes());
        if (place == KeyQueues.Place.FIRST) {
            enqueue(parcel);
        }
        return true;
    }

    private void enqueue(Parcel parcel) {
        claimed.add(parcel);
        held += parcel.size();
    }

    /** It is delivered, on disk: the next one of its key may go. */
    void delivered(DueDelivery delivery) {
        if (delivery.isInOrder()) {
            keys.delivered(delivery.orderKey().orElseThrow()).ifPresent(next -> enqueue(Parcel.of(next)));
        }
    }

    /** It has ended otherwise, on disk, where those behind it are parked now. */
    void undelivered(DueDelivery delivery) {
        if (delivery.isInOrder()) {
            keys.ended(delivery.orderKey().orElseThrow()).forEach(behind -> heldBytes.addAndGet(-behind.content().length));
        }
    }

    /** Those of some keys, the first of which is delivered, whose next one does not wait here. */
    List<String> withoutNext(List<String> delivered) {
        return delivered.stream().filter(key -> !keys.hasNext(key)).toList();
    }

    /** Some are on their way back to the queue. */
    void goBack(List<DueDelivery> returning) {
        returning.stream().filter(DueDelivery::isInOrder).forEach(one -> keys.goBack(one.orderKey().orElseThrow()));
    }

    /** They are there. */
    void areBack(List<DueDelivery> returned) {
        returned.stream().filter(DueDelivery::isInOrder).forEach(one -> keys.areBack(one.orderKey().orElseThrow()));
    }

    /** The one whose turn it is; there is one. */
    Parcel take() {
        Parcel first = claimed.remove();
        held -= first.size();
        heldBytes.addAndGet(-first.bytes());
        return first;
    }

    /** All that waits here. */
    List<DueDelivery> takeAll() {
        List<DueDelivery> all = keys.takeAll();
        all.forEach(behind -> heldBytes.addAndGet(-behind.content().length));
        while (!claimed.isEmpty()) {
            List<DueDelivery> first = take().deliveries();
            all.addAll(first);
            first.forEach(this::undelivered);
        }
        return all;
    }

    /** Whether its queue is to be asked: something may be due, few are left here, and nobody asks already. */
    boolean wantsMore(int most) {
        return mayHaveMore && !isClaiming && held < Math.max(limits.concurrency(), most / 2);
    }

    /**
     * Says how many may come straight from where they are stored: none while others wait in its queue, which are before them, or it
     * lets nobody through.
     */
    void open(int most) {
        room = mayHaveMore || isClaiming ? 0 : most - held;
    }

    /** Says how many may come that are behind others of their key, all of which are in hand here. */
    void openKeys(int most) {
        keyRoom = most - keys.waiting();
    }

    /** The same, by the thread that has just emptied its queue: what is stored from now on is behind what that found. */
    void openBehind(int count) {
        room = Math.max(0, count);
    }

    void shut() {
        room = 0;
        keyRoom = 0;
    }

    /** How many more may come behind others of their key, if all that is in hand was claimed in this order. */
    int keyRoom(Ordering wanted) {
        return ordering.filter(wanted::equals).isPresent() ? keyRoom : 0;
    }

    int room() {
        return room;
    }

    /** Notes that it is to be looked at; says whether that is new. */
    boolean stir() {
        boolean isNew = !isRestless;
        isRestless = true;
        return isNew;
    }

    void calm() {
        isRestless = false;
    }

    void claimBegins() {
        isClaiming = true;
        mayHaveMore = false;
        room = 0;
    }

    void claimEnds() {
        isClaiming = false;
    }

    /** Its queue was empty when it was asked last, and nothing has come since. */
    void nothingIsReady() {
        mayHaveMore = false;
    }

    /** Something of it has become ready. */
    void moreIsReady() {
        mayHaveMore = true;
        room = 0;
    }

    /** Whether its queue is to be asked for batches: only when one may begin, so that they are as full as can be. */
    boolean wantsBatches() {
        return mayHaveMore && !isClaiming && claimed.isEmpty();
    }

    /** Deliveries whose outcome is not on disk yet, or at which attempts run. */
    int unsettled() {
        return unsettled;
    }

    void attemptBegins(int deliveries) {
        unsettled += deliveries;
    }

    void attemptSettled(int deliveries) {
        unsettled -= deliveries;
    }

    /** Notes a moment to look again; says whether it is sooner than the one noted before. */
    boolean sleepUntil(long ns) {
        boolean isSooner = !isAsleep || ns - wakeNs < 0;
        if (isSooner) {
            wakeNs = ns;
            isAsleep = true;
        }
        return isSooner;
    }

    /** Whether it is to be looked at, by what was noted last. */
    boolean wakesAt(long ns) {
        boolean isThat = isAsleep && wakeNs == ns;
        isAsleep &= !isThat;
        return isThat;
    }

    Optional<Parcel> first() {
        return Optional.ofNullable(claimed.peek());
    }
}
