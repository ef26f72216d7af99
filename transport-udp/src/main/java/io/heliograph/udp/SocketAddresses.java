package io.heliograph.udp;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.channels.UnresolvedAddressException;

/** Addresses as the kernel writes them, in {@link LinuxStructs#SOCKADDR_BYTES} bytes of memory. Stateless. */
final class SocketAddresses {

    private static final ValueLayout.OfShort PORT = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;

    private SocketAddresses() {
    }

    /** The kernel's number for the address's family. */
    static int family(InetAddress host) {
        return Endpoints.isIpv6(host) ? LinuxConstants.AF_INET6 : LinuxConstants.AF_INET;
    }

    /** The family of the address in {@code memory}. */
    static int family(MemorySegment memory, long at) {
        return memory.get(ValueLayout.JAVA_SHORT, at);
    }

    /**
     * Writes {@code address} to {@code memory}.
     *
     * @return how many bytes the kernel is to read
     * @throws UnresolvedAddressException if the host is not resolved
     */
    static int write(InetSocketAddress address, MemorySegment memory) {
        if (address.isUnresolved()) {
            throw new UnresolvedAddressException();
        }
        memory.fill((byte) 0);
        memory.set(ValueLayout.JAVA_SHORT, 0, (short) family(address.getAddress()));
        memory.set(PORT, LinuxStructs.SIN_PORT, (short) address.getPort());
        if (address.getAddress() instanceof Inet6Address host) {
            writeHost(host, memory, LinuxStructs.SIN6_ADDR);
            memory.set(ValueLayout.JAVA_INT, LinuxStructs.SIN6_SCOPE_ID, host.getScopeId());
            return (int) LinuxStructs.SOCKADDR_IN6.byteSize();
        }
        writeHost(address.getAddress(), memory, LinuxStructs.SIN_ADDR);
        return (int) LinuxStructs.SOCKADDR_IN.byteSize();
    }

    /** Writes the bytes of an address, and nothing else. */
    static void writeHost(InetAddress host, MemorySegment memory, long at) {
        byte[] bytes = host.getAddress();
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, at, bytes.length);
    }

    /** @throws IOException for a family that no socket of ours should meet */
    static InetSocketAddress read(MemorySegment memory, long at) throws IOException {
        int family = family(memory, at);
        if (family != LinuxConstants.AF_INET && family != LinuxConstants.AF_INET6) {
            throw new IOException("the kernel gave an address of family " + family + " instead of "
                    + LinuxConstants.AF_INET + " or " + LinuxConstants.AF_INET6);
        }
        boolean isIpv6 = family == LinuxConstants.AF_INET6;
        byte[] host = new byte[isIpv6 ? IPV6_BYTES : IPV4_BYTES];
        long hostAt = at + (isIpv6 ? LinuxStructs.SIN6_ADDR : LinuxStructs.SIN_ADDR);
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, hostAt, host, 0, host.length);
        int scope = isIpv6 ? memory.get(ValueLayout.JAVA_INT, at + LinuxStructs.SIN6_SCOPE_ID) : 0;
        try {
            // Without its scope an address of one link would be answered on another.
            InetAddress address = scope == 0 ? InetAddress.getByAddress(host) : Inet6Address.getByAddress(null, host, scope);
            return new InetSocketAddress(address, memory.get(PORT, at + LinuxStructs.SIN_PORT) & 0xffff);
        } catch (UnknownHostException e) {
            throw new AssertionError("four or sixteen bytes are an address", e);
        }
    }
}
