package io.heliograph.udp;

import io.heliograph.Event;
import io.heliograph.wire.FrameEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Packs events into datagrams in a {@link Chunk}; {@link DatagramLayout} draws them. Confined to its owner's lock or
 * thread; allocates only when the topic changes.
 */
final class DatagramWriter {

    private static final int MAX_EVENTS = 0xffff;

    private final int maxDatagramBytes;
    private final int tailBytes;
    private Chunk chunk;
    private ByteBuffer bytes;
    private String topic = "";
    private byte[] topicBytes = {};
    private int events;

    /** @param maxDatagramBytes the size of the largest datagram, header included */
    DatagramWriter(int maxDatagramBytes, Chunk chunk) {
        this(maxDatagramBytes, 0, chunk);
    }

    /**
     * @param maxDatagramBytes the size of the largest datagram, header and tail included
     * @param tailBytes        what is kept free at each datagram's end, for what seals it
     */
    DatagramWriter(int maxDatagramBytes, int tailBytes, Chunk chunk) {
        this.maxDatagramBytes = maxDatagramBytes;
        this.tailBytes = tailBytes;
        this.chunk = chunk;
        this.bytes = chunk.bytes();
    }

    /** From now on datagrams go to {@code next}; none may be open. */
    void continueIn(Chunk next) {
        chunk = next;
        bytes = next.bytes();
    }

    /** Whether no datagram is open. */
    boolean isEmpty() {
        return events == 0;
    }

    int maxDatagramBytes() {
        return maxDatagramBytes;
    }

    /** Whether a frame of {@code frameBytes} has room in a datagram of its own on {@code onTopic}. */
    boolean canEverHold(String onTopic, int frameBytes) {
        return frameBytes <= maxDatagramBytes - tailBytes - DatagramLayout.HEADER_BYTES - 1 - onTopic.length();
    }

    /** Whether one more frame of {@code frameBytes} has room in the open datagram. */
    boolean hasRoom(int frameBytes) {
        return frameBytes <= bytes.remaining() && events < MAX_EVENTS;
    }

    /** The topic that frames in the open datagram need not repeat. */
    String topic() {
        return topic;
    }

    /** Opens a datagram of events, whose compact frames are on {@code onTopic}; the chunk has a place for it. */
    void begin(String onTopic) {
        if (!topic.equals(onTopic)) {
            topic = onTopic;
            topicBytes = onTopic.getBytes(StandardCharsets.ISO_8859_1);
        }
        int start = chunk.openAt();
        bytes.limit(start + maxDatagramBytes - tailBytes).position(start + DatagramLayout.HEADER_BYTES);
        bytes.put((byte) topicBytes.length).put(topicBytes);
    }

    void append(Event event) {
        FrameEncoder.encode(event, topic, bytes);
        events++;
    }

    void append(String onTopic, byte[] from, int at, int length) {
        FrameEncoder.encodeBytes(onTopic, topic, from, at, length, bytes);
        events++;
    }

    /**
     * Ends the open datagram. If it is nearly full it is filled up with zeros, so that it has the length of its
     * neighbours and leaves with them.
     */
    void seal() {
        int room = bytes.remaining();
        if (room > 0 && room <= maxDatagramBytes / 8) {
            while (bytes.remaining() >= Long.BYTES) {
                bytes.putLong(0);
            }
            while (bytes.hasRemaining()) {
                bytes.put((byte) 0);
            }
        }
        sealAsItIs();
    }

    /** Ends the open datagram as short as it is, the last one of its train. */
    void sealAsItIs() {
        int end = bytes.position() + tailBytes;
        chunk.seal(DatagramLayout.DATA, events, end);
        events = 0;
        bytes.limit(end).position(end);
    }

    /** How much of a frame has its place in a fragment. */
    int partBytes() {
        return maxDatagramBytes - tailBytes - DatagramLayout.HEADER_BYTES - DatagramLayout.FRAGMENT_FIXED_BYTES;
    }

    /** Writes a datagram with the part of {@code frame} from {@code offset} on, as long as it can be. Says how long. */
    int fragment(ByteBuffer frame, int offset) {
        int start = chunk.openAt();
        int length = Math.min(frame.limit() - offset, partBytes());
        int partAt = start + DatagramLayout.HEADER_BYTES + DatagramLayout.FRAGMENT_FIXED_BYTES;
        bytes.limit(partAt + length).position(start + DatagramLayout.HEADER_BYTES);
        bytes.putInt(frame.limit()).putInt(offset);
        bytes.put(partAt, frame, offset, length);
        int end = partAt + length + tailBytes;
        chunk.seal(DatagramLayout.FRAGMENT, offset == 0 ? 1 : 0, end);
        bytes.limit(end).position(end);
        return length;
    }
}
