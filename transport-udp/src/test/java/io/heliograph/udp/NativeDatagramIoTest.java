package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Linux's sockets keep the contract, and carry trains whole. */
@EnabledOnOs(OS.LINUX)
class NativeDatagramIoTest extends DatagramIoContract {

    /** asm-generic/socket.h: no checksums. The kernel refuses to cut trains of a socket that has it. */
    private static final int SO_NO_CHECK = 11;

    /** linux/udp.h: the same for IPv6, where a receiver has to agree to it. */
    private static final int UDP_NO_CHECK6_TX = 101;
    private static final int UDP_NO_CHECK6_RX = 102;

    /** linux/in.h: tells when nobody listened where a datagram went. */
    private static final int IP_RECVERR = 11;

    /** linux/in6.h: the same for IPv6. */
    private static final int IPV6_RECVERR = 25;

    @Override
    DatagramIos ios() {
        return of(IoChoice.NATIVE);
    }

    @Override
    DatagramIos otherIos() {
        return of(IoChoice.PORTABLE);
    }

    @Test
    void aTrainArrivesAsATrain() throws IOException {
        try (DatagramIo to = unicast(); DatagramIo from = unicast()) {
            assertThat(from.send(direct(bytes(46 * 1_400)), 1_400, to.localAddress())).isTrue();
            assertThat(Arrivals.await(to, 46).trains).isEqualTo(1);
        }
    }

    @Test
    void whereTrainsAreRefusedDatagramsLeaveSinglyWithOneNotice() throws IOException {
        var notices = new ArrayList<String>();
        byte[] train = bytes(10 * 100 + 3);
        try (DatagramIo to = withoutChecksums(new ArrayList<>()); DatagramIo from = withoutChecksums(notices)) {
            for (int i = 0; i < 3; i++) {
                assertThat(from.send(direct(train), 100, to.localAddress())).isTrue();
                assertThat(Arrivals.await(to, 11).datagrams).containsExactly(split(train, 100));
            }
            assertThat(notices).hasSize(1).first().asString().contains("singly", "100 bytes", "errno 22");
        }
    }

    @Test
    void aSendThatFailsForAnotherReasonLeavesTrainsOn() throws IOException {
        var notices = new ArrayList<String>();
        try (DatagramIo to = unicast();
                DatagramIo from = NativeDatagramIo.unicast(new InetSocketAddress(host(), 0), BUFFER_BYTES, notices::add)) {
            ByteBuffer train = direct(bytes(1_000));
            assertThatThrownBy(() -> from.send(train, 100, new InetSocketAddress(host(), 0)))
                    .isInstanceOf(IOException.class).hasMessageContaining("errno 22");
            assertThat(from.send(train, 100, to.localAddress())).isTrue();
            assertThat(Arrivals.await(to, 10).trains).isEqualTo(1);
            assertThat(notices).isEmpty();
        }
    }

    @Test
    void wordThatNobodyListenedIsCountedAndOtherwiseIgnored() throws IOException {
        var any = new InetSocketAddress(host(), 0);
        InetSocketAddress nobody;
        try (DatagramIo shortLived = unicast()) {
            nobody = shortLived.localAddress();
        }
        try (var from = NativeDatagramIo.open("test", any, what -> { }, socket -> {
            if (network() == TestNetwork.IPV6) {
                socket.setOption("IPV6_RECVERR", LinuxConstants.IPPROTO_IPV6, IPV6_RECVERR, 1);
            } else {
                socket.setOption("IP_RECVERR", LinuxConstants.IPPROTO_IP, IP_RECVERR, 1);
            }
            socket.bind(any);
        })) {
            assertThat(from.send(ByteBuffer.allocate(1), nobody)).isTrue();
            assertThat(from.receive((datagram, source) -> { }, 0)).isZero();
            assertThat(from.refusals()).isEqualTo(1);
            assertThat(from.send(ByteBuffer.allocate(1), nobody)).isTrue();
            assertThat(from.send(ByteBuffer.allocate(3), from.localAddress())).isTrue();
            assertThat(from.refusals()).isEqualTo(2);
            Arrivals.await(from, 1);
        }
    }

