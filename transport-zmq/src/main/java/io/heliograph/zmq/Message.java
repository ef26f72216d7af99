package io.heliograph.zmq;

import io.heliograph.Topic;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A message between own peers as it arrives: checked before anything in it is believed. Mutable and used again and again,
 * so that reading one allocates nothing. Confined to the thread that owns the sockets.
 */
final class Message {

    private ByteBuffer bytes = ByteBuffer.allocate(0);
    private MessageType type = MessageType.KNOCK;

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
        Optional<MessageType> known = MessageType.of(bytes.get(MessageLayout.TYPE_AT) & 0xff);
        if (known.isEmpty()) {
            return Optional.of(MalformedMessage.UNKNOWN_TYPE);
        }
        type = known.get();
        return Optional.empty();
    }

    MessageType type() {
        return type;
    }

    int flags() {
        return bytes.getInt(MessageLayout.FLAGS_AT);
    }

    boolean isFlagged(int flag) {
        return (flags() & flag) != 0;
    }

    long session() {
        return bytes.getLong(MessageLayout.SESSION_AT);
    }

    long subscriber() {
        return bytes.getLong(MessageLayout.SUBSCRIBER_AT);
    }

    /** What follows the header: little-endian, from position to limit, with index 0 at the message's first byte. */
    ByteBuffer body() {
        return bytes.position(MessageLayout.HEADER_BYTES);
    }

    /** Reads a text of at most {@code most} bytes of ASCII behind its length, one byte; empty if it reaches past the end. */
    static Optional<String> shortText(ByteBuffer body) {
        if (body.remaining() < 1) {
            return Optional.empty();
        }
        return text(body, body.get() & 0xff);
    }

    /** The same behind a length of two bytes. */
    static Optional<String> longText(ByteBuffer body) {
        if (body.remaining() < 2) {
            return Optional.empty();
        }
        return text(body, body.getShort() & 0xffff);
    }

    private static Optional<String> text(ByteBuffer body, int length) {
        if (length > body.remaining()) {
            return Optional.empty();
        }
        byte[] text = new byte[length];
        body.get(text);
        return Optional.of(new String(text, StandardCharsets.US_ASCII));
    }

    /** Writes what {@link #shortText} reads. */
    static void putShortText(ByteBuffer target, String text) {
        byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        if (ascii.length > Topic.MAX_LENGTH) {
            throw new IllegalArgumentException(ascii.length + " bytes of text, at most " + Topic.MAX_LENGTH);
        }
        target.put((byte) ascii.length).put(ascii);
    }

    /** Writes what {@link #longText} reads. */
    static void putLongText(ByteBuffer target, String text) {
        byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        target.putShort((short) ascii.length).put(ascii);
    }
}
