package io.heliograph.zmq;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes what a publisher sends beside events. Stateless; allocates each message. */
final class PublisherMessages {

    private PublisherMessages() {
    }

    /** Where a lane begins, or goes on. */
    static ByteBuffer welcome(long session, long subscriber, boolean isResumed, long sequence, LaneState state) {
        return welcome(session, subscriber, isResumed ? MessageLayout.RESUMED : 0, sequence, state);
    }

    /** The same with those flags of WELCOME. */
    static ByteBuffer welcome(long session, long subscriber, int flags, long sequence, LaneState state) {
        return state(MessageType.WELCOME, flags, session, subscriber, sequence, state);
    }

    /** What is in force from {@code sequence} on. */
    static ByteBuffer state(long session, long subscriber, long sequence, LaneState state) {
        return state(MessageType.STATE, 0, session, subscriber, sequence, state);
    }

    private static ByteBuffer state(MessageType type, int flags, long session, long subscriber, long sequence, LaneState state) {
        ByteBuffer message = begin(type, flags, session, subscriber, Long.BYTES + Integer.BYTES + 2 + state.policy().length());
        message.putLong(sequence).putInt(state.filtersVersion());
        Message.putLongText(message, state.policy());
        return message.flip();
    }

    /** The session ends behind the event before {@code sequence}. */
    static ByteBuffer end(long session, long subscriber, long sequence) {
        return begin(MessageType.END, 0, session, subscriber, Long.BYTES).putLong(sequence).flip();
    }

    /** Who are you? */
    static ByteBuffer who(long session, long subscriber) {
        return begin(MessageType.WHO, 0, session, subscriber, 0).flip();
    }

    private static ByteBuffer begin(MessageType type, int flags, long session, long subscriber, int bodyBytes) {
        ByteBuffer message = ByteBuffer.allocate(MessageLayout.HEADER_BYTES + bodyBytes).order(ByteOrder.LITTLE_ENDIAN);
        MessageLayout.putHeader(message, type, flags, session, subscriber);
        return message;
    }
}
