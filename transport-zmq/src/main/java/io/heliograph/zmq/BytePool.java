package io.heliograph.zmq;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Memory of one size that chunks are packed in while events are many. It is used again once what was sent in it is acknowledged.
 * Where all is lent a chunk is packed on the heap. Guarded by the publisher's lock.
 */
final class BytePool {

    /** What is sent and unacknowledged, and as much again twice for what waits behind it. */
    private static final int WINDOWS = 3;
    /** Less than this part of a piece is packed on the heap. */
    private static final int LEAST_PART = 8;

    private final FrameMemory memory;

    BytePool(FrameMemory memory) {
        this.memory = memory;
    }

    /** One for the frames of a publisher: three times as many bytes as may be on the way to one subscriber, at most. */
    static BytePool of(ZmqLimits limits) {
        long most = (long) WINDOWS * limits.windowBytes() / limits.messageBytes();
        return new BytePool(new FrameMemory(limits.messageBytes(), (int) Math.min(most, Integer.MAX_VALUE)));
    }

    /** One that lends nothing: where whoever receives reads the same bytes. */
    static BytePool none() {
        return new BytePool(new FrameMemory(0, 0));
    }

    /** How many bytes it lends at a time. */
    int pieceBytes() {
        return memory.pieceBytes();
    }

    /** Room for so many bytes at least, unless it would be nearly empty. */
    Optional<Loan> lend(int bytes) {
        if (bytes > memory.pieceBytes() || bytes < memory.pieceBytes() / LEAST_PART) {
            return Optional.empty();
        }
        return memory.take().map(piece -> new Loan(memory, piece));
    }

    /** Of which there is so much. */
    FrameMemory memory() {
        return memory;
    }

    /** Memory that is lent, and to how many: it may be given back only once nobody reads it. */
    static final class Loan {

        private final FrameMemory memory;
        private final ByteBuffer bytes;
        private int readers = 1;

        private Loan(FrameMemory memory, ByteBuffer bytes) {
            this.memory = memory;
            this.bytes = bytes;
        }

        ByteBuffer bytes() {
            return bytes;
        }

        /** There is one reader more. */
        void share() {
            readers++;
        }

        /** One reads it no longer. */
        void end() {
            readers--;
            if (readers < 0) {
                throw new IllegalStateException("given back more often than it was lent");
            }
            if (readers == 0) {
                memory.giveBack(bytes);
            }
        }
    }
}
