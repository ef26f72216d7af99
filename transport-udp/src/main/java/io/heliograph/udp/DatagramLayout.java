package io.heliograph.udp;

/**
 * Where everything is in a datagram; all numbers little-endian.
 *
 * <pre>
 *      0               1               2               3
 *     +---------------+---------------+-------+-------+---------------+
 *   0 | 'H'           | 'G'           | ver 1 | type  | flags         |
 *     +---------------+---------------+-------+-------+---------------+
 *   4 | length of this datagram       | events that start here        |
 *     +-------------------------------+-------------------------------+
 *   8 | CRC-32C of the datagram with this field taken as 0            |
 *     +---------------------------------------------------------------+
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
 *  HEARTBEAT  nothing; the sequences are those of the next datagram and the next event
 *  STATUS     receiver id (64 bits), known (64), lost (64), subscriptions (32), name length (8), name
 * </pre>
 */
final class DatagramLayout {

    static final short MAGIC = 0x4748;
    static final int VERSION = 1;

    static final int MAGIC_AT = 0;
    static final int VERSION_AND_TYPE_AT = 2;
    static final int FLAGS_AT = 3;
    static final int LENGTH_AT = 4;
    static final int EVENTS_AT = 6;
    static final int CHECKSUM_AT = 8;
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
    /** From a subscriber: that it listens, and what it knows and lost. */
    static final int STATUS = 3;

    /** On a heartbeat: nothing follows. */
    static final int END_OF_STREAM = 0x08;
    /** On a status: the subscriber leaves. */
    static final int LEAVING = 0x10;

    /** Sequences are below this: no session lives long enough to reach it, and sums of two cannot overflow. */
    static final long SEQUENCE_END = 1L << 62;

    static final int STATUS_FIXED_BYTES = 29;
    static final int MAX_NAME_BYTES = 255;

    private DatagramLayout() {
    }
}
