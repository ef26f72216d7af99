package io.heliograph.zmq;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import zmq.Msg;
import zmq.SocketBase;

/** Receives and sends messages in several parts without waiting. Stateless. */
final class PlainParts {

    /** An envelope, its end, and an event. */
    static final int MOST_PARTS = 16;

    private PlainParts() {
    }

    /** The next message, if one has arrived; what is beyond {@link #MOST_PARTS} is thrown away, and one more part remains. */
    static Optional<List<byte[]>> receive(SocketBase base) {
        Msg part = base.recv(zmq.ZMQ.ZMQ_DONTWAIT);
        if (part == null) {
            return Optional.empty();
        }
        var parts = new ArrayList<byte[]>(4);
        parts.add(bytes(part));
        while (part != null && part.hasMore()) {
            part = base.recv(zmq.ZMQ.ZMQ_DONTWAIT);
            if (part != null && parts.size() <= MOST_PARTS) {
                parts.add(bytes(part));
            }
        }
        return Optional.of(parts);
    }

    private static byte[] bytes(Msg part) {
        byte[] bytes = new byte[part.size()];
        part.getBytes(0, bytes, 0, bytes.length);
        return bytes;
    }

    /** Sends all parts or none. */
    static boolean send(SocketBase base, List<byte[]> parts) {
        for (int i = 0; i < parts.size(); i++) {
            int more = i < parts.size() - 1 ? zmq.ZMQ.ZMQ_SNDMORE : 0;
            // Once the first is taken, so are the others.
            if (!base.send(new Msg(parts.get(i)), zmq.ZMQ.ZMQ_DONTWAIT | more)) {
                return false;
            }
        }
        return true;
    }

    /** Whether it is what ZeroMQ puts in a peer's place when its connection is lost. */
    static boolean isLost(byte[] part) {
        return part.length == MessageLayout.HEADER_BYTES
                && (ByteBuffer.wrap(part).order(ByteOrder.LITTLE_ENDIAN).getShort(0) & 0xffff) == MessageLayout.MAGIC
                && (part[MessageLayout.TYPE_AT] & 0xff) == RequestMessageType.LOST.code;
    }
}
