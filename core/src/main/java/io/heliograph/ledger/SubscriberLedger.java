package io.heliograph.ledger;

import io.heliograph.LossReason;
import java.util.EnumMap;

/**
 * Counts what became of each position that a subscriber knows of. Every term is counted where it happens and none is
 * derived from the others, so that {@link SubscriberSums#difference} can show a defect. Confined to its subscription's
 * lock; allocates only in {@link #sums}.
 */
public final class SubscriberLedger {

    private static final LossReason[] REASONS = LossReason.values();

    private final long[] lost = new long[REASONS.length];
    private long known;
    private long delivered;
    private long filtered;
    private long inFlight;
    private long duplicates;
    private long gaps;
    private long failures;

    /** {@code count} more positions exist. */
    public void known(long count) {
        known += count;
    }

    /** One event entered the backlog. */
    public void entered() {
        inFlight++;
    }

    /** One event left the backlog or its handler, for whatever reason. */
    public void left() {
        inFlight--;
    }

    /** The handler returned. */
    public void delivered() {
        delivered++;
    }

    /** The handler returned so many times. */
    public void delivered(long count) {
        delivered += count;
    }

    /** One event was not wanted. */
    public void filtered() {
        filtered++;
    }

    /** So many events were not wanted. */
    public void filtered(long count) {
        filtered += count;
    }

    /** {@code count} events are lost for good. */
    public void lost(LossReason reason, long count) {
        lost[reason.ordinal()] += count;
    }

    /** {@code count} positions arrived again. */
    public void duplicates(long count) {
        duplicates += count;
    }

    /** A gap was told. */
    public void gap() {
        gaps++;
    }

    /** A handler threw. */
    public void failure() {
        failures++;
    }

    /** How many positions exist. */
    public long known() {
        return known;
    }

    /** How many events are lost for good, for whatever reason. */
    public long lostTotal() {
        long all = 0;
        for (long count : lost) {
            all += count;
        }
        return all;
    }

    /** The sums so far. */
    public SubscriberSums sums() {
        var byReason = new EnumMap<LossReason, Long>(LossReason.class);
        for (LossReason reason : REASONS) {
            if (lost[reason.ordinal()] != 0) {
                byReason.put(reason, lost[reason.ordinal()]);
            }
        }
        return new SubscriberSums(known, delivered, filtered, byReason, inFlight, duplicates, gaps, failures);
    }
}
