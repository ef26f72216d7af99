package io.heliograph.zmq;

import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import java.util.LinkedHashMap;
import java.util.function.LongConsumer;

/**
 * The last event of each topic, for subscribers that come later. Where a limit is reached the topic that has been unchanged
 * for the longest is forgotten, and counted. Guarded by its publisher's lock.
 *
 * <pre>
 *            forgotten first                          next
 *                  v                                   v
 *   sequences     12        17        40     41        96
 *   topics         b         d         a      c
 *
 *   a lane for a and b:  12 event, 13 to 39 filtered, 40 event, 41 to 95 filtered, and on from 96 as ever
 * </pre>
 */
final class LastValues {

    private final Limit limit;
    /** In the order of their sequences. */
    private final LinkedHashMap<String, LastValue> byTopic = new LinkedHashMap<>();
    private long bytes;
    private long forgotten;

    LastValues(Limit limit) {
        this.limit = limit;
    }

    /** Puts a later event in the place of its topic's. */
    void keep(LastValue value) {
        LastValue before = byTopic.remove(value.event().topic());
        if (before != null) {
            bytes -= before.event().size();
        }
        if (value.event().size() > limit.bytes()) {
            forgotten++;
            return;
        }
        byTopic.put(value.event().topic(), value);
        bytes += value.event().size();
        while (byTopic.size() > limit.events() || bytes > limit.bytes()) {
            bytes -= byTopic.pollFirstEntry().getValue().event().size();
            forgotten++;
        }
    }

    Limit limit() {
        return limit;
    }

    /** How many topics have one. */
    int topics() {
        return byTopic.size();
    }

    /** What they count for together. */
    long bytes() {
        return bytes;
    }

    /** How many were forgotten because there was no room. */
    long forgotten() {
        return forgotten;
    }

    /** Where a lane begins that is to have what {@code wanted} wants of these; {@code next} if that is nothing. */
    long start(Filters wanted, long next) {
        for (LastValue value : byTopic.values()) {
            if (wanted.want(value.event().topic())) {
                return value.sequence();
            }
        }
        return next;
    }

    /**
     * Tells a new lane of all from where it begins up to {@code next}: what it wants of these it gets, each at its own sequence.
     *
     * @param between told the sequence up to which all else lies, each time: {@link Lane#skipUpTo} or {@link Lane#evictUpTo}
     */
    void fill(Lane lane, LongConsumer between, long next, FlowPolicy ceiling) {
        for (LastValue value : byTopic.values()) {
            if (value.sequence() >= lane.next() && lane.wants(value.event().topic())) {
                between.accept(value.sequence());
                lane.acceptLast(value, ceiling);
            }
        }
        between.accept(next);
        // What follows may meet another fate: whoever has a part of this already must be able to tell.
        lane.flushTail();
    }
}
