package io.heliograph.zmq;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * How far a subscriber has taken everything, and how much more it takes. Immutable.
 *
 * @param next        the sequence that it expects
 * @param eventCredit how many events it takes in all, since its lane began
 * @param flags       see {@link MessageLayout}
 */
record Credit(long next, long eventCredit, int flags) {

    private static final int BYTES = MessageLayout.HEADER_BYTES + 2 * Long.BYTES;

    ByteBuffer write(long session, long subscriber) {
        ByteBuffer message = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        MessageLayout.putHeader(message, MessageType.CREDIT, flags, session, subscriber);
        return message.putLong(next).putLong(eventCredit).flip();
    }

    static Optional<Credit> read(int flags, ByteBuffer body) {
        if (body.remaining() < 2 * Long.BYTES) {
            return Optional.empty();
        }
        var credit = new Credit(body.getLong(), body.getLong(), flags);
        return credit.next < 0 || credit.eventCredit < 0 ? Optional.empty() : Optional.of(credit);
    }

    boolean isFlagged(int flag) {
        return (flags & flag) != 0;
    }
}
