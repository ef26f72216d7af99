package io.heliograph.zmq;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.IntFunction;

/**
 * Memory for frames, in pieces of one size, outside the heap: sockets read and write it as it is, while the JDK copies what
 * is on the heap once more; and a piece that is used again need not be cleared. There are so many at most, each made when it is
 * first needed. The piece that was given back last is lent first, since it may still lie in a cache.
 *
 * <p>Thread-safe. A piece that is never given back is the collector's, and another may be made once it is gone.
 */
final class FrameMemory {

    private final int pieceBytes;
    private final int most;
    private final IntFunction<ByteBuffer> maker;
    private final ConcurrentLinkedDeque<ByteBuffer> free = new ConcurrentLinkedDeque<>();
    private final Set<Reference<ByteBuffer>> made = ConcurrentHashMap.newKeySet();
    private final ReferenceQueue<ByteBuffer> collected = new ReferenceQueue<>();
    private boolean isUsedUp;

    /**
     * @param pieceBytes of each
     * @param most       how many there may be
     */
    FrameMemory(int pieceBytes, int most) {
        this(pieceBytes, most, ByteBuffer::allocateDirect);
    }

    /** @param maker makes a piece of so many bytes */
    FrameMemory(int pieceBytes, int most, IntFunction<ByteBuffer> maker) {
        this.pieceBytes = pieceBytes;
        this.most = most;
        this.maker = maker;
    }

    int pieceBytes() {
        return pieceBytes;
    }

    /** How many there are. */
    int made() {
        return made.size();
    }

    /** How many of them nobody has. */
    int free() {
        return free.size();
    }

    /** One, from index 0 to its capacity, with whatever bytes; empty if all are lent, or this process has no memory for more. */
    Optional<ByteBuffer> take() {
        ByteBuffer piece = free.pollFirst();
        return piece == null ? make() : Optional.of(piece);
    }

    /** Gives back what was taken, once. */
    void giveBack(ByteBuffer piece) {
        free.addFirst(piece);
    }

    private synchronized Optional<ByteBuffer> make() {
        for (Reference<?> gone = collected.poll(); gone != null; gone = collected.poll()) {
            made.remove(gone);
        }
        if (isUsedUp || made.size() >= most) {
            return Optional.empty();
        }
        try {
            ByteBuffer piece = maker.apply(pieceBytes);
            made.add(new PhantomReference<>(piece, collected));
            return Optional.of(piece);
        } catch (OutOfMemoryError limit) {
            // To ask when there is none takes the JDK half a second, each time; whoever asks goes on with the heap.
            isUsedUp = true;
            return Optional.empty();
        }
    }
}