    @Test
    void memoryThatWasFreedIsNeverSent() throws IOException {
        try (DatagramIo to = unicast(); DatagramIo from = unicast()) {
            ByteBuffer freed;
            try (Arena arena = Arena.ofShared()) {
                freed = arena.allocate(100).asByteBuffer();
                assertThat(from.send(freed, to.localAddress())).isTrue();
                freed.clear();
            }
            assertThatThrownBy(() -> from.send(freed, to.localAddress())).isInstanceOf(IllegalStateException.class);
            Arrivals.await(to, 1);
            assertThat(from.send(direct(new byte[2]), to.localAddress())).isTrue();
            assertThat(Arrivals.await(to, 1).datagrams).containsExactly(new byte[2]);
        }
    }

    @Test
    void aKnownSenderGetsTheSameAddressObjectAgain() throws IOException {
        try (var to = NativeDatagramIo.unicast(new InetSocketAddress(host(), 0), BUFFER_BYTES, what -> { });
                DatagramIo a = unicast(); DatagramIo b = unicast()) {
            for (int i = 0; i < 10; i++) {
                assertThat(a.send(ByteBuffer.allocate(1), to.localAddress())).isTrue();
                assertThat(b.send(ByteBuffer.allocate(1), to.localAddress())).isTrue();
            }
            List<InetSocketAddress> sources = Arrivals.await(to, 20).sources;
            for (int i = 2; i < 20; i++) {
                assertThat(sources.get(i)).isSameAs(sources.get(i - 2));
            }
            assertThat(to.addressesMade()).isEqualTo(2);
        }
    }

    @Test
    void trainsOfAGroupArriveAsTrains() throws IOException {
        try (DatagramIo to = ios().multicastReceiver(network().group(4, 0), network().multicastInterface(), BUFFER_BYTES);
                DatagramIo from = ios().multicastSender(network().multicastHost(), network().multicastInterface(), 0, BUFFER_BYTES)) {
            assertThat(from.send(direct(bytes(40 * 1_000)), 1_000, to.localAddress())).isTrue();
            assertThat(Arrivals.await(to, 40).trains).isEqualTo(1);
        }
    }

    @Test
    void theTableOfSendersIsBoundedAndNeverMixesThemUp() throws IOException {
        var sources = new SourceAddresses();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(2L * LinuxStructs.SOCKADDR_BYTES, Long.BYTES);
            for (int round = 0; round < 2; round++) {
                for (int port = 1; port < 20_000; port++) {
                    var address = new InetSocketAddress(manyHosts(port % 200), port);
                    SocketAddresses.write(address, memory.asSlice(LinuxStructs.SOCKADDR_BYTES));
                    assertThat(sources.at(memory, LinuxStructs.SOCKADDR_BYTES)).isEqualTo(address)
                            .isSameAs(sources.at(memory, LinuxStructs.SOCKADDR_BYTES));
                }
            }
            assertThat(sources.made()).isBetween(20_000L, 2 * 19_999L);
            memory.set(ValueLayout.JAVA_SHORT, 0, (short) 1);
            assertThatThrownBy(() -> sources.at(memory, 0)).isInstanceOf(IOException.class).hasMessageContaining("family 1 ");
        }
    }

    private InetAddress manyHosts(int number) {
        return InetAddress.ofLiteral(network() == TestNetwork.IPV6 ? "fd00:1::" + number + ":7" : "10.1." + number + ".7");
    }

    private DatagramIo withoutChecksums(List<String> notices) {
        var any = new InetSocketAddress(host(), 0);
        return NativeDatagramIo.open("test", any, notices::add, socket -> {
            if (network() == TestNetwork.IPV6) {
                socket.setOption("UDP_NO_CHECK6_TX", LinuxConstants.SOL_UDP, UDP_NO_CHECK6_TX, 1);
                socket.setOption("UDP_NO_CHECK6_RX", LinuxConstants.SOL_UDP, UDP_NO_CHECK6_RX, 1);
            } else {
                socket.setOption("SO_NO_CHECK", LinuxConstants.SOL_SOCKET, SO_NO_CHECK, 1);
            }
            socket.bind(any);
        });
    }
}
