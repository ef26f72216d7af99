package io.heliograph.udp;

import io.heliograph.Event;
import io.heliograph.wire.FrameEncoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Builds datagrams behind one another in one buffer, ready to leave as a train; {@link DatagramLayout} draws them.
 * Confined to its owner's lock; allocates only when the topic changes.
 *
 * <pre>
 *   0                  start                position           limit
 *   | sealed | sealed  | header topic frames |      room       |
 *     each filled up     the open one
 *     to the largest
 * </pre>
 */
final class DatagramWriter {

    private static final int MAX_EVENTS = 0xffff;

    private final ByteBuffer train;
    private final int maxDatagramBytes;
    private final CRC32C crc = new CRC32C();
    private String topic = "";
    private byte[] topicBytes = {};
    private int start;
    private int events;

    /**
     * @param maxDatagramBytes the size of the largest datagram, header included
     * @param maxDatagrams     how many may wait here, the open one included
     */
    DatagramWriter(int maxDatagramBytes, int maxDatagrams) {
        this.maxDatagramBytes = maxDatagramBytes;
        this.train = ByteBuffer.allocateDirect(maxDatagramBytes * maxDatagrams).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** What a header says of the session. A heartbeat's sequences are the next ones. */
    record Stamp(long session, long sequence, long firstEvent, long ageNs, long sentEpochNanos) {
        private int ageMicros() {
            return (int) Math.min(ageNs / 1_000, 0xffff_ffffL);
        }
    }

    /** What a subscriber says of its subscriptions to one session, all together. */
    record Report(long known, long lost, int subscriptions) {
    }

    /** Whether no datagram is open, none with an event. */
    boolean isEmpty() {
        return events == 0;
    }

    /** Whether nothing waits here, neither sealed nor open. */
    boolean isClear() {
        return events == 0 && start == 0;
    }

    int maxDatagramBytes() {
        return maxDatagramBytes;
    }

    /** Whether a frame of {@code frameBytes} has room in a datagram of its own on {@code onTopic}. */
    boolean canEverHold(String onTopic, int frameBytes) {
        return frameBytes <= maxDatagramBytes - DatagramLayout.HEADER_BYTES - 1 - onTopic.length();
    }

    /** Whether one more frame of {@code frameBytes} has room in the open datagram. */
    boolean hasRoom(int frameBytes) {
        return events < MAX_EVENTS && frameBytes <= train.remaining();
    }

    /** Whether the open datagram may be filled up and another one opened behind it. */
    boolean hasPlaceBehind() {
        return start + 2 * maxDatagramBytes <= train.capacity();
    }

    /** The room that is left in the open datagram, in bytes. */
    int room() {
        return train.remaining();
    }

    /** The topic that frames in the open datagram need not repeat. */
    String topic() {
        return topic;
    }

    /** Opens a datagram of events, whose compact frames are on {@code onTopic}. */
    void begin(String onTopic) {
        if (!topic.equals(onTopic)) {
            topic = onTopic;
            topicBytes = onTopic.getBytes(StandardCharsets.ISO_8859_1);
        }
        train.limit(start + maxDatagramBytes).position(start + DatagramLayout.HEADER_BYTES);
        train.put((byte) topicBytes.length).put(topicBytes);
    }

    void append(Event event) {
        FrameEncoder.encode(event, topic, train);
        events++;
    }

    void append(String onTopic, byte[] bytes, int from, int length) {
        FrameEncoder.encodeBytes(onTopic, topic, bytes, from, length, train);
        events++;
    }

    /** Completes the open datagram, filled up to the largest size with zeros so that another may follow in its train. */
    void sealFilled(Stamp stamp) {
        while (train.remaining() >= Long.BYTES) {
            train.putLong(0);
        }
        while (train.hasRemaining()) {
            train.put((byte) 0);
        }
        finish(DatagramLayout.DATA, 0, stamp);
        start += maxDatagramBytes;
    }

    /** Completes the open datagram as the last of its train, no longer than it is. */
    void sealLast(Stamp stamp) {
        train.limit(train.position());
        finish(DatagramLayout.DATA, 0, stamp);
        start = train.limit();
    }

    /** Everything that is sealed; valid until the next call, which starts over. */
    ByteBuffer takeTrain() {
        train.limit(start).position(0);
        start = 0;
        return train;
    }

    /** A datagram without events; nothing else may wait here. */
    ByteBuffer heartbeat(int flags, Stamp stamp) {
        train.clear().position(DatagramLayout.HEADER_BYTES);
        train.limit(train.position());
        return finish(DatagramLayout.HEARTBEAT, flags, stamp);
    }

    /** A subscriber's report; nothing else may wait here. */
    ByteBuffer status(int flags, long receiverId, Report report, byte[] name, Stamp stamp) {
        train.clear().position(DatagramLayout.HEADER_BYTES);
        train.putLong(receiverId).putLong(report.known()).putLong(report.lost()).putInt(report.subscriptions())
                .put((byte) name.length).put(name);
        train.limit(train.position());
        return finish(DatagramLayout.STATUS, flags, stamp);
    }

    private ByteBuffer finish(int type, int flags, Stamp stamp) {
        train.putShort(start + DatagramLayout.MAGIC_AT, DatagramLayout.MAGIC);
        train.put(start + DatagramLayout.VERSION_AND_TYPE_AT, (byte) (DatagramLayout.VERSION << 4 | type));
        train.put(start + DatagramLayout.FLAGS_AT, (byte) flags);
        train.putShort(start + DatagramLayout.LENGTH_AT, (short) (train.limit() - start));
        train.putShort(start + DatagramLayout.EVENTS_AT, (short) events);
        train.putInt(start + DatagramLayout.AGE_AT, stamp.ageMicros());
        train.putLong(start + DatagramLayout.SESSION_AT, stamp.session());
        train.putLong(start + DatagramLayout.SEQUENCE_AT, stamp.sequence());
        train.putLong(start + DatagramLayout.FIRST_EVENT_AT, stamp.firstEvent());
        train.putLong(start + DatagramLayout.SENT_AT, stamp.sentEpochNanos());
        train.position(start);
        train.putInt(start + DatagramLayout.CHECKSUM_AT, Datagram.checksum(crc, train));
        events = 0;
        return train;
    }
}
