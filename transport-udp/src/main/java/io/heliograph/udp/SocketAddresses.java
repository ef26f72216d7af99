package io.heliograph.udp;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;

/** Addresses as the kernel writes them, in {@link Linux#SOCKADDR_BYTES} bytes of memory. IPv4; IPv6 would come in here. */
final class SocketAddresses {

    /** The address family of every socket that is opened. */
    static final int FAMILY = Linux.AF_INET;

    private static final ValueLayout.OfShort PORT = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);

    private SocketAddresses() {
    }

    /**
     * Writes {@code address} to {@code memory}.
     *
     * @return how many bytes the kernel is to read
     * @throws UnresolvedAddressException      if the host is not resolved
     * @throws UnsupportedAddressTypeException if it is no IPv4 address
     */
    static int write(InetSocketAddress address, MemorySegment memory) {
        if (address.isUnresolved()) {
            throw new UnresolvedAddressException();
        }
        memory.fill((byte) 0);
        memory.set(ValueLayout.JAVA_SHORT, 0, (short) FAMILY);
        memory.set(PORT, Linux.SIN_PORT, (short) address.getPort());
        writeHost(address.getAddress(), memory, Linux.SIN_ADDR);
        return (int) Linux.SOCKADDR_IN.byteSize();
    }

    /** Writes the four bytes of an IPv4 address. */
    static void writeHost(InetAddress host, MemorySegment memory, long at) {
        if (!(host instanceof Inet4Address)) {
            throw new UnsupportedAddressTypeException();
        }
        MemorySegment.copy(host.getAddress(), 0, memory, ValueLayout.JAVA_BYTE, at, 4);
    }

    /** @throws IOException for a family that no socket of ours should meet */
    static InetSocketAddress read(MemorySegment memory, long at) throws IOException {
        int family = memory.get(ValueLayout.JAVA_SHORT, at);
        if (family != FAMILY) {
            throw new IOException("the kernel gave an address of family " + family + " instead of " + FAMILY);
        }
        byte[] host = new byte[4];
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, at + Linux.SIN_ADDR, host, 0, host.length);
        try {
            return new InetSocketAddress(InetAddress.getByAddress(host), memory.get(PORT, at + Linux.SIN_PORT) & 0xffff);
        } catch (UnknownHostException e) {
            throw new AssertionError("four bytes are an address", e);
        }
    }
}
