package io.heliograph.zmq;

import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;

/**
 * A socket at which own peers meet: one that waits for many ({@link RouterSocket}) or one that connects to one
 * ({@link DealerSocket}). Either end may publish. Confined to the thread that owns it.
 */
sealed interface PeerSocket permits RouterSocket, DealerSocket, PlainReqSocket, PlainRepSocket {

    /** What became of a message. */
    enum Sent {
        /** ZeroMQ has it. */
        TAKEN,
        /** ZeroMQ holds as many for this peer as it may. */
        FULL,
        /** There is no such connection. */
        GONE
    }

    /** Takes what arrives. */
    interface Receiver {

        /** One message, from position 0 to its limit; its bytes are valid until the call returns. */
        void onMessage(Peer from, ByteBuffer message);

        /** A message in several parts that no own peer sends; it has been thrown away. */
        void onParts(Peer from);
    }

    /** Hands over to {@code message} what has arrived, at most {@code limit} messages, without waiting; says how many. */
    int receive(Receiver receiver, int limit);

    /**
     * Sends one message without waiting.
     *
     * @param message from position 0 to its capacity; not to be changed as long as it may be on its way
     */
    Sent send(Peer to, ByteBuffer message);

    /** Sends one message, cut, without waiting: all of its frames or none. */
    default Sent send(Peer to, EventFrames frames) {
        return send(to, frames.rest());
    }

    /** Becomes readable when there may be something to receive. */
    SelectableChannel channel();

    /** Closes it; what it still holds is sent for a while. */
    void close();

    /** Closes it; what it still holds is not sent. */
    default void abandon() {
        close();
    }
}
