package io.heliograph.zmq;

import java.nio.ByteBuffer;
import zmq.Msg;
import zmq.msg.MsgAllocator;

/**
 * Gives ZeroMQ what it reads large messages into, and takes it back when they have been handled: fresh arrays would have to be
 * cleared first, and lie in no cache. For sockets that connect: where one binds, its {@link Gate} gives the memory.
 *
 * <p>{@link #allocate} runs on ZeroMQ's thread, {@link #end} on the one that owns the socket.
 */
final class Arrivals implements MsgAllocator {

    /** As much as ZeroMQ reads at once: what is no longer is copied from there, and costs little. */
    private static final int LEAST_BYTES = 8 << 10;

    private final FrameMemory memory;
    private final MsgAllocator heap;

    /**
     * @param memory for messages that are no larger than its pieces; larger ones are on the heap
     * @param heap   what little, large and strange sizes are asked of
     */
    Arrivals(FrameMemory memory, MsgAllocator heap) {
        this.memory = memory;
        this.heap = heap;
    }

    /**
     * For one whose publishers send frames of its own size: as much as one of them may have on the way.
     *
     * @param mostBytes of any message
     */
    static Arrivals of(ZmqLimits limits, long mostBytes) {
        int pieceBytes = limits.messageBytes() + MessageLayout.MOST_OVERHEAD_BYTES;
        var memory = new FrameMemory(pieceBytes, limits.windowBytes() / limits.messageBytes());
        return new Arrivals(memory, Gate.bounded(mostBytes));
    }

    /** A message in memory that is to be given back. */
    private static final class Arrived extends Msg {

        private final FrameMemory memory;
        private final ByteBuffer piece;

        Arrived(FrameMemory memory, ByteBuffer piece, int bytes) {
            super(piece.slice(0, bytes));
            this.memory = memory;
            this.piece = piece;
        }
    }

    @Override
    public Msg allocate(int bytes) {
        if (bytes < LEAST_BYTES || bytes > memory.pieceBytes()) {
            return heap.allocate(bytes);
        }
        return memory.take().<Msg>map(piece -> new Arrived(memory, piece, bytes)).orElseGet(() -> heap.allocate(bytes));
    }

    /** Nobody reads {@code message} any longer; to be called once for each. */
    static void end(Msg message) {
        if (message instanceof Arrived arrived) {
            arrived.memory.giveBack(arrived.piece);
        }
    }
}
