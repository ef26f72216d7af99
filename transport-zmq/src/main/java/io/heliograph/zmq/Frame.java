package io.heliograph.zmq;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A sealed message of a lane, kept until it is acknowledged. Immutable.
 *
 * @param message      from index 0 to its capacity
 * @param from         the sequence of its first entry
 * @param end          the sequence behind its last one
 * @param eventsBefore events of the lane before it
 * @param events       events in it
 * @param state        what is in force from here on, if this is word of that
 * @param stateBefore  what is in force before it
 * @param loan         what it was packed in, if that is to be given back
 */
record Frame(ByteBuffer message, long from, long end, long eventsBefore, int events, Optional<LaneState> state, LaneState stateBefore,
        Optional<BytePool.Loan> loan) {

    /** Its size. */
    int bytes() {
        return message.capacity();
    }
}
