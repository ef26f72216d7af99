package io.heliograph.udp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Writes the datagrams that carry no events, one at a time: heartbeats, statuses, repair requests, cookies, notices of loss.
 * {@link DatagramLayout} draws them, and {@link ControlBody} reads them. What it returns is valid until its next call, and has
 * room behind it for a seal. Confined to its owner's lock; allocates nothing.
 */
final class ControlWriter {

    private static final int MOST_BYTES = DatagramLayout.HEADER_BYTES + DatagramLayout.NAK_FIXED_BYTES
            + DatagramLayout.MAX_NAK_RANGES * DatagramLayout.NAK_RANGE_BYTES;

    private final ByteBuffer bytes =
            ByteBuffer.allocateDirect(MOST_BYTES + DatagramSeal.MAX_OVERHEAD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C crc = new CRC32C();

    /** How a publisher stands: what it retains, whom it knows, and how it treats those who cannot keep up. */
    record Standing(long trail, long trailEvent, int receivers, int largestDatagramBytes, byte[] policy) {
    }

    /** What a subscriber says of its subscriptions to one session, all together. Used again, as it is said often. */
    static final class Report {
        private long known;
        private long lost;
        private long acknowledged;
        private long limitDatagram;
        private long limitEvent;
        private int subscriptions;

        Report set(long knownEvents, long lostEvents, long allBefore, long datagramLimit, long eventLimit, int count) {
            known = knownEvents;
            lost = lostEvents;
            acknowledged = allBefore;
            limitDatagram = datagramLimit;
            limitEvent = eventLimit;
            subscriptions = count;
            return this;
        }
    }

    /**
     * What a subscriber heard last of when its publisher said something new, so that this can tell how long the way is. Used
     * again, as it is said often.
     */
    static final class Echo {
        private long sentEpochNanos;
        private long heldNs;
        private long arrived;

        /**
         * @param saidEpochNanos what the publisher's heartbeat says; 0 for nothing
         * @param keptNs         how long ago the heartbeat came
         * @param datagrams      how many of the session are here or given up, in their turn or before it
         */
        Echo set(long saidEpochNanos, long keptNs, long datagrams) {
            sentEpochNanos = saidEpochNanos;
            heldNs = keptNs;
            arrived = datagrams;
            return this;
        }
    }

    /** The next datagram is {@code sequence}, the next event {@code stamp.firstEvent}. */
    ByteBuffer heartbeat(Stamp stamp, long sequence, Standing standing, int flags) {
        begin();
        bytes.putLong(standing.trail()).putLong(standing.trailEvent()).putInt(standing.receivers())
                .putInt(standing.largestDatagramBytes()).put((byte) standing.policy().length).put(standing.policy());
        stamp.write(bytes.flip(), sequence);
        return finish(DatagramLayout.HEARTBEAT, bytes.get(DatagramLayout.FLAGS_AT) | flags);
    }

    ByteBuffer status(long session, long receiverId, long cookie, Report report, Echo echo, byte[] name, int flags) {
        begin();
        bytes.putLong(DatagramLayout.SEQUENCE_AT, echo.arrived);
        bytes.putLong(DatagramLayout.SENT_AT, echo.sentEpochNanos);
        bytes.putInt(DatagramLayout.AGE_AT, (int) Math.min(echo.heldNs / 1_000, 0xffff_ffffL));
        bytes.putLong(receiverId).putLong(cookie).putLong(report.known).putLong(report.lost)
                .putLong(report.acknowledged).putLong(report.limitDatagram).putLong(report.limitEvent)
                .putInt(report.subscriptions).put((byte) name.length).put(name);
        return finishFor(session, DatagramLayout.STATUS, flags);
    }

    ByteBuffer cookie(long session, long receiverId, long cookie) {
        begin();
        bytes.putLong(receiverId).putLong(cookie);
        return finishFor(session, DatagramLayout.COOKIE, 0);
    }

    /** What will never be sent, as the session's publisher says it at the stamp's moment. */
    ByteBuffer lost(Stamp stamp, long sequence, Loss loss) {
        begin();
        bytes.putLong(loss.from()).putLong(loss.end()).putLong(loss.eventBehind()).put((byte) loss.code());
        stamp.write(bytes.flip(), sequence);
        return finish(DatagramLayout.LOST, bytes.get(DatagramLayout.FLAGS_AT));
    }

    /** Begins a request for repair; {@link #range} adds to it, {@link #endNak} ends it. */
    void beginNak(long receiverId, long cookie) {
        begin();
        bytes.putLong(receiverId).putLong(cookie);
    }

    /** Whether another range has its place in the request. */
    boolean hasPlaceForRange() {
        return bytes.remaining() >= DatagramLayout.NAK_RANGE_BYTES;
    }

    void range(long from, int count) {
        bytes.putLong(from).putInt(count);
    }

    /** @param arrived as {@link Echo} has it */
    ByteBuffer endNak(long session, long arrived) {
        bytes.putLong(DatagramLayout.SEQUENCE_AT, arrived);
        return finishFor(session, DatagramLayout.NAK, 0);
    }

    private void begin() {
        bytes.clear().limit(MOST_BYTES);
        for (int i = 0; i < DatagramLayout.HEADER_BYTES; i += Long.BYTES) {
            bytes.putLong(0);
        }
    }

    private ByteBuffer finishFor(long session, int type, int flags) {
        bytes.flip();
        bytes.putLong(DatagramLayout.SESSION_AT, session);
        return finish(type, flags);
    }

    private ByteBuffer finish(int type, int flags) {
        bytes.putShort(DatagramLayout.MAGIC_AT, DatagramLayout.MAGIC);
        bytes.put(DatagramLayout.VERSION_AND_TYPE_AT, (byte) (DatagramLayout.VERSION << 4 | type));
        bytes.put(DatagramLayout.FLAGS_AT, (byte) flags);
        bytes.putShort(DatagramLayout.LENGTH_AT, (short) bytes.limit());
        bytes.putInt(DatagramLayout.CHECKSUM_AT, Datagram.checksum(crc, bytes));
        return bytes;
    }
}
