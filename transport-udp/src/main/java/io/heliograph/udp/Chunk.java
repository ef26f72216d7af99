package io.heliograph.udp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Memory in which datagrams lie behind one another, so that neighbours of one length leave as a train without being
 * copied, and the same bytes are there when they are asked for again.
 *
 * <pre>
 *   start(0)  start(1)  start(2)         start(count)
 *   | sealed  | sealed  | sealed         | open | room       |
 *     stamped   stamped   not stamped yet
 * </pre>
 *
 * <p>Confined to its owner's lock. Allocates when it is made.
 */
final class Chunk {

    /** One train, whatever its datagrams' size. */
    static final int BYTES = 1 << 16;

    private static final int MAX_DATAGRAMS = 1_024;

    private final ByteBuffer bytes = ByteBuffer.allocateDirect(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer view = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    private final int[] starts = new int[MAX_DATAGRAMS + 1];
    private long firstSequence;
    private int count;
    private int stamped;

    /** Forgets what is here; the next datagram stamped is {@code sequence}. */
    void clear(long sequence) {
        firstSequence = sequence;
        count = 0;
        stamped = 0;
        bytes.clear();
    }

    /** The first datagram here, sealed and not stamped yet, becomes {@code sequence}. */
    void begin(long sequence) {
        firstSequence = sequence;
    }

    /** Sequence of the first datagram here. */
    long firstSequence() {
        return firstSequence;
    }

    /** Sequence behind the last stamped datagram here. */
    long endSequence() {
        return firstSequence + stamped;
    }

    /** How many datagrams are sealed. */
    int count() {
        return count;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Where the open datagram starts. */
    int openAt() {
        return starts[count];
    }

    /** Bytes of the sealed datagrams. */
    int sealedBytes() {
        return starts[count];
    }

    /** Whether another datagram of {@code length} bytes has its place here. */
    boolean hasPlace(int length) {
        return count < MAX_DATAGRAMS && starts[count] + length <= BYTES;
    }

    /** Whether all of {@code other}'s datagrams have their place here. */
    boolean hasPlaceFor(Chunk other) {
        return count + other.count <= MAX_DATAGRAMS && starts[count] + other.starts[other.count] <= BYTES;
    }

    /** Where the open datagram is written. */
    ByteBuffer bytes() {
        return bytes;
    }

    /** Ends the open datagram, which reaches up to {@code end}; what can be said of it before it has its sequence is said. */
    void seal(int type, int events, int end) {
        int start = starts[count];
        bytes.putShort(start + DatagramLayout.MAGIC_AT, DatagramLayout.MAGIC);
        bytes.put(start + DatagramLayout.VERSION_AND_TYPE_AT, (byte) (DatagramLayout.VERSION << 4 | type));
        bytes.putShort(start + DatagramLayout.LENGTH_AT, (short) (end - start));
        bytes.putShort(start + DatagramLayout.EVENTS_AT, (short) events);
        starts[++count] = end;
    }

    /** Copies what is sealed in {@code from}, not stamped yet, behind what is sealed here. */
    void copy(Chunk from) {
        int at = starts[count];
        bytes.clear().put(at, from.bytes, 0, from.starts[from.count]);
        for (int i = 1; i <= from.count; i++) {
            starts[++count] = at + from.starts[i];
        }
    }

    /** Whether everything sealed is stamped. */
    boolean isStamped() {
        return stamped == count;
    }

    /**
     * Gives the next sealed datagram its place in the session, and its checksum.
     *
     * @return how many events start there
     */
    int stamp(Stamp stamp, CRC32C crc) {
        place(stamp);
        bytes.putInt(starts[stamped] + DatagramLayout.CHECKSUM_AT, Datagram.checksum(crc, bytes));
        return countStamped();
    }

    /**
     * Gives the next sealed datagram its place in the session, and hides and proves it; its last bytes are for that.
     *
     * @return how many events start there
     */
    int stamp(Stamp stamp, DatagramSeal seal) {
        place(stamp);
        bytes.limit(starts[stamped + 1] - DatagramSeal.overheadBytes(DatagramLayout.DATA));
        seal.seal(bytes);
        return countStamped();
    }

    private void place(Stamp stamp) {
        bytes.limit(starts[stamped + 1]).position(starts[stamped]);
        stamp.write(bytes, firstSequence + stamped);
    }

    private int countStamped() {
        return bytes.getShort(starts[stamped++] + DatagramLayout.EVENTS_AT) & 0xffff;
    }

    /** The first event of the datagram {@code sequence}, which is here. */
    long firstEvent(long sequence) {
        return bytes.getLong(starts[(int) (sequence - firstSequence)] + DatagramLayout.FIRST_EVENT_AT);
    }

    /** How long the datagram {@code sequence} is, which is here. */
    int length(long sequence) {
        int index = (int) (sequence - firstSequence);
        return starts[index + 1] - starts[index];
    }

    /** How long the datagrams from {@code sequence} up to {@code end} are, which are here. */
    int length(long sequence, long end) {
        return starts[(int) (end - firstSequence)] - starts[(int) (sequence - firstSequence)];
    }

    /**
     * Stamped datagrams from {@code sequence} on that may leave as one train, at most {@code most} of them.
     *
     * @return how many
     */
    int train(long sequence, long most) {
        int first = (int) (sequence - firstSequence);
        int end = (int) Math.min(Math.min(stamped, first + most), first + DatagramIo.MAX_TRAIN_SEGMENTS);
        int segmentBytes = starts[first + 1] - starts[first];
        int next = first + 1;
        while (next < end && starts[next] - starts[next - 1] == segmentBytes
                && starts[next + 1] - starts[next] <= segmentBytes
                && starts[next + 1] - starts[first] <= DatagramIo.MAX_TRAIN_BYTES) {
            next++;
        }
        return next - first;
    }

    /** The bytes of {@code datagrams} datagrams from {@code sequence} on; valid until the next call. */
    ByteBuffer view(long sequence, int datagrams) {
        int first = (int) (sequence - firstSequence);
        return view.limit(starts[first + datagrams]).position(starts[first]);
    }
}
