package io.heliograph.udp;

import static io.heliograph.udp.DatagramLayout.AGE_AT;
import static io.heliograph.udp.DatagramLayout.CHECKSUM_AT;
import static io.heliograph.udp.DatagramLayout.EVENTS_AT;
import static io.heliograph.udp.DatagramLayout.FIRST_EVENT_AT;
import static io.heliograph.udp.DatagramLayout.FLAGS_AT;
import static io.heliograph.udp.DatagramLayout.HEADER_BYTES;
import static io.heliograph.udp.DatagramLayout.LENGTH_AT;
import static io.heliograph.udp.DatagramLayout.MAGIC;
import static io.heliograph.udp.DatagramLayout.MAGIC_AT;
import static io.heliograph.udp.DatagramLayout.SENT_AT;
import static io.heliograph.udp.DatagramLayout.SEQUENCE_AT;
import static io.heliograph.udp.DatagramLayout.SESSION_AT;
import static io.heliograph.udp.DatagramLayout.VERSION;
import static io.heliograph.udp.DatagramLayout.VERSION_AND_TYPE_AT;

import io.heliograph.Topic;
import io.heliograph.wire.FrameDecoder;
import io.heliograph.wire.FrameEncoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A view of one received datagram: its header, and its body where it carries events; {@link ControlBody} is any other one's.
 * {@link DatagramLayout} draws them. {@link #wrap} checks every length before anything else may be read. Confined to one
 * thread; allocates nothing but the topic of a datagram whose topic is not the one before's.
 */
final class Datagram {

    private final CRC32C crc = new CRC32C();
    private final ControlBody control = new ControlBody();
    private ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private int start;
    private int end;
    private int bodyAt;
    private String topic = "";
    private byte[] topicBytes = {};

    /**
     * Looks at the buffer's remaining bytes.
     *
     * @return why it is no datagram of this protocol; empty if it is, and can be read
     */
    Optional<MalformedDatagram> wrap(ByteBuffer datagram) {
        Optional<MalformedDatagram> fault = wrapHeader(datagram);
        if (fault.isPresent()) {
            return fault;
        }
        if (isFlagged(DatagramLayout.KEYED)) {
            return Optional.of(MalformedDatagram.NO_KEY);
        }
        if (datagram.getInt(start + CHECKSUM_AT) != checksum(crc, datagram)) {
            return Optional.of(MalformedDatagram.BAD_CHECKSUM);
        }
        return wrapBody();
    }

    /**
     * Looks at the header alone: what a datagram says of itself, which may be sealed, or not true.
     *
     * @return why it is no datagram of this protocol; empty if its header can be read
     */
    Optional<MalformedDatagram> wrapHeader(ByteBuffer datagram) {
        view(datagram);
        int length = end - start;
        if (length < HEADER_BYTES) {
            return Optional.of(MalformedDatagram.TOO_SHORT);
        }
        if (datagram.getShort(start + MAGIC_AT) != MAGIC) {
            return Optional.of(MalformedDatagram.BAD_MAGIC);
        }
        if ((datagram.get(start + VERSION_AND_TYPE_AT) & 0xff) >>> 4 != VERSION) {
            return Optional.of(MalformedDatagram.BAD_VERSION);
        }
        if ((datagram.getShort(start + LENGTH_AT) & 0xffff) != length) {
            return Optional.of(MalformedDatagram.BAD_LENGTH);
        }
        return Optional.empty();
    }

    /**
     * Looks at the remaining bytes of a datagram that is known to be whole: its checksum was right, or its seal was, which
     * is open now.
     *
     * @return why it is no datagram of this protocol; empty if it is, and can be read
     */
    Optional<MalformedDatagram> wrapOpened(ByteBuffer datagram) {
        view(datagram);
        return wrapBody();
    }

    private void view(ByteBuffer datagram) {
        bytes = datagram;
        start = datagram.position();
        end = datagram.limit();
    }

    private Optional<MalformedDatagram> wrapBody() {
        if (!DatagramLayout.isSequence(sequence()) || !DatagramLayout.isSequence(firstEvent())) {
            return Optional.of(MalformedDatagram.BAD_SEQUENCE);
        }
        bodyAt = start + HEADER_BYTES;
        return switch (type()) {
            case DatagramLayout.DATA -> wrapData();
            case DatagramLayout.FRAGMENT -> wrapFragment();
            default -> control.wrap(type(), events(), bytes, bodyAt, end);
        };
    }

    /** Reads, once more, a datagram that was found whole before: nothing of it is checked again. */
    void wrapAgain(ByteBuffer datagram) {
        view(datagram);
        bodyAt = start + HEADER_BYTES;
        if (type() == DatagramLayout.DATA) {
            int length = bytes.get(bodyAt) & 0xff;
            readTopic(length);
            bodyAt += 1 + length;
        }
    }

    /** The checksum of the remaining bytes behind its own field. */
    static int checksum(CRC32C crc, ByteBuffer datagram) {
        int start = datagram.position();
        crc.reset();
        crc.update(datagram.position(start + CHECKSUM_AT + Integer.BYTES));
        datagram.position(start);
        return (int) crc.getValue();
    }

    private Optional<MalformedDatagram> wrapData() {
        if (bodyAt == end) {
            return Optional.of(MalformedDatagram.BAD_TOPIC);
        }
        int length = bytes.get(bodyAt) & 0xff;
        int framesAt = bodyAt + 1 + length;
        if (framesAt > end || !readTopic(length)) {
            return Optional.of(MalformedDatagram.BAD_TOPIC);
        }
        bodyAt = framesAt;
        return tiles() ? Optional.empty() : Optional.of(MalformedDatagram.BAD_TILING);
    }

    private Optional<MalformedDatagram> wrapFragment() {
        int partAt = bodyAt + DatagramLayout.FRAGMENT_FIXED_BYTES;
        if (partAt >= end || events() > 1) {
            return Optional.of(MalformedDatagram.BAD_FRAGMENT);
        }
        int frame = frameBytes();
        int offset = offset();
        boolean isPart = frame > 0 && frame <= DatagramLayout.MAX_FRAME_BYTES && offset >= 0 && offset <= frame - (end - partAt)
                && events() == (offset == 0 ? 1 : 0);
        return isPart ? Optional.empty() : Optional.of(MalformedDatagram.BAD_FRAGMENT);
    }

    private boolean readTopic(int length) {
        boolean isSame = length == topicBytes.length;
        for (int i = 0; i < length && isSame; i++) {
            isSame = bytes.get(bodyAt + 1 + i) == topicBytes[i];
        }
        if (isSame) {
            return length > 0;
        }
        byte[] read = new byte[length];
        bytes.get(bodyAt + 1, read);
        String text = new String(read, StandardCharsets.ISO_8859_1);
        if (!Topic.isValid(text)) {
            return false;
        }
        topic = text;
        topicBytes = read;
        return true;
    }

    /** Whether frames stand behind one another from the body on, up to the end or to zeros, as many as the header says. */
    private boolean tiles() {
        int at = bodyAt;
        int count = 0;
        while (end - at >= FrameEncoder.HEADER_BYTES) {
            int header = bytes.getInt(at);
            // No frame begins with a word of zeros: they fill the datagram up.
            if (header == 0) {
                break;
            }
            int length = FrameDecoder.frameLength(header);
            if (length > end - at) {
                return false;
            }
            at += length;
            count++;
        }
        return count == events() && isZeroFrom(at);
    }

    private boolean isZeroFrom(int from) {
        int at = from;
        long seen = 0;
        for (; end - at >= Long.BYTES; at += Long.BYTES) {
            seen |= bytes.getLong(at);
        }
        for (; at < end; at++) {
            seen |= bytes.get(at);
        }
        return seen == 0;
    }

    int type() {
        return bytes.get(start + VERSION_AND_TYPE_AT) & 0x0f;
    }

    boolean isFlagged(int flag) {
        return (bytes.get(start + FLAGS_AT) & flag) != 0;
    }

    int events() {
        return bytes.getShort(start + EVENTS_AT) & 0xffff;
    }

    /** How long the session has lasted, in nanoseconds; about 71 minutes for all that are older. */
    long ageNs() {
        return (bytes.getInt(start + AGE_AT) & 0xffff_ffffL) * 1_000;
    }

    boolean isAgeKnown() {
        return bytes.getInt(start + AGE_AT) != -1;
    }

    /** Of a status: how long its sender had held the word of the publisher's that it echoes as {@link #sentEpochNanos}. */
    long heldNs() {
        return ageNs();
    }

    long session() {
        return bytes.getLong(start + SESSION_AT);
    }

    long sequence() {
        return bytes.getLong(start + SEQUENCE_AT);
    }

    long firstEvent() {
        return bytes.getLong(start + FIRST_EVENT_AT);
    }

    long sentEpochNanos() {
        return bytes.getLong(start + SENT_AT);
    }

    // Of a fragment.

    int frameBytes() {
        return bytes.getInt(start + HEADER_BYTES);
    }

    int offset() {
        return bytes.getInt(start + HEADER_BYTES + 4);
    }

    /** The part itself: the buffer, moved there. */
    ByteBuffer part() {
        return bytes.limit(end).position(bodyAt + DatagramLayout.FRAGMENT_FIXED_BYTES);
    }

    /** What a datagram that carries no events says behind its header. */
    ControlBody control() {
        return control;
    }

    /** The topic of a data datagram's compact frames. */
    String topic() {
        return topic;
    }

    /** What follows the header, and in a data datagram the topic: the buffer itself, moved there. */
    ByteBuffer body() {
        return bytes.limit(end).position(bodyAt);
    }

    /** The whole datagram: the buffer itself, moved to its start. */
    ByteBuffer whole() {
        return bytes.limit(end).position(start);
    }
}
