package io.heliograph.udp;

/**
 * Where everything is in a datagram; all numbers little-endian. The checksum comes first, so that what it covers is in one
 * piece.
 *
 * <pre>
 *      0               1               2               3
 *     +---------------+---------------+-------+-------+---------------+
 *   0 | CRC-32C of everything behind this field                       |
 *     +---------------+---------------+-------+-------+---------------+
 *   4 | 'H'           | 'G'           | ver 1 | type  | flags         |
 *     +---------------+---------------+-------+-------+---------------+
 *   8 | length of this datagram       | events that start here        |
 *     +-------------------------------+-------------------------------+
 *  12 | age of the session, us, saturating                            |
 *     +---------------------------------------------------------------+
 *  16 | session (64 bits)                                             |
 *  24 | datagram sequence (64 bits)                                   |
 *  32 | sequence of the first event (64 bits)                         |
 *  40 | sent, ns since 1970 (64 bits)                                 |
 *     +---------------------------------------------------------------+
 *  48 | body                                                          |
 *
 *  DATA       topic length (8 bits), topic, then frames behind one another, then zeros up to the datagram's length
 *  FRAGMENT   length of the whole frame (32 bits), offset of this part (32), the part
 *  HEARTBEAT  trail datagram (64), its first event (64), receivers (32), largest datagram (32), policy length (8), policy;
 *             the header's sequences are those of the next datagram and the next event
 *  STATUS     receiver id (64), cookie (64), known (64), lost (64), acknowledged (64), last datagram and last event that
 *             may be sent, exclusive (64 each), subscriptions (32), name length (8), name
 *  NAK        receiver id (64), cookie (64), then for each range its first datagram (64) and how many (32)
 *  COOKIE     receiver id (64), cookie (64)
 *  LOST       first datagram that was never sent (64), first one behind (64), first event behind (64), reason (8)
 *
 *  Of a STATUS or NAK's header: the sequence is how many datagrams have arrived or are given up, in their turn or before it.
 *  Of a STATUS's header: sent is what the last heartbeat said, and the age how long ago that came (us); both 0 for none
 * </pre>
 */
final class DatagramLayout {

    static final short MAGIC = 0x4748;
    static final int VERSION = 1;

    static final int CHECKSUM_AT = 0;
    static final int MAGIC_AT = 4;
    static final int VERSION_AND_TYPE_AT = 6;
    static final int FLAGS_AT = 7;
    static final int LENGTH_AT = 8;
    static final int EVENTS_AT = 10;
    static final int AGE_AT = 12;
    static final int SESSION_AT = 16;
    static final int SEQUENCE_AT = 24;
    static final int FIRST_EVENT_AT = 32;
    static final int SENT_AT = 40;
    static final int HEADER_BYTES = 48;

    /** From a publisher: events. */
    static final int DATA = 1;
    /** From a publisher: where it stands. */
    static final int HEARTBEAT = 2;
    /** From a subscriber: that it listens, what it knows and lost, and how far the publisher may go. */
    static final int STATUS = 3;
    /** From a publisher: a part of an event that is larger than a datagram. */
    static final int FRAGMENT = 4;
    /** From a subscriber: which datagrams it misses. */
    static final int NAK = 5;
    /** From a publisher: what a subscriber has to say so that it is believed to be where it says it is. */
    static final int COOKIE = 6;
    /** From a publisher: which datagrams it will never send. */
    static final int LOST = 7;

    /** From a publisher: it keeps what it sent and sends it again to who asks. */
    static final int RELIABLE = 0x01;
    /** Sealed ({@link DatagramSeal}): there is no checksum. */
    static final int KEYED = 0x02;
    /** On a status: the publisher must not go further; from a publisher: it heeds that. */
    static final int BLOCKING = 0x04;
    /** On a heartbeat: nothing follows. */
    static final int END_OF_STREAM = 0x08;
    /** On a status: the subscriber leaves. */
    static final int LEAVING = 0x10;

    /** Sequences are below this: no session lives long enough to reach it, and sums of two cannot overflow. */
    static final long SEQUENCE_END = 1L << 62;

    static final int HEARTBEAT_FIXED_BYTES = 25;
    static final int STATUS_FIXED_BYTES = 61;
    static final int FRAGMENT_FIXED_BYTES = 8;
    static final int NAK_FIXED_BYTES = 16;
    static final int NAK_RANGE_BYTES = 12;
    static final int COOKIE_BYTES = 16;
    static final int LOST_BYTES = 25;
    /** In a LOST datagram: the rate was too low. */
    static final int LOST_TO_RATE = 1;
    /** In a LOST datagram: a subscriber that is waited for, or the socket, was too slow. */
    static final int LOST_TO_OVERFLOW = 2;
    static final int MAX_NAME_BYTES = 255;
    static final int MAX_NAK_RANGES = 32;

    /** The largest frame that fragments carry: an event of 16 MiB and its fields. */
    static final int MAX_FRAME_BYTES = (16 << 20) + (1 << 17);

    private DatagramLayout() {
    }

    /** Whether {@code number} can be the sequence of a datagram or event. */
    static boolean isSequence(long number) {
        return number >= 0 && number < SEQUENCE_END;
    }
}
