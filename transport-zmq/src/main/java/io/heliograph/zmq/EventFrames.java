package io.heliograph.zmq;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Cuts a message into frames of ZMTP with one event each. Put one behind the other they are the message again; a message
 * without events is one frame.
 *
 * <pre>
 *   header | account | event | event | account | event | account
 *   ------- frame 1 -------- | fr. 2 | ------- frame 3 ---------
 * </pre>
 *
 * <p>For one thread, and one message after the other.
 */
final class EventFrames {

    private ByteBuffer message = ByteBuffer.allocate(0);
    private int at;
    private int left;

    /** Cuts {@code whole} from now on, a message of this publisher's from position 0 to its capacity. */
    void cut(ByteBuffer whole) {
        message = whole.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        at = 0;
        boolean isData = message.get(MessageLayout.TYPE_AT) == MessageType.DATA.code;
        left = isData ? Math.max(1, message.getInt(MessageLayout.FLAGS_AT)) : 1;
    }

    /** How many frames are left. */
    int left() {
        return left;
    }

    /** What has not been cut yet. */
    ByteBuffer rest() {
        return message.slice(at, message.capacity() - at);
    }

    boolean hasNext() {
        return left > 0;
    }

    ByteBuffer next() {
        left--;
        int end = left == 0 ? message.capacity() : endOfEvent();
        ByteBuffer frame = message.slice(at, end - at);
        at = end;
        return frame;
    }

    /** Where the next event ends. */
    private int endOfEvent() {
        int entry = at == 0 ? MessageLayout.TOPIC_AT + (message.get(MessageLayout.TOPIC_LENGTH_AT) & 0xff) : at;
        while (Account.isAccount(message.getInt(entry))) {
            entry += Account.entryLength(message.getInt(entry));
        }
        return PackedEntries.endOfEvent(message, entry);
    }
}
