package io.heliograph.zmq;

import io.heliograph.Interest;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Intake;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The subscriptions of one subscriber, and which of them a publisher has been told of: each change makes a new version of
 * the filters that are sent upstream. Guarded by the subscriber's lock.
 */
final class Subscriptions {

    /** A subscription, its handler if that takes events where they lie, and the version that it came with. */
    record Opened(Intake intake, Interest interest, Optional<DataHandler> direct, int version) {
    }

    private final List<Opened> opened = new ArrayList<>();
    private int version;

    /** One more. */
    Opened add(Intake intake, Interest interest, Optional<DataHandler> direct) {
        version++;
        var one = new Opened(intake, interest, direct, version);
        opened.add(one);
        return one;
    }

    void remove(Intake intake) {
        if (opened.removeIf(one -> one.intake() == intake)) {
            version++;
        }
    }

    boolean isEmpty() {
        return opened.isEmpty();
    }

    int count() {
        return opened.size();
    }

    int version() {
        return version;
    }

    /** All of them. */
    List<Opened> all() {
        return List.copyOf(opened);
    }

    /** What they want together. */
    List<TopicFilter> filters() {
        Set<TopicFilter> filters = new LinkedHashSet<>();
        opened.forEach(one -> filters.add(one.interest().filter()));
        return List.copyOf(filters);
    }

    /** The policy that all of them ask for, if they ask for the same; else the publisher's holds for the lane. */
    Optional<FlowPolicy> policy() {
        Optional<FlowPolicy> first = opened.isEmpty() ? Optional.empty() : opened.getFirst().interest().policy();
        return opened.stream().allMatch(one -> one.interest().policy().equals(first)) ? first : Optional.empty();
    }

    /** Those that came after version {@code behind}, up to {@code upTo}, begin at {@code sequence}. */
    void join(Outlets outlets, int behind, int upTo, long sequence) {
        for (Opened one : opened) {
            if (one.version() > behind && one.version() <= upTo) {
                outlets.join(one.intake(), one.direct(), sequence, Optional.empty());
            }
        }
    }
}
