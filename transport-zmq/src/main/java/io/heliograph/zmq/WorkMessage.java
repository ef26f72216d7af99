package io.heliograph.zmq;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * A message between a publisher and its workers as it arrives, its header checked. Mutable and used again and again, so
 * that reading one allocates nothing. Confined to the thread that owns the sockets.
 */
final class WorkMessage {

    private ByteBuffer bytes = ByteBuffer.allocate(0);
    private WorkMessageType type = WorkMessageType.KNOCK;

    /** Looks at {@code message} from now on; says what is wrong with its header, if anything is. */
    Optional<MalformedMessage> wrap(ByteBuffer message) {
        bytes = message.order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.remaining() < MessageLayout.HEADER_BYTES) {
            return Optional.of(MalformedMessage.TOO_SHORT);
        }
        if ((bytes.getShort(0) & 0xffff) != MessageLayout.MAGIC) {
            return Optional.of(MalformedMessage.BAD_MAGIC);
        }
        if (bytes.get(2) != MessageLayout.VERSION) {
            return Optional.of(MalformedMessage.BAD_VERSION);
        }
        Optional<WorkMessageType> known = WorkMessageType.of(bytes.get(MessageLayout.TYPE_AT));
        type = known.orElse(WorkMessageType.KNOCK);
        return known.isEmpty() ? Optional.of(MalformedMessage.UNKNOWN_TYPE) : Optional.empty();
    }

    WorkMessageType type() {
        return type;
    }

    int flags() {
        return bytes.getInt(MessageLayout.FLAGS_AT);
    }

    long session() {
        return bytes.getLong(MessageLayout.SESSION_AT);
    }

    long worker() {
        return bytes.getLong(MessageLayout.SUBSCRIBER_AT);
    }

    /** What follows the header: little-endian, from position to limit. */
    ByteBuffer body() {
        return bytes.position(MessageLayout.HEADER_BYTES);
    }
}
