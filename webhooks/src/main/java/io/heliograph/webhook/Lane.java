package io.heliograph.webhook;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * The way to one endpoint: what was claimed for it and waits for its turn. Confined to the lock of its {@link Deliveries}.
 */
final class Lane {

    private final String endpoint;
    private final ArrayDeque<DueDelivery> claimed = new ArrayDeque<>();
    private EndpointLimits limits;
    private EndpointGate gate;
    private EndpointHealth health;
    private boolean isStopped;
    private boolean isClaiming;
    private boolean mayHaveMore = true;
    private int unsettled;
    private long wakeNs;
    private boolean isAsleep;

    Lane(Endpoint endpoint, long nowNs) {
        this.endpoint = endpoint.id();
        this.limits = endpoint.spec().limits();
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

    ArrayDeque<DueDelivery> claimed() {
        return claimed;
    }

    /** Whether its queue is to be asked: something may be due, few are left here, and nobody asks already. */
    boolean wantsMore() {
        return mayHaveMore && !isClaiming && claimed.size() < limits.concurrency();
    }

    void claimBegins() {
        isClaiming = true;
        mayHaveMore = false;
    }

    void claimEnds() {
        isClaiming = false;
    }

    /** Something of it has become ready. */
    void moreIsReady() {
        mayHaveMore = true;
    }

    /** Attempts whose outcome is not on disk yet, or that run. */
    int unsettled() {
        return unsettled;
    }

    void attemptBegins() {
        unsettled++;
    }

    void attemptSettled() {
        unsettled--;
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

    Optional<DueDelivery> first() {
        return Optional.ofNullable(claimed.peek());
    }
}
