package io.heliograph.udp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Room for what one recvmmsg brings: trains, their senders, and what the kernel says beside them, which is the segment's
 * length where it put datagrams together (UDP_GRO).
 *
 * <pre>
 *   headers  | mmsghdr 0 | mmsghdr 1 | ...   each points to its iovec, name, control and data
 *   iovecs   | iovec 0   | iovec 1   | ...
 *   names    | 32 bytes  | 32 bytes  | ...
 *   control  | 64 bytes  | 64 bytes  | ...
 *   data     | 64 KiB    | 64 KiB    | ...
 * </pre>
 *
 * <p>Confined to the receiving thread; allocates nothing but new senders' addresses.
 */
final class ReceiveBatch {

    /** So many datagrams of senders without trains cost one call; whole trains came as fast one at a time. */
    private static final int TRAINS = 16;

    /** More than any UDP datagram, and than the kernel puts together. */
    private static final int TRAIN_BYTES = 1 << 16;

    private static final int CONTROL_BYTES = 64;

    private final MemorySegment errno;
    private final MemorySegment headers;
    private final MemorySegment names;
    private final MemorySegment control;
    private final ByteBuffer[] data = new ByteBuffer[TRAINS];
    private final SourceAddresses sources = new SourceAddresses();
    private int arrived = TRAINS;
    private int handed = TRAINS;

    ReceiveBatch() {
        Arena arena = Arena.ofAuto();
        errno = arena.allocate(LinuxCalls.ERRNO);
        headers = arena.allocate(LinuxStructs.MMSGHDR, TRAINS);
        names = arena.allocate((long) TRAINS * LinuxStructs.SOCKADDR_BYTES, Long.BYTES);
        control = arena.allocate((long) TRAINS * CONTROL_BYTES, Long.BYTES);
        MemorySegment iovecs = arena.allocate(LinuxStructs.IOVEC, TRAINS);
        ByteBuffer all = ByteBuffer.allocateDirect(TRAINS * TRAIN_BYTES);
        for (int i = 0; i < TRAINS; i++) {
            data[i] = all.slice(i * TRAIN_BYTES, TRAIN_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            long iovec = i * LinuxStructs.IOVEC.byteSize();
            iovecs.set(JAVA_LONG, iovec + LinuxStructs.IOV_BASE, MemorySegment.ofBuffer(data[i]).address());
            iovecs.set(JAVA_LONG, iovec + LinuxStructs.IOV_LEN, TRAIN_BYTES);
            long header = header(i);
            headers.set(JAVA_LONG, header + LinuxStructs.MSG_NAME, names.address() + (long) i * LinuxStructs.SOCKADDR_BYTES);
            headers.set(JAVA_LONG, header + LinuxStructs.MSG_IOV, iovecs.address() + iovec);
            headers.set(JAVA_LONG, header + LinuxStructs.MSG_IOVLEN, 1);
            headers.set(JAVA_LONG, header + LinuxStructs.MSG_CONTROL, control.address() + (long) i * CONTROL_BYTES);
        }
    }

    /**
     * Fetches what has arrived, in place of what was handed.
     *
     * @return how many trains, or an error's number negated
     */
    int fetch(int fd) {
        for (int i = 0; i < arrived; i++) {
            // The kernel reads how much room there is where it wrote how much it used.
            headers.set(JAVA_INT, header(i) + LinuxStructs.MSG_NAMELEN, LinuxStructs.SOCKADDR_BYTES);
            headers.set(JAVA_LONG, header(i) + LinuxStructs.MSG_CONTROLLEN, CONTROL_BYTES);
        }
        // Where nothing was the last time, one datagram comes alone most likely, and to look for a second one delays it.
        int most = arrived == 0 ? 1 : TRAINS;
        int result = LinuxCalls.recvmmsg(errno, fd, headers, most, LinuxConstants.MSG_DONTWAIT);
        Reference.reachabilityFence(data);
        arrived = Math.max(0, result);
        handed = 0;
        return result;
    }

    /** Whether a fetched train has not been handed over. */
    boolean hasMore() {
        return handed < arrived;
    }

    /** Hands the next train over, and says how many datagrams it has. */
    int hand(DatagramIo.Receiver receiver) throws IOException {
        int i = handed++;
        int length = headers.get(JAVA_INT, header(i) + LinuxStructs.MSG_LEN);
        int segmentBytes = segmentBytes(i, length);
        receiver.onDatagrams(data[i].limit(length).position(0), segmentBytes,
                sources.at(names, (long) i * LinuxStructs.SOCKADDR_BYTES));
        return Train.datagrams(length, segmentBytes);
    }

    /** How many objects for senders' addresses were made. */
    long addressesMade() {
        return sources.made();
    }

    /** What the kernel says of the segments; a train that it says nothing of is one datagram. */
    private int segmentBytes(int i, int length) {
        long at = (long) i * CONTROL_BYTES;
        long end = at + headers.get(JAVA_LONG, header(i) + LinuxStructs.MSG_CONTROLLEN);
        while (at + LinuxStructs.CMSG_DATA + Integer.BYTES <= end) {
            if (control.get(JAVA_INT, at + LinuxStructs.CMSG_LEVEL) == LinuxConstants.SOL_UDP
                    && control.get(JAVA_INT, at + LinuxStructs.CMSG_TYPE) == LinuxConstants.UDP_GRO) {
                return Math.max(1, control.get(JAVA_INT, at + LinuxStructs.CMSG_DATA));
            }
            long used = control.get(JAVA_LONG, at + LinuxStructs.CMSG_LEN);
            at += Math.max(LinuxStructs.CMSG_DATA, used + 7 & -8);
        }
        return Math.max(1, length);
    }

    private static long header(int i) {
        return i * LinuxStructs.MMSGHDR.byteSize();
    }
}
