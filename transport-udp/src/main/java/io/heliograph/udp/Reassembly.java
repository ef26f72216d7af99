package io.heliograph.udp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Puts the parts of one large frame together, which come in order. Memory grows as parts arrive, never by what they
 * announce. Guarded by the subscriber's lock.
 */
final class Reassembly {

    private static final int FIRST_BYTES = 1 << 16;

    private ByteBuffer frame = ByteBuffer.allocate(0);
    private int frameBytes;
    private boolean isOpen;
    private long event;

    /** Whether a frame has begun and not ended. */
    boolean isOpen() {
        return isOpen;
    }

    /** The event that is being put together. */
    long event() {
        return event;
    }

    /** Forgets what there is. */
    void drop() {
        isOpen = false;
        frame = ByteBuffer.allocate(0);
    }

    /**
     * Takes the next part.
     *
     * @return the whole frame, when this was its last part; valid until the next part
     */
    Optional<ByteBuffer> add(Datagram part) {
        if (part.offset() == 0) {
            drop();
            isOpen = true;
            event = part.firstEvent();
            frameBytes = part.frameBytes();
        }
        if (!isOpen || part.frameBytes() != frameBytes || part.offset() != frame.position()) {
            // Parts before this one are lost, and so is the event; that is told where they were given up.
            return Optional.empty();
        }
        ByteBuffer bytes = part.part();
        ensure(bytes.remaining());
        frame.put(bytes);
        if (frame.position() < frameBytes) {
            return Optional.empty();
        }
        ByteBuffer whole = frame.flip().order(ByteOrder.LITTLE_ENDIAN);
        isOpen = false;
        frame = ByteBuffer.allocate(0);
        return Optional.of(whole);
    }

    private void ensure(int more) {
        if (frame.remaining() < more) {
            long wanted = Math.max(FIRST_BYTES, 2L * (frame.position() + more));
            frame = ByteBuffer.allocate((int) Math.min(wanted, Math.max(frameBytes, frame.position() + more))).put(frame.flip());
        }
    }
}
