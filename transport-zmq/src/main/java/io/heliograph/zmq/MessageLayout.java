package io.heliograph.zmq;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Where things stand in the messages between own peers. Little-endian throughout; {@code docs/zmq.md} explains them.
 *
 * <pre>
 *  0       2   3   4               8                              16                             24
 * +-------+---+---+---------------+------------------------------+------------------------------+---
 * | magic | v | t | flags     u32 | session                  u64 | subscriber               u64 | body
 * +-------+---+---+---------------+------------------------------+------------------------------+---
 * </pre>
 */
final class MessageLayout {

    /** {@code H}, {@code Z}. */
    static final int MAGIC = 0x5a48;
    static final int VERSION = 1;
    static final int TYPE_AT = 3;
    static final int FLAGS_AT = 4;
    static final int SESSION_AT = 8;
    static final int SUBSCRIBER_AT = 16;
    static final int HEADER_BYTES = 24;

    // DATA
    static final int FROM_AT = HEADER_BYTES;
    static final int EVENTS_BEFORE_AT = HEADER_BYTES + 8;
    static final int SENT_AT = HEADER_BYTES + 16;
    static final int TOPIC_LENGTH_AT = HEADER_BYTES + 24;
    static final int TOPIC_AT = HEADER_BYTES + 25;

    /** What may stand in a message beside an event's frame: the DATA header and an account of what is missing. */
    static final int MOST_OVERHEAD_BYTES = 4 << 10;
    /** The most bytes of an event's fields, which its size counts by characters. */
    static final int MOST_FIELDS_BYTES = 256 << 10;

    /** Of an entry of DATA: the kind, its four highest bits. The kinds of events' frames lie between. */
    static final int KIND_BITS = 28;
    /** So many events, in the lower bits, that no filter of this subscriber wants. */
    static final int KIND_FILTERED = 0;
    /** When the event behind this was sent, in the place of its message's time; covers no sequence. */
    static final int KIND_SENT = 14;
    static final int SENT_ENTRY_BYTES = Integer.BYTES + Long.BYTES;
    /** An account of a range of which events are lost. */
    static final int KIND_ACCOUNT = 15;

    // HELLO
    /** A lane that begins with this begins with the last value of each topic. */
    static final int LAST = 1;

    // CREDIT
    /** The subscriber misses what is in front of what it got: send again from where it stands. */
    static final int RESEND = 1;
    /** The subscriber has heard the session's end. */
    static final int ENDED = 2;

    // WELCOME
    /** The lane goes on where the subscriber stood; else what lies between is lost. */
    static final int RESUMED = 1;
    /** The publisher keeps last values. */
    static final int KEEPS_LAST = 2;

    /** As many events as there are. */
    static final long UNLIMITED = Long.MAX_VALUE;

    private MessageLayout() {
    }

    /** Whether the entry of DATA that begins with {@code word} says when the event behind it was sent. */
    static boolean isSentEntry(int word) {
        return word >>> KIND_BITS == KIND_SENT;
    }

    /** A message that is nothing but a header. */
    static byte[] header(MessageType type, int flags, long session, long subscriber) {
        byte[] message = new byte[HEADER_BYTES];
        putHeader(ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN), type, flags, session, subscriber);
        return message;
    }

    /** Writes a header at the target's position and moves that. */
    static void putHeader(ByteBuffer target, MessageType type, int flags, long session, long subscriber) {
        target.putShort((short) MAGIC).put((byte) VERSION).put((byte) type.code).putInt(flags).putLong(session).putLong(subscriber);
    }

    /** The most bytes that a subscriber is sent at once. */
    static long mostBytesToSubscriber(ZmqLimits limits) {
        return (long) Math.max(limits.eventBytes(), limits.messageBytes()) + MOST_FIELDS_BYTES + MOST_OVERHEAD_BYTES;
    }

    /** The most bytes that a publisher is sent at once: a HELLO with all its filters. */
    static long mostBytesToPublisher(ZmqLimits limits) {
        return MOST_OVERHEAD_BYTES + 256L * limits.filters();
    }
}
