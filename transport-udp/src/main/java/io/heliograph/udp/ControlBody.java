package io.heliograph.udp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A view of what a datagram that carries no events says behind its header: {@link ControlWriter}'s other side, drawn by
 * {@link DatagramLayout}. {@link #wrap} checks every length before anything else may be read. Confined to one thread; allocates
 * nothing but the texts and the loss that are asked for.
 */
final class ControlBody {

    private ByteBuffer bytes = ByteBuffer.allocate(0);
    private int start;
    private int end;

    /**
     * Looks at the body of a datagram of {@code type}, in whose header {@code events} start.
     *
     * @return why it is no datagram of this protocol; empty if it is, and can be read
     */
    Optional<MalformedDatagram> wrap(int type, int events, ByteBuffer datagram, int bodyAt, int bodyEnd) {
        bytes = datagram;
        start = bodyAt;
        end = bodyEnd;
        return switch (type) {
            case DatagramLayout.HEARTBEAT -> ifWhole(isHeartbeat(), MalformedDatagram.BAD_HEARTBEAT);
            case DatagramLayout.STATUS -> ifWhole(endsWithText(DatagramLayout.STATUS_FIXED_BYTES), MalformedDatagram.BAD_STATUS);
            case DatagramLayout.NAK -> ifWhole(isNak(), MalformedDatagram.BAD_NAK);
            case DatagramLayout.LOST -> ifWhole(events == 0 && isLost(), MalformedDatagram.BAD_LOST);
            case DatagramLayout.COOKIE -> ifWhole(end - start == DatagramLayout.COOKIE_BYTES, MalformedDatagram.BAD_COOKIE);
            default -> Optional.of(MalformedDatagram.UNKNOWN_TYPE);
        };
    }

    private static Optional<MalformedDatagram> ifWhole(boolean isWhole, MalformedDatagram fault) {
        return isWhole ? Optional.empty() : Optional.of(fault);
    }

    /** Whether {@code fixed} bytes, of which the last is a text's length, and that text fill the body. */
    private boolean endsWithText(int fixed) {
        int textAt = start + fixed;
        return textAt <= end && textAt + (bytes.get(textAt - 1) & 0xff) == end;
    }

    private boolean isHeartbeat() {
        return endsWithText(DatagramLayout.HEARTBEAT_FIXED_BYTES)
                && DatagramLayout.isSequence(trail()) && DatagramLayout.isSequence(trailEvent());
    }

    private boolean isNak() {
        int ranges = end - start - DatagramLayout.NAK_FIXED_BYTES;
        return ranges > 0 && ranges % DatagramLayout.NAK_RANGE_BYTES == 0
                && ranges / DatagramLayout.NAK_RANGE_BYTES <= DatagramLayout.MAX_NAK_RANGES;
    }

    private boolean isLost() {
        return end - start == DatagramLayout.LOST_BYTES
                && DatagramLayout.isSequence(number(0)) && DatagramLayout.isSequence(number(8)) && number(0) < number(8)
                && DatagramLayout.isSequence(number(16));
    }

    private long number(int at) {
        return bytes.getLong(start + at);
    }

    // Of a heartbeat.

    /** The oldest datagram that its publisher can still repair. */
    long trail() {
        return number(0);
    }

    /** The first event of the oldest datagram that its publisher can still repair. */
    long trailEvent() {
        return number(8);
    }

    /** How many subscribers the publisher knows. */
    int receivers() {
        return bytes.getInt(start + 16);
    }

    /** The policy that the publisher states; a stranger's text. */
    String policy() {
        return text(DatagramLayout.HEARTBEAT_FIXED_BYTES);
    }

    // Of a status, a repair request or a cookie.

    long receiverId() {
        return number(0);
    }

    long cookie() {
        return number(8);
    }

    // Of a status.

    long lost() {
        return number(24);
    }

    /** The next datagram that the subscriber expects. */
    long acknowledged() {
        return number(32);
    }

    /** The first datagram that the subscriber does not want yet. */
    long limitDatagram() {
        return number(40);
    }

    /** The first event that the subscriber does not want yet. */
    long limitEvent() {
        return number(48);
    }

    int subscriptions() {
        return bytes.getInt(start + 56);
    }

    /** What the subscriber calls itself; a stranger's text. */
    String name() {
        return text(DatagramLayout.STATUS_FIXED_BYTES);
    }

    // Of a notice of loss.

    Loss loss() {
        return new Loss(number(0), number(8), number(16), Loss.reason(bytes.get(start + 24) & 0xff));
    }

    // Of a repair request.

    int ranges() {
        return (end - start - DatagramLayout.NAK_FIXED_BYTES) / DatagramLayout.NAK_RANGE_BYTES;
    }

    long rangeStart(int index) {
        return bytes.getLong(rangeAt(index));
    }

    /** How many datagrams the range has, as the asking side claims. */
    long rangeLength(int index) {
        return bytes.getInt(rangeAt(index) + Long.BYTES) & 0xffff_ffffL;
    }

    private int rangeAt(int index) {
        return start + DatagramLayout.NAK_FIXED_BYTES + index * DatagramLayout.NAK_RANGE_BYTES;
    }

    private String text(int at) {
        byte[] text = new byte[end - start - at];
        bytes.get(start + at, text);
        return new String(text, StandardCharsets.UTF_8);
    }
}
