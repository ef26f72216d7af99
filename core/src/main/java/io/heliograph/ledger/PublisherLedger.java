package io.heliograph.ledger;

import io.heliograph.PublishResult;

/**
 * Counts what became of each publish. Confined to whatever lock its publisher publishes under; allocates only in
 * {@link #sums}.
 */
public final class PublisherLedger {

    private long offered;
    private long accepted;
    private long dropped;
    private long refused;
    private long unheard;

    /** Counts one publish that is about to return {@code result}, and returns it. */
    public PublishResult count(PublishResult result) {
        offered++;
        switch (result) {
            case ACCEPTED -> accepted++;
            case DROPPED -> dropped++;
            case BACK_PRESSURED, NOT_CONNECTED, TOO_LARGE, CLOSED -> refused++;
        }
        return result;
    }

    /** Counts so many publishes that have all had {@code result}, and returns it. */
    public PublishResult count(PublishResult result, int times) {
        offered += times;
        switch (result) {
            case ACCEPTED -> accepted += times;
            case DROPPED -> dropped += times;
            case BACK_PRESSURED, NOT_CONNECTED, TOO_LARGE, CLOSED -> refused += times;
        }
        return result;
    }

    /** Counts one accepted event that nobody was known to listen for. */
    public void countUnheard() {
        unheard++;
    }

    /** Counts so many accepted events that nobody was known to listen for. */
    public void countUnheard(int times) {
        unheard += times;
    }

    /** The sums so far. */
    public PublisherSums sums() {
        return new PublisherSums(offered, accepted, dropped, refused, unheard);
    }
}
