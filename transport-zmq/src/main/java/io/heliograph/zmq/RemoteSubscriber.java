package io.heliograph.zmq;

import java.time.Duration;

/**
 * A subscriber as its publisher knows it: its lane, where it is to be reached, and what it is owed. Guarded by the
 * publisher's lock.
 */
final class RemoteSubscriber {

    /** Word of what is not wanted waits so long for an event that takes it along. */
    private static final long TAIL_NS = Duration.ofMillis(10).toNanos();
    /** After ZeroMQ was full for this one. */
    private static final long AGAIN_NS = Duration.ofMillis(1).toNanos();
    /**
     * Right behind a frame that it was sent, the sender gives way to those that publish for so many turns before it sends another of few
     * events: small frames cost all threads more than they carry. A lane that was idle is not kept waiting.
     */
    private static final int MOST_GATHERING_TURNS = 4;
    static final long END_PERIOD_NS = Duration.ofMillis(100).toNanos();

    /** What it is to be sent next. */
    enum Due {
        WELCOME, FRAME, END, HEARTBEAT, NOTHING
    }

    final Lane lane;
    /** The sequence that the lane begins with. */
    final long start;
    /** Whether it begins with last values. */
    final boolean beginsWithLast;
    Peer peer;
    String name = "";
    /** Of the filters that it asked for last. */
    int filtersVersion;
    int subscriptions;
    boolean isWelcomeDue = true;
    boolean isResumed;
    long welcomeSequence;
    boolean isConnected = true;
    boolean hasHeardEnd;
    /** Whether what waited for it at the end has been given up. */
    boolean isGivenUp;
    long lastHeardNs;
    private long lastSentNs;
    private long blockedUntilNs;
    private boolean isBlocked;
    private long tailSinceNs;
    private boolean isTailNoted;
    private boolean isEndSent;
    private int gatheringTurns;
    /** Whether the frame sent last was large: more events follow in a moment. */
    private boolean isStreaming;

    RemoteSubscriber(Lane lane, boolean beginsWithLast, Peer peer, long nowNs) {
        this.lane = lane;
        this.start = lane.next();
        this.beginsWithLast = beginsWithLast;
        this.peer = peer;
        this.welcomeSequence = start;
        this.lastHeardNs = nowNs;
        this.lastSentNs = nowNs;
    }

    /** What it is to be sent now. */
    Due due(boolean isClosing, long heartbeatNs, long nowNs) {
        if (!isConnected || isBlocked && nowNs - blockedUntilNs < 0) {
            return Due.NOTHING;
        }
        isBlocked = false;
        if (isWelcomeDue) {
            return Due.WELCOME;
        }
        if (isTailDue(isClosing, nowNs)) {
            lane.flushTail();
        }
        if (lane.isReady()) {
            return Due.FRAME;
        }
        if (isClosing && !hasHeardEnd && lane.isSent() && (!isEndSent || nowNs - lastSentNs >= END_PERIOD_NS)) {
            return Due.END;
        }
        return nowNs - lastSentNs >= heartbeatNs ? Due.HEARTBEAT : Due.NOTHING;
    }

    private boolean isTailDue(boolean isClosing, long nowNs) {
        if (!lane.hasTail()) {
            isTailNoted = false;
            return false;
        }
        if (!isTailNoted) {
            isTailNoted = true;
            tailSinceNs = nowNs;
        }
        return isClosing || nowNs - tailSinceNs >= TAIL_NS;
    }

    /** Whether the frame that is due is better sent a turn later, since more events may gather in it. */
    boolean isGathering() {
        if (gatheringTurns == 0 || !lane.isFewReady()) {
            return false;
        }
        gatheringTurns--;
        return true;
    }

    /**
     * Nothing is due to it. What comes next leaves at once, unless a large frame has just left: says whether that is so, and
     * more is expected in a moment.
     */
    boolean idle() {
        if (!isStreaming || gatheringTurns == 0) {
            gatheringTurns = 0;
            return false;
        }
        gatheringTurns--;
        return true;
    }

    /** It was sent what was due. */
    void onSent(Due what, long nowNs) {
        lastSentNs = nowNs;
        isEndSent |= what == Due.END;
        gatheringTurns = what == Due.FRAME ? MOST_GATHERING_TURNS : 0;
        isStreaming = what == Due.FRAME && lane.isLastLarge();
        isWelcomeDue &= what != Due.WELCOME;
    }

    /** ZeroMQ did not take what was due: it holds as much as it may, or the connection is gone. */
    void onRefused(PeerSocket.Sent sent, long nowNs) {
        if (sent == PeerSocket.Sent.GONE) {
            isConnected = false;
        } else {
            isBlocked = true;
            blockedUntilNs = nowNs + AGAIN_NS;
        }
    }

    /** Of its WELCOME. */
    int welcomeFlags(boolean keepsLast) {
        return (isResumed ? MessageLayout.RESUMED : 0) | (keepsLast ? MessageLayout.KEEPS_LAST : 0);
    }

    /** How long until something may be due, if nothing else happens. */
    long untilDueNs(boolean isClosing, long heartbeatNs, long nowNs) {
        if (!isConnected) {
            return Long.MAX_VALUE;
        }
        if (isBlocked) {
            return blockedUntilNs - nowNs;
        }
        long until = lastSentNs + (isClosing ? Math.min(END_PERIOD_NS, heartbeatNs) : heartbeatNs) - nowNs;
        if (lane.hasTail()) {
            until = Math.min(until, isTailNoted ? tailSinceNs + TAIL_NS - nowNs : TAIL_NS);
        }
        return isWelcomeDue || lane.isReady() ? 0 : until;
    }

    /** Goes on after it has said hello again. */
    void resume(Peer at, long sequence) {
        peer = at;
        isConnected = true;
        isBlocked = false;
        isWelcomeDue = true;
        isResumed = true;
        isEndSent = false;
        welcomeSequence = sequence;
    }
}
