package io.heliograph.udp;

import io.heliograph.Event;
import io.heliograph.wire.FrameEncoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Builds one datagram at a time, in one buffer; {@link DatagramLayout} draws it. Confined to its owner's lock; allocates
 * only when the topic changes.
 */
final class DatagramWriter {

    private static final int MAX_EVENTS = 0xffff;

    private final ByteBuffer buffer;
    private final CRC32C crc = new CRC32C();
    private String topic = "";
    private byte[] topicBytes = {};
    private int events;

    /** @param maxBytes the size of the largest datagram, header included */
    DatagramWriter(int maxBytes) {
        buffer = ByteBuffer.allocateDirect(maxBytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    boolean isEmpty() {
        return events == 0;
    }

    int events() {
        return events;
    }

    /** Whether a frame of {@code frameBytes} has room in a datagram of its own on {@code onTopic}. */
    boolean canEverHold(String onTopic, int frameBytes) {
        return frameBytes <= buffer.capacity() - DatagramLayout.HEADER_BYTES - 1 - onTopic.length();
    }

    /** Whether one more frame of {@code frameBytes} has room behind those that are here. */
    boolean hasRoom(int frameBytes) {
        return events < MAX_EVENTS && frameBytes <= buffer.remaining();
    }

    /** The topic that frames in this datagram need not repeat. */
    String topic() {
        return topic;
    }

    /** Starts a datagram of events, whose compact frames are on {@code onTopic}. */
    void begin(String onTopic) {
        if (!topic.equals(onTopic)) {
            topic = onTopic;
            topicBytes = onTopic.getBytes(StandardCharsets.ISO_8859_1);
        }
        events = 0;
        buffer.clear();
        buffer.position(DatagramLayout.HEADER_BYTES).put((byte) topicBytes.length).put(topicBytes);
    }

    void append(Event event) {
        FrameEncoder.encode(event, topic, buffer);
        events++;
    }

    void append(byte[] bytes, int from, int length) {
        FrameEncoder.encodeBytes(bytes, from, length, buffer);
        events++;
    }

    /** Completes the datagram of events; it stays valid until the next call. */
    ByteBuffer data(Stamp stamp) {
        ByteBuffer done = finish(DatagramLayout.DATA, 0, stamp);
        events = 0;
        return done;
    }

    /** A datagram without events; there must be none open. */
    ByteBuffer heartbeat(int flags, Stamp stamp) {
        buffer.clear().position(DatagramLayout.HEADER_BYTES);
        return finish(DatagramLayout.HEARTBEAT, flags, stamp);
    }

    /** A subscriber's report; there must be no events open. */
    ByteBuffer status(int flags, long receiverId, Report report, byte[] name, Stamp stamp) {
        buffer.clear().position(DatagramLayout.HEADER_BYTES);
        buffer.putLong(receiverId).putLong(report.known()).putLong(report.lost()).putInt(report.subscriptions())
                .put((byte) name.length).put(name);
        return finish(DatagramLayout.STATUS, flags, stamp);
    }

    /**
     * What a header says of the session.
     *
     * @param firstEvent of a heartbeat: the next event's sequence
     */
    record Stamp(long session, long sequence, long firstEvent, long ageNs, long sentEpochNanos) {
        private int ageMicros() {
            return (int) Math.min(ageNs / 1_000, 0xffff_ffffL);
        }
    }

    /** What a subscriber says of its subscriptions to one session, all together. */
    record Report(long known, long lost, int subscriptions) {
    }

    private ByteBuffer finish(int type, int flags, Stamp stamp) {
        buffer.flip();
        buffer.putShort(DatagramLayout.MAGIC_AT, DatagramLayout.MAGIC);
        buffer.put(DatagramLayout.VERSION_AND_TYPE_AT, (byte) (DatagramLayout.VERSION << 4 | type));
        buffer.put(DatagramLayout.FLAGS_AT, (byte) flags);
        buffer.putShort(DatagramLayout.LENGTH_AT, (short) buffer.limit());
        buffer.putShort(DatagramLayout.EVENTS_AT, (short) events);
        buffer.putInt(DatagramLayout.AGE_AT, stamp.ageMicros());
        buffer.putLong(DatagramLayout.SESSION_AT, stamp.session());
        buffer.putLong(DatagramLayout.SEQUENCE_AT, stamp.sequence());
        buffer.putLong(DatagramLayout.FIRST_EVENT_AT, stamp.firstEvent());
        buffer.putLong(DatagramLayout.SENT_AT, stamp.sentEpochNanos());
        buffer.putInt(DatagramLayout.CHECKSUM_AT, Datagram.checksum(crc, buffer));
        return buffer;
    }
}
