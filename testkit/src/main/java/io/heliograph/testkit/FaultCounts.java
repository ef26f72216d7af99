package io.heliograph.testkit;

import java.util.EnumMap;
import java.util.Map;

/**
 * How often each kind of fault happened.
 *
 * @param byKind the kinds that happened at least once
 */
public record FaultCounts(Map<FaultKind, Long> byKind) {

    /** Nothing happened. */
    public static final FaultCounts NONE = new FaultCounts(Map.of());

    public FaultCounts {
        byKind = Map.copyOf(byKind);
    }

    /** How often {@code kind} happened. */
    public long of(FaultKind kind) {
        return byKind.getOrDefault(kind, 0L);
    }

    /** Both together. */
    public FaultCounts plus(FaultCounts other) {
        var both = new EnumMap<FaultKind, Long>(FaultKind.class);
        both.putAll(byKind);
        other.byKind.forEach((kind, count) -> both.merge(kind, count, Long::sum));
        return new FaultCounts(both);
    }

    /**
     * Fails a suite that claims to have survived what never happened.
     *
     * @throws AssertionError naming the first of {@code kinds} that never happened
     */
    public void requireHappened(FaultKind... kinds) {
        for (FaultKind kind : kinds) {
            if (of(kind) == 0) {
                throw new AssertionError(kind + " is claimed but never happened; it was " + this);
            }
        }
    }
}
