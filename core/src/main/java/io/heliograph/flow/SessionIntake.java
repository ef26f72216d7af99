package io.heliograph.flow;

import io.heliograph.Delivery;
import io.heliograph.Gap;
import io.heliograph.LossReason;
import io.heliograph.Position;
import io.heliograph.ledger.SubscriberLedger;
import io.heliograph.ledger.SubscriberSums;

/**
 * One session's way into an {@link Intake}: puts each position in its place, exactly once.
 *
 * <pre>
 *   joined                 next
 *     v                     v
 *     0  1  2  3  4  5  6   7  8  9
 *     |--- known ---------|    ^ an arrival here makes 7 and 8 a gap
 *        ^ an arrival here is a duplicate
 * </pre>
 *
 * <p>Sequences are 0 to 2^63 - 1 and never wrap: at a thousand million events a second they last 292 years. Thread-safe:
 * guarded by the intake's lock.
 */
public final class SessionIntake {

    final SubscriberLedger ledger = new SubscriberLedger();
    private final Intake intake;
    private final long session;
    private final long joined;
    private long next;
    private boolean isEnded;

    SessionIntake(Intake intake, long session, long joined) {
        this.intake = intake;
        this.session = session;
        this.joined = joined;
        this.next = joined;
    }

    /** The session's number. */
    public long session() {
        return session;
    }

    /** The intake that this leads to. */
    public Intake intake() {
        return intake;
    }

    /**
     * One event has arrived and is wanted. Positions between the last arrival and this one are lost(network).
     *
     * @param ceiling  the publisher's policy
     * @param waitedNs how long the publisher has waited for room, for a policy that makes it wait
     */
    public void offer(Delivery delivery, FlowPolicy ceiling, long waitedNs) {
        intake.lock();
        try {
            if (place(delivery.position().sequence())) {
                intake.admit(this, delivery, ceiling, waitedNs);
            }
        } finally {
            intake.unlock();
        }
    }

    /**
     * {@code count} events from {@code first} on have arrived and are handled at once, without a backlog. Positions
     * between the last arrival and these are lost(network).
     *
     * @return how many of them, from the first one on, had arrived before and are not to be handled
     */
    public int arrive(long first, int count) {
        return (int) account(first, count);
    }

    /** The same for a range that is only told of, however long; see {@link #handled} and {@link #lost(Gap)}. */
    public long account(long first, long count) {
        intake.lock();
        try {
            if (intake.isClosed() || isEnded) {
                return count;
            }
            long repeated = Math.clamp(next - first, 0L, count);
            if (repeated < count) {
                loseUpTo(first + repeated, LossReason.NETWORK);
                next = first + count;
                ledger.known(count - repeated);
            }
            ledger.duplicates(repeated - Math.clamp(joined - first, 0L, repeated));
            return repeated;
        } finally {
            intake.unlock();
        }
    }

    /** Of the events that {@link #arrive} placed, so many were handled and so many not wanted. */
    public void handled(long delivered, long filtered) {
        intake.lock();
        try {
            ledger.delivered(delivered);
            ledger.filtered(filtered);
        } finally {
            intake.unlock();
        }
    }

    /** The handler threw at one of the events that {@link #arrive} placed. */
    public void failed(long sequence, Throwable thrown) {
        intake.lock();
        try {
            ledger.lost(LossReason.FAILED, 1);
            intake.tell(new Gap(session, sequence, sequence, 1, LossReason.FAILED));
            intake.noteFailure(ledger, new Position(session, sequence), thrown);
        } finally {
            intake.unlock();
        }
    }

    /** One of the events that {@link #arrive} placed is lost for good, for {@code reason}. */
    public void lost(long sequence, LossReason reason) {
        intake.lock();
        try {
            ledger.lost(reason, 1);
            intake.tell(new Gap(session, sequence, sequence, 1, reason));
        } finally {
            intake.unlock();
        }
    }

    /** Events that {@link #account} placed are lost for good. */
    public void lost(Gap gap) {
        intake.lock();
        try {
            ledger.lost(gap.reason(), gap.count());
            intake.tell(gap);
        } finally {
            intake.unlock();
        }
    }

    /** One event has arrived that the filter does not want. */
    public void skip(long sequence) {
        intake.lock();
        try {
            if (place(sequence)) {
                ledger.filtered();
            }
        } finally {
            intake.unlock();
        }
    }

    /** The event at {@code sequence} is lost for good, for {@code reason}. */
    public void lose(long sequence, LossReason reason) {
        intake.lock();
        try {
            if (place(sequence)) {
                ledger.lost(reason, 1);
                intake.tell(new Gap(session, sequence, sequence, 1, reason));
            }
        } finally {
            intake.unlock();
        }
    }

    /** All positions before {@code end} exist; those that have not arrived are lost(network). */
    public void known(long end) {
        known(end, LossReason.NETWORK);
    }

    /** All positions before {@code end} exist; those that have not arrived are lost for good, for {@code reason}. */
    public void known(long end, LossReason reason) {
        intake.lock();
        try {
            if (!intake.isClosed() && !isEnded) {
                loseUpTo(end, reason);
            }
        } finally {
            intake.unlock();
        }
    }

    /** The publisher ended the session; {@code end} is the position behind its last event. */
    public void end(long end) {
        intake.lock();
        try {
            known(end);
            isEnded = true;
            intake.forgetIfDone(this);
        } finally {
            intake.unlock();
        }
    }

    /** {@code count} events arrived whose positions had arrived before. */
    public void duplicated(long count) {
        intake.lock();
        try {
            if (!intake.isClosed()) {
                ledger.duplicates(count);
            }
        } finally {
            intake.unlock();
        }
    }

    /** The session has fallen silent without its end of stream: whether more events existed cannot be known. */
    public void tellTailUnknown() {
        intake.lock();
        try {
            intake.tellTailUnknown(session, next - 1);
        } finally {
            intake.unlock();
        }
    }

    /** Nothing more is expected of the session; what waits can still be handled. */
    public void retire() {
        end(joined);
    }

    /** The position behind the last known one. */
    public long next() {
        intake.lock();
        try {
            return next;
        } finally {
            intake.unlock();
        }
    }

    /** How many of this session's positions are known to exist. Allocates nothing, as {@link #lost()}. */
    public long known() {
        intake.lock();
        try {
            return ledger.known();
        } finally {
            intake.unlock();
        }
    }

    /** How many of this session's events are lost for good. */
    public long lost() {
        intake.lock();
        try {
            return ledger.lostTotal();
        } finally {
            intake.unlock();
        }
    }

    /** This session's sums so far. */
    public SubscriberSums sums() {
        intake.lock();
        try {
            return ledger.sums();
        } finally {
            intake.unlock();
        }
    }

    /** Goes on after its end; says {@code false} if it has not ended. */
    boolean resume() {
        boolean hadEnded = isEnded;
        isEnded = false;
        return hadEnded;
    }

    boolean isEnded() {
        return isEnded;
    }

    /** Whether {@code sequence} is new; what lies between is lost. */
    private boolean place(long sequence) {
        if (intake.isClosed() || isEnded) {
            return false;
        }
        if (sequence < next) {
            if (sequence >= joined) {
                ledger.duplicates(1);
            }
            return false;
        }
        loseUpTo(sequence, LossReason.NETWORK);
        next = sequence + 1;
        ledger.known(1);
        return true;
    }

    private void loseUpTo(long end, LossReason reason) {
        if (end > next) {
            long count = end - next;
            ledger.known(count);
            ledger.lost(reason, count);
            intake.tell(new Gap(session, next, end - 1, count, reason));
            next = end;
        }
    }
}
