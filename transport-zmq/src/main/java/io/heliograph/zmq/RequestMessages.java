package io.heliograph.zmq;

import io.heliograph.Event;
import io.heliograph.RequestException;
import io.heliograph.wire.FrameEncoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Writes what requesters and responders send; {@code docs/zmq.md} draws the messages. Stateless; each message is a new one. */
final class RequestMessages {

    private static final RequestException.Cause[] KINDS = {
        RequestException.Cause.BACK_PRESSURED, RequestException.Cause.RESPONDER_FAILED, RequestException.Cause.TOO_LARGE,
        RequestException.Cause.CLOSED, RequestException.Cause.CONNECTION_LOST, RequestException.Cause.NOT_CONNECTED,
        RequestException.Cause.TIMED_OUT};

    private RequestMessages() {
    }

    /** What a code from 1 on means. */
    static Optional<RequestException.Cause> kind(int code) {
        return code >= 1 && code <= KINDS.length ? Optional.of(KINDS[code - 1]) : Optional.empty();
    }

    private static int code(RequestException.Cause kind) {
        for (int i = 0; i < KINDS.length; i++) {
            if (KINDS[i] == kind) {
                return i + 1;
            }
        }
        throw new IllegalArgumentException(kind + " has no code");
    }

    /** @param session the responder's life */
    static byte[] ready(long session, int mostBytes) {
        return header(RequestMessageType.READY, session, 0, RequestMessage.READY_BYTES).putInt(mostBytes).array();
    }

    /** A request; empty if it is larger than {@code mostBytes}, or no frame can hold it. */
    static Optional<ByteBuffer> request(long requester, long id, Event event, int mostBytes) {
        return withEvent(RequestMessageType.REQUEST, 0, requester, id, event, mostBytes);
    }

    /** An answer; empty if it is larger than {@code mostBytes}, or no frame can hold it. */
    static Optional<ByteBuffer> answer(long session, long id, Event event, int mostBytes) {
        return withEvent(RequestMessageType.ANSWER, session, 0, id, event, mostBytes);
    }

    private static Optional<ByteBuffer> withEvent(RequestMessageType type, long session, long requester, long id, Event event,
            int mostBytes) {
        if (event.size() > mostBytes) {
            return Optional.empty();
        }
        int frameBytes = FrameEncoder.encodedLength(event, FrameEncoder.NO_TOPIC);
        if (frameBytes == Integer.MAX_VALUE) {
            return Optional.empty();
        }
        ByteBuffer message = header(type, session, requester, RequestMessage.FRAME_AT + frameBytes).putLong(id);
        FrameEncoder.encode(event, FrameEncoder.NO_TOPIC, message);
        return Optional.of(message.flip());
    }

    /** Why there is no answer; the text is cut to {@code mostBytes}. */
    static ByteBuffer failure(long session, long id, RequestException.Cause kind, String text, int mostBytes) {
        byte[] utf8 = cut(text, mostBytes);
        return header(RequestMessageType.FAILURE, session, 0, RequestMessage.TEXT_AT + utf8.length)
                .putLong(id).put((byte) code(kind)).putShort((short) utf8.length).put(utf8).flip();
    }

    /** The text in UTF-8, without what is beyond {@code mostBytes}, and no character cut in two. */
    static byte[] cut(String text, int mostBytes) {
        byte[] all = text.substring(0, Math.min(text.length(), mostBytes)).getBytes(StandardCharsets.UTF_8);
        if (all.length <= mostBytes) {
            return all;
        }
        int length = mostBytes;
        while (length > 0 && (all[length] & 0xc0) == 0x80) {
            length--;
        }
        return Arrays.copyOf(all, length);
    }

    static ByteBuffer cancel(long requester, long id) {
        return header(RequestMessageType.CANCEL, 0, requester, RequestMessage.FRAME_AT).putLong(id).flip();
    }

    static ByteBuffer leave(long requester) {
        return header(RequestMessageType.LEAVE, 0, requester, MessageLayout.HEADER_BYTES).flip();
    }

    static ByteBuffer bye(long session) {
        return header(RequestMessageType.BYE, session, 0, MessageLayout.HEADER_BYTES).flip();
    }

    private static ByteBuffer header(RequestMessageType type, long session, long requester, int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN).putShort((short) MessageLayout.MAGIC)
                .put((byte) MessageLayout.VERSION).put((byte) type.code).putInt(0).putLong(session).putLong(requester);
    }
}
