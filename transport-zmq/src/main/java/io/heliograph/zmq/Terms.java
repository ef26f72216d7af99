package io.heliograph.zmq;

import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import java.util.List;
import java.util.Optional;

/**
 * On what terms a subscriber takes events: which it wants, and under which policy: the one it asked for where the publisher's
 * allows that, else the publisher's. Guarded by the publisher's lock; allocates nothing while the publisher's policy is the same.
 */
final class Terms {

    private Filters filters = new Filters(List.of());
    private Optional<FlowPolicy> asked = Optional.empty();
    /** What is in force under {@link #ceiling}, which nearly always is the very object that it was the last time. */
    private FlowPolicy inForce;
    private FlowPolicy ceiling;
    private boolean doesEvict;

    Terms() {
        judgeUnder(FlowPolicy.dropOldest(Limit.DEFAULT));
    }

    /** What it wants, and how: from the next event on. */
    void ask(Filters wanted, Optional<FlowPolicy> policy) {
        filters = wanted;
        asked = policy;
        judgeUnder(ceiling);
    }

    boolean want(String topic) {
        return filters.want(topic);
    }

    /** Whether the same events are wanted. */
    boolean isForTheSameAs(Terms other) {
        return filters.isLike(other.filters);
    }

    /** What is in force where the publisher's policy is {@code under}. */
    FlowPolicy policy(FlowPolicy under) {
        if (under != ceiling) {
            judgeUnder(under);
        }
        return inForce;
    }

    /** What was in force the last time. */
    FlowPolicy policy() {
        return inForce;
    }

    /** Whether that gives up events that it has taken in. */
    boolean doesEvict() {
        return doesEvict;
    }

    private void judgeUnder(FlowPolicy under) {
        ceiling = under;
        inForce = asked.filter(policy -> FlowPolicy.isAllowedUnder(under, policy)).orElse(under);
        doesEvict = evicts(inForce);
    }

    private static boolean evicts(FlowPolicy policy) {
        return switch (policy) {
            case FlowPolicy.Drop drop -> drop.victim() != FlowPolicy.Victim.NEWEST;
            case FlowPolicy.Buffer buffer -> evicts(buffer.then());
            case FlowPolicy.BackPressure pressure -> false;
        };
    }
}
