package io.heliograph.zmq;

import java.util.ArrayDeque;
import java.util.Optional;

/**
 * A lane's sealed frames, from the oldest that is not acknowledged on: how many more there may be, and how many events the
 * subscriber still takes. Guarded by the publisher's lock.
 */
final class FrameWindow {

    /** Frames that may be on their way to one subscriber, however small they are. */
    static final int MOST_FRAMES = 1_024;

    /** Sent, and not acknowledged. */
    private final ArrayDeque<Frame> inFlight = new ArrayDeque<>();
    /** Sealed, and to be sent, for the first time or again. */
    private final ArrayDeque<Frame> sealed = new ArrayDeque<>();
    private long unackedBytes;
    private int windowBytes;
    private long eventsSealed;
    private long eventCredit;
    private LaneState told;
    /** What is in force behind all that is sealed. */
    private LaneState sealedState;
    /** Frames up to here were sent twice: ZeroMQ may hold one of them yet when the other is acknowledged. */
    private long sentTwiceUpTo = -1;
    private boolean isLifted;

    FrameWindow(LaneState state) {
        this.told = state;
        this.sealedState = state;
    }

    void widen(int bytes) {
        windowBytes = bytes;
    }

    /** From now on there is no limit: what comes is word of lost events, and little. */
    void lift() {
        isLifted = true;
    }

    /** Whether one more may be sealed. */
    boolean hasRoom() {
        int frames = inFlight.size() + sealed.size();
        return isLifted || frames < MOST_FRAMES && (unackedBytes < windowBytes || frames == 0);
    }

    /** Whether there is one to be sent. */
    boolean isReady() {
        return !sealed.isEmpty();
    }

    /** How many events more the subscriber takes. */
    long eventsLeft() {
        return eventCredit - eventsSealed;
    }

    /** How many events have been sealed. */
    long eventsSealed() {
        return eventsSealed;
    }

    /** What the subscriber has been told last. */
    LaneState told() {
        return told;
    }

    /** What is in force behind all that is sealed. */
    LaneState sealedState() {
        return sealedState;
    }

    /** There is one more to be sent, behind all others. */
    void add(Frame frame) {
        sealed.addLast(frame);
        eventsSealed += frame.events();
        unackedBytes += frame.bytes();
        sealedState = frame.state().orElse(sealedState);
    }

    /** The one to be sent now. {@link #putBack} undoes it. */
    Frame take() {
        Frame frame = sealed.removeFirst();
        inFlight.addLast(frame);
        told = frame.state().orElse(told);
        return frame;
    }

    /** How large the one taken last is; 0 if that is acknowledged. */
    int lastBytes() {
        return inFlight.isEmpty() ? 0 : inFlight.getLast().bytes();
    }

    /** The one taken last was not sent after all. */
    void putBack() {
        Frame frame = inFlight.removeLast();
        sealed.addFirst(frame);
        told = frame.stateBefore();
    }

    /** The subscriber has all before {@code sequence}; says whether that is news. */
    boolean acknowledge(long sequence) {
        boolean isNew = false;
        while (!inFlight.isEmpty() && inFlight.getFirst().end() <= sequence) {
            Frame frame = inFlight.removeFirst();
            unackedBytes -= frame.bytes();
            if (frame.end() > sentTwiceUpTo) {
                frame.loan().ifPresent(BytePool.Loan::end);
            }
            isNew = true;
        }
        return isNew;
    }

    /** The subscriber takes so many events in all; says whether that is news. */
    boolean credit(long events) {
        boolean isNew = events != eventCredit;
        eventCredit = events;
        return isNew;
    }

    /** The subscriber takes so many events behind those it has acknowledged. */
    void creditBehind(long events) {
        long before = first().map(Frame::eventsBefore).orElse(eventsSealed);
        eventCredit = events > MessageLayout.UNLIMITED - before ? MessageLayout.UNLIMITED : before + events;
    }

    /** Sends again what the subscriber does not have. */
    void rewind(long sequence) {
        acknowledge(sequence);
        if (!inFlight.isEmpty()) {
            sentTwiceUpTo = inFlight.getLast().end();
        }
        while (!inFlight.isEmpty()) {
            putBack();
        }
    }

    /** The sequence of what is sent next, if that is sealed. */
    Optional<Long> place() {
        return Optional.ofNullable(sealed.peekFirst()).map(Frame::from);
    }

    /** The oldest that is not acknowledged. */
    Optional<Frame> first() {
        return Optional.ofNullable(inFlight.isEmpty() ? sealed.peekFirst() : inFlight.peekFirst());
    }
}
