package io.heliograph.zmq;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import zmq.Msg;
import zmq.SocketBase;

/**
 * Puts the frames of a message one behind the other; how they were cut does not matter. Confined to the thread that owns the
 * socket; allocates the message's bytes.
 */
final class JoinedFrames {

    private final long mostBytes;
    private final List<Msg> frames = new ArrayList<>();

    /** @param mostBytes of a message, all its frames together */
    JoinedFrames(long mostBytes) {
        this.mostBytes = Math.min(mostBytes, Integer.MAX_VALUE - 16);
    }

    /**
     * The message that begins with {@code first}; empty if no own peer sends such a one, which is thrown away then. All frames but
     * the first are done with.
     */
    Optional<ByteBuffer> join(Msg first, SocketBase base) {
        if (!first.hasMore()) {
            return Optional.of(first.buf());
        }
        long bytes = 0;
        boolean isAnyEmpty = false;
        for (Msg frame = first; frame != null; frame = frame.hasMore() ? base.recv(zmq.ZMQ.ZMQ_DONTWAIT) : null) {
            bytes += frame.size();
            isAnyEmpty |= frame.size() == 0;
            if (bytes <= mostBytes && !isAnyEmpty) {
                frames.add(frame);
            } else if (frame != first) {
                Arrivals.end(frame);
            }
        }
        Optional<ByteBuffer> message = bytes <= mostBytes && !isAnyEmpty ? Optional.of(ByteBuffer.wrap(joined((int) bytes))) : Optional.empty();
        frames.stream().filter(frame -> frame != first).forEach(Arrivals::end);
        frames.clear();
        return message;
    }

    private byte[] joined(int bytes) {
        byte[] message = new byte[bytes];
        int at = 0;
        for (Msg frame : frames) {
            frame.getBytes(0, message, at, frame.size());
            at += frame.size();
        }
        return message;
    }
}
