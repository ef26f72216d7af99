package io.heliograph.zmq;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What became of one event at a worker. Immutable.
 *
 * @param kind     what became of it
 * @param delivery which of its deliveries that was
 * @param sequence its place in the session
 */
record Settlement(Kind kind, int delivery, long sequence) {

    static final int BYTES = 1 + Short.BYTES + Long.BYTES;
    /** In one message. */
    static final int MOST_IN_MESSAGE = WorkConfig.MOST_PREFETCH;

    /** How an event's stay with a worker ends. */
    enum Kind {
        /** The handler returned. */
        ACKNOWLEDGED,
        /** The handler threw. */
        FAILED,
        /** It goes back as it came: no handler has seen it. */
        RELEASED,
        /** Its time to live ended before a handler took it. */
        EXPIRED,
        /** It cannot be decoded here. */
        UNREADABLE;

        private static final Kind[] ALL = values();
    }

    void write(ByteBuffer target) {
        target.put((byte) kind.ordinal()).putShort((short) delivery).putLong(sequence);
    }

    /** Reads {@code count} of them; empty if they are not there. */
    static Optional<List<Settlement>> readAll(ByteBuffer body, int count) {
        if (count < 0 || count > MOST_IN_MESSAGE || body.remaining() < count * BYTES) {
            return Optional.empty();
        }
        List<Settlement> settlements = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int kind = body.get() & 0xff;
            int delivery = body.getShort() & 0xffff;
            long sequence = body.getLong();
            if (kind >= Kind.ALL.length || sequence < 0) {
                return Optional.empty();
            }
            settlements.add(new Settlement(Kind.ALL[kind], delivery, sequence));
        }
        return Optional.of(settlements);
    }
}
