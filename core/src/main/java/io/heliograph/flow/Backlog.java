package io.heliograph.flow;

import io.heliograph.Delivery;
import io.heliograph.Gap;
import io.heliograph.Inbound;
import io.heliograph.LossReason;
import io.heliograph.flow.Admission.Verdict;
import java.util.Optional;

/**
 * What is kept for a subscriber until its handler takes it: the events that wait, and the gaps in their places between
 * them. Whether an event may enter is {@link Admission}'s to say.
 *
 * <p>Confined to its owner's lock.
 */
public interface Backlog {

    /** Hears of each event that the backlog gives up after it was taken in. */
    @FunctionalInterface
    interface LossListener {

        /** {@code delivery} will never be handed out; its gap has been put in its place. */
        void onLoss(Delivery delivery, LossReason reason);
    }

    /** What {@link #offer} would do now; changes nothing. */
    Verdict judge(FlowPolicy policy, int sizeBytes, long waitedNs);

    /**
     * Takes an event in, giving up others where the policy says so.
     *
     * @return {@link Verdict#ADMIT} or {@link Verdict#SPILL} if it was taken in; else why not, and nothing has changed
     */
    Verdict offer(Delivery delivery, FlowPolicy policy, long waitedNs, long nowNs);

    /** Puts word of lost events behind what waits now. */
    void append(Gap gap);

    /** Takes out what is next: a gap, or an event whose time to live has not ended. */
    Optional<Inbound> poll(long nowNs);

    /** Gives up all that waits, for {@code reason}; the gaps can still be polled. */
    void abandon(LossReason reason);

    /** How many events wait. */
    int events();

    /** How many bytes wait, as {@link io.heliograph.Event#size} counts them. */
    long bytes();

    /** Gaps, of {@link #append} or of events given up, that were not kept because too many different ones wait. */
    long untoldGaps();

    /** Whether neither an event nor a gap waits. */
    boolean isEmpty();
}
