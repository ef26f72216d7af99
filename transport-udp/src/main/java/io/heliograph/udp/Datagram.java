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
 * A view of one received datagram; {@link DatagramLayout} draws it. {@link #wrap} checks every length before anything
 * else may be read. Confined to one thread; allocates nothing but the topic of a datagram whose topic is not the one
 * before's.
 */
final class Datagram {

    private final CRC32C crc = new CRC32C();
    private ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private int start;
    private int bodyAt;
    private String topic = "";
    private byte[] topicBytes = {};

    /**
     * Looks at the buffer's remaining bytes.
     *
     * @return why it is no datagram of this protocol; empty if it is, and can be read
     */
    Optional<MalformedDatagram> wrap(ByteBuffer datagram) {
        bytes = datagram;
        start = datagram.position();
        int length = datagram.remaining();
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
        if (datagram.getInt(start + CHECKSUM_AT) != checksum(crc, datagram)) {
            return Optional.of(MalformedDatagram.BAD_CHECKSUM);
        }
        if (!isPossible(sequence()) || !isPossible(firstEvent())) {
            return Optional.of(MalformedDatagram.BAD_SEQUENCE);
        }
        bodyAt = start + HEADER_BYTES;
        return switch (type()) {
            case DatagramLayout.DATA -> wrapData();
            case DatagramLayout.HEARTBEAT -> Optional.empty();
            case DatagramLayout.STATUS -> wrapStatus();
            default -> Optional.of(MalformedDatagram.UNKNOWN_TYPE);
        };
    }

    /** The checksum of the remaining bytes, with the checksum's own field taken as 0. */
    static int checksum(CRC32C crc, ByteBuffer datagram) {
        int start = datagram.position();
        int limit = datagram.limit();
        crc.reset();
        crc.update(datagram.limit(start + CHECKSUM_AT));
        datagram.limit(limit);
        crc.update(0);
        crc.update(0);
        crc.update(0);
        crc.update(0);
        crc.update(datagram.position(start + CHECKSUM_AT + Integer.BYTES));
        datagram.position(start);
        return (int) crc.getValue();
    }

    private static boolean isPossible(long sequence) {
        return sequence >= 0 && sequence < DatagramLayout.SEQUENCE_END;
    }

    private Optional<MalformedDatagram> wrapData() {
        if (bodyAt == bytes.limit()) {
            return Optional.of(MalformedDatagram.BAD_TOPIC);
        }
        int length = bytes.get(bodyAt) & 0xff;
        int framesAt = bodyAt + 1 + length;
        if (framesAt > bytes.limit() || !readTopic(length)) {
            return Optional.of(MalformedDatagram.BAD_TOPIC);
        }
        bodyAt = framesAt;
        return tiles() ? Optional.empty() : Optional.of(MalformedDatagram.BAD_TILING);
    }

    private Optional<MalformedDatagram> wrapStatus() {
        int nameAt = bodyAt + DatagramLayout.STATUS_FIXED_BYTES;
        boolean isWhole = nameAt <= bytes.limit() && nameAt + (bytes.get(nameAt - 1) & 0xff) == bytes.limit();
        return isWhole ? Optional.empty() : Optional.of(MalformedDatagram.BAD_STATUS);
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

    private boolean tiles() {
        int position = bytes.position();
        int count = 0;
        bytes.position(bodyAt);
        int length = FrameDecoder.frameLength(bytes);
        while (length <= bytes.remaining() && !isPadding()) {
            bytes.position(bytes.position() + length);
            length = FrameDecoder.frameLength(bytes);
            count++;
        }
        boolean isWhole = bytes.remaining() < FrameEncoder.HEADER_BYTES ? isZeroToTheEnd() : isPadding();
        bytes.position(position);
        return isWhole && count == events();
    }

    /** Whether zeros fill the datagram up from here: no frame begins with a word of them. */
    private boolean isPadding() {
        return bytes.getInt(bytes.position()) == 0;
    }

    private boolean isZeroToTheEnd() {
        boolean isZero = true;
        for (int i = bytes.position(); i < bytes.limit(); i++) {
            isZero &= bytes.get(i) == 0;
        }
        return isZero;
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

    /** The topic of a data datagram's compact frames. */
    String topic() {
        return topic;
    }

    /** What follows the header, and in a data datagram the topic: the buffer itself, moved there. */
    ByteBuffer body() {
        return bytes.position(bodyAt);
    }

    /** The whole datagram: the buffer itself, moved to its start. */
    ByteBuffer whole() {
        return bytes.position(start);
    }
}
