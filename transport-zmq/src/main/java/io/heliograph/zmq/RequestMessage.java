package io.heliograph.zmq;

import io.heliograph.RequestException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A message between a requester and a responder as it arrives: its header and what stands at fixed places checked. Mutable and
 * used again and again, so that reading one allocates nothing. Confined to the thread that owns the sockets.
 */
final class RequestMessage {

    /** In everything that is about one request. */
    static final int ID_AT = MessageLayout.HEADER_BYTES;
    static final int FRAME_AT = ID_AT + Long.BYTES;
    /** In READY. */
    static final int MOST_BYTES_AT = MessageLayout.HEADER_BYTES;
    static final int READY_BYTES = MOST_BYTES_AT + Integer.BYTES;
    /** In FAILURE. */
    static final int KIND_AT = FRAME_AT;
    static final int TEXT_LENGTH_AT = KIND_AT + 1;
    static final int TEXT_AT = TEXT_LENGTH_AT + Short.BYTES;

    private ByteBuffer bytes = ByteBuffer.allocate(0);
    private RequestMessageType type = RequestMessageType.KNOCK;

    /** Looks at {@code message} from now on; says what is wrong with it, if anything is. */
    Optional<MalformedMessage> wrap(ByteBuffer message) {
        bytes = message.order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.limit() < MessageLayout.HEADER_BYTES) {
            return Optional.of(MalformedMessage.TOO_SHORT);
        }
        if ((bytes.getShort(0) & 0xffff) != MessageLayout.MAGIC) {
            return Optional.of(MalformedMessage.BAD_MAGIC);
        }
        if (bytes.get(2) != MessageLayout.VERSION) {
            return Optional.of(MalformedMessage.BAD_VERSION);
        }
        Optional<RequestMessageType> known = RequestMessageType.of(bytes.get(MessageLayout.TYPE_AT));
        if (known.isEmpty()) {
            return Optional.of(MalformedMessage.UNKNOWN_TYPE);
        }
        type = known.get();
        int least = switch (type) {
            case KNOCK, LEAVE, BYE, LOST -> MessageLayout.HEADER_BYTES;
            case READY -> READY_BYTES;
            case REQUEST, ANSWER, CANCEL -> FRAME_AT;
            case FAILURE -> TEXT_AT;
        };
        return bytes.limit() < least ? Optional.of(MalformedMessage.TOO_SHORT) : Optional.empty();
    }

    RequestMessageType type() {
        return type;
    }

    /** How many bytes it has. */
    int length() {
        return bytes.limit();
    }

    /** Which request it is about. */
    long id() {
        return bytes.getLong(ID_AT);
    }

    /** Of READY: the largest message that is read there. */
    int mostBytes() {
        return Math.max(0, bytes.getInt(MOST_BYTES_AT));
    }

    /** Of REQUEST and ANSWER: the event's frame, little-endian, from position to limit. */
    ByteBuffer frame() {
        return bytes.position(FRAME_AT);
    }

    /** Of FAILURE: why; empty where that is none of the reasons. */
    Optional<RequestException.Cause> kind() {
        return RequestMessages.kind(bytes.get(KIND_AT));
    }

    /** Of FAILURE: what happened; cut where it reaches past the end. */
    String text() {
        int length = Math.min(bytes.getShort(TEXT_LENGTH_AT) & 0xffff, bytes.limit() - TEXT_AT);
        byte[] text = new byte[length];
        bytes.get(TEXT_AT, text);
        return new String(text, StandardCharsets.UTF_8);
    }
}
