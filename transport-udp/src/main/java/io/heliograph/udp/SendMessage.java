package io.heliograph.udp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.HashMap;
import java.util.Map;

/**
 * One message for sendmsg, used again and again: where to, which bytes, and for a train its segment's length as a control
 * message (UDP_SEGMENT).
 *
 * <p>The bytes of a direct buffer are sent from where they lie; others are copied. Guarded by the io's send lock;
 * allocates for a target or direct buffer that was not among the last ones only.
 */
final class SendMessage {

    private static final InetSocketAddress NOBODY = InetSocketAddress.createUnresolved("nobody", 0);
    private static final int TARGETS = 1024;
    /** Places to remember buffers in, so that a publisher that writes one chunk after the other makes nothing anew. */
    private static final int BUFFERS = 1_024;
    private static final int PROBES = 16;

    /** CMSG_LEN and CMSG_SPACE of a 16-bit number. */
    private static final long CONTROL_LENGTH = LinuxStructs.CMSG_DATA + Short.BYTES;
    private static final long CONTROL_SPACE = LinuxStructs.CMSG_DATA + Long.BYTES;

    private static final VarHandle SCOPE_ID = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());

    private final int family;
    private final MemorySegment errno;
    private final MemorySegment header;
    private final MemorySegment iovec;
    private final MemorySegment name;
    private final MemorySegment control;
    private final ByteBuffer copy = ByteBuffer.allocateDirect(DatagramIo.MAX_TRAIN_BYTES);
    private final MemorySegment copyMemory = MemorySegment.ofBuffer(copy);
    private final Map<InetSocketAddress, byte[]> targets = new HashMap<>();
    private final ByteBuffer[] buffers = new ByteBuffer[BUFFERS];
    private final MemorySegment[] memories = new MemorySegment[BUFFERS];
    /** Whose address the message holds. */
    private InetSocketAddress lastTarget = NOBODY;
    private MemorySegment bytes = copyMemory;
    private long bytesAt;

    /** @param family the kernel's number for the socket's */
    SendMessage(int family) {
        this.family = family;
        Arena arena = Arena.ofAuto();
        errno = arena.allocate(LinuxCalls.ERRNO);
        header = arena.allocate(LinuxStructs.MSGHDR);
        iovec = arena.allocate(LinuxStructs.IOVEC);
        name = arena.allocate(LinuxStructs.SOCKADDR_BYTES, Long.BYTES);
        control = arena.allocate(CONTROL_SPACE, Long.BYTES);
        header.set(JAVA_LONG, LinuxStructs.MSG_NAME, name.address());
        header.set(JAVA_LONG, LinuxStructs.MSG_IOV, iovec.address());
        header.set(JAVA_LONG, LinuxStructs.MSG_IOVLEN, 1);
        header.set(JAVA_LONG, LinuxStructs.MSG_CONTROL, control.address());
        control.set(JAVA_LONG, LinuxStructs.CMSG_LEN, CONTROL_LENGTH);
        control.set(JAVA_INT, LinuxStructs.CMSG_LEVEL, LinuxConstants.SOL_UDP);
        control.set(JAVA_INT, LinuxStructs.CMSG_TYPE, LinuxConstants.UDP_SEGMENT);
    }

    /**
     * Chooses where to and which bytes: the buffer's remaining ones. Its position does not count from then on.
     *
     * @throws UnsupportedAddressTypeException if the target is of the other family
     */
    void load(ByteBuffer datagrams, InetSocketAddress target) {
        if (target != lastTarget) {
            lastTarget = NOBODY;
            byte[] address = addressOf(target);
            MemorySegment.copy(address, 0, name, JAVA_BYTE, 0, address.length);
            header.set(JAVA_INT, LinuxStructs.MSG_NAMELEN, address.length);
            lastTarget = target;
        }
        if (datagrams.isDirect()) {
            bytes = memoryOf(datagrams);
            bytesAt = bytes.address() + datagrams.position();
        } else {
            copy.clear().put(datagrams);
            bytes = copyMemory;
            bytesAt = bytes.address();
        }
    }

    /**
     * Sends a part of the bytes.
     *
     * @param segmentBytes the length of each datagram but the last; as much as {@code length} or more for one datagram
     * @return 0 or more if they were taken; less if not, and {@link #sendAgain} says why
     */
    long send(int fd, int from, int length, int segmentBytes) {
        iovec.set(JAVA_LONG, LinuxStructs.IOV_BASE, bytesAt + from);
        iovec.set(JAVA_LONG, LinuxStructs.IOV_LEN, length);
        boolean isTrain = length > segmentBytes;
        if (isTrain) {
            control.set(JAVA_SHORT, LinuxStructs.CMSG_DATA, (short) segmentBytes);
        }
        header.set(JAVA_LONG, LinuxStructs.MSG_CONTROLLEN, isTrain ? CONTROL_SPACE : 0);
        return LinuxCalls.sendmsg(fd, header, LinuxConstants.MSG_DONTWAIT, bytes);
    }

    /** Sends once more what {@link #send} did not, and says why where it fails again, as an error's number negated. */
    long sendAgain(int fd) {
        return LinuxCalls.sendmsg(errno, fd, header, LinuxConstants.MSG_DONTWAIT, bytes);
    }

    private byte[] addressOf(InetSocketAddress target) {
        byte[] known = targets.get(target);
        if (known != null && isScopeOf(target, known)) {
            return known;
        }
        if (targets.size() >= TARGETS) {
            targets.clear();
        }
        byte[] written = new byte[SocketAddresses.write(target, name)];
        if (SocketAddresses.family(name, 0) != family) {
            throw new UnsupportedAddressTypeException();
        }
        MemorySegment.copy(name, JAVA_BYTE, 0, written, 0, written.length);
        targets.put(target, written);
        return written;
    }

    /** Addresses that differ in their scope only are equal to the JDK, but not to the kernel. */
    private static boolean isScopeOf(InetSocketAddress target, byte[] written) {
        return !(target.getAddress() instanceof Inet6Address host)
                || (int) SCOPE_ID.get(written, (int) LinuxStructs.SIN6_SCOPE_ID) == host.getScopeId();
    }

    private MemorySegment memoryOf(ByteBuffer direct) {
        int home = System.identityHashCode(direct);
        int place = home & BUFFERS - 1;
        for (int i = 0; i < PROBES; i++) {
            int next = home + i & BUFFERS - 1;
            if (buffers[next] == direct) {
                return memories[next];
            }
            if (buffers[next] == null) {
                place = next;
                break;
            }
        }
        buffers[place] = direct;
        memories[place] = MemorySegment.ofBuffer(direct.duplicate().clear());
        return memories[place];
    }
}
