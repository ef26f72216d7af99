package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.AddressInUseException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * What a member of two groups does, which is three sockets in one. All that {@link DatagramIoLifeContract} asks is asked
 * of it as well, at its own address.
 */
abstract class DatagramIoMemberContract extends DatagramIoLifeContract {

    /** A member, whose own address serves as any other. */
    @Override
    DatagramIo unicast() throws IOException {
        return member(List.of(network().group(1, 0), network().group(2, 0)), BUFFER_BYTES);
    }

    @Test
    void bothGroupsAndItsOwnAddressAreHeard() throws IOException {
        List<InetSocketAddress> groups = twoGroups();
        try (DatagramIo member = member(groups, BUFFER_BYTES); DatagramIo from = sender()) {
            for (InetSocketAddress target : List.of(groups.get(0), groups.get(1), member.localAddress())) {
                byte[] train = bytes(5 * 1_000 + 3);
                assertThat(from.send(direct(train), 1_000, target)).isTrue();
                Arrivals arrivals = Arrivals.await(member, 6);
                assertThat(arrivals.datagrams).containsExactly(split(train, 1_000));
                assertThat(arrivals.sources).containsOnly(from.localAddress());
            }
        }
    }

    @Test
    void answersLeaveFromItsOwnAddress() throws IOException {
        List<InetSocketAddress> groups = twoGroups();
        try (DatagramIo member = member(groups, BUFFER_BYTES); DatagramIo from = sender()) {
            assertThat(from.send(ByteBuffer.wrap(new byte[] {1}), groups.get(1))).isTrue();
            InetSocketAddress asked = Arrivals.await(member, 1).sources.getFirst();
            assertThat(member.send(ByteBuffer.wrap(new byte[] {2}), asked)).isTrue();
            Arrivals answer = Arrivals.await(from, 1);
            assertThat(answer.datagrams).containsExactly(new byte[] {2});
            assertThat(answer.sources).containsExactly(member.localAddress());
            assertThat(from.send(ByteBuffer.wrap(new byte[] {3}), answer.sources.getFirst())).isTrue();
            assertThat(Arrivals.await(member, 1).datagrams).containsExactly(new byte[] {3});
        }
    }

    @Test
    void noMulticastArrivesAtItsOwnAddress() throws IOException {
        List<InetSocketAddress> groups = twoGroups();
        try (DatagramIo member = member(groups, BUFFER_BYTES); DatagramIo from = sender()) {
            int ownPort = member.localAddress().getPort();
            assertThat(from.send(ByteBuffer.allocate(1), network().group(1, ownPort))).isTrue();
            assertThat(from.send(ByteBuffer.allocate(2), network().group(3, ownPort))).isTrue();
            assertThat(from.send(ByteBuffer.allocate(3), groups.get(0))).isTrue();
            assertThat(Arrivals.await(member, 1).datagrams).containsExactly(new byte[3]);
            assertThat(Arrivals.present(member).datagrams).isEmpty();
        }
    }

    @Test
    void membersOfOneGroupEachGetEveryDatagram() throws IOException {
        List<InetSocketAddress> groups = twoGroups();
        try (DatagramIo first = member(groups, BUFFER_BYTES);
                DatagramIo second = otherIos().multicastMember(groups, network().multicastHost(), network().multicastInterface(),
                        Optional.empty(), BUFFER_BYTES);
                DatagramIo from = sender()) {
            assertThat(from.send(ByteBuffer.allocate(1), groups.get(0))).isTrue();
            assertThat(from.send(ByteBuffer.allocate(1), groups.get(1))).isTrue();
            for (DatagramIo member : List.of(first, second)) {
                Arrivals.await(member, 2);
                assertThat(Arrivals.present(member).datagrams).isEmpty();
            }
        }
    }

    @Test
    void aDatagramAtAnySocketEndsTheWaiting() throws Exception {
        List<InetSocketAddress> groups = twoGroups();
        try (DatagramIo member = member(groups, BUFFER_BYTES); DatagramIo from = sender()) {
            List<InetSocketAddress> targets = List.of(groups.get(0), groups.get(1), member.localAddress());
            for (int i = 0; i < 60; i++) {
                Callable<Arrivals> waits = () -> Arrivals.await(member, 1);
                Future<Arrivals> waiting = inAnotherThread(waits);
                pause(i * 20);
                assertThat(from.send(ByteBuffer.wrap(new byte[] {(byte) i}), targets.get(i % 3))).isTrue();
                assertThat(soon(waiting).datagrams).containsExactly(new byte[] {(byte) i});
            }
        }
    }

    @Test
    void aFloodAtOneSocketStarvesNoOther() throws IOException {
        List<InetSocketAddress> groups = twoGroups();
        try (DatagramIo member = member(groups, BUFFER_BYTES); DatagramIo from = sender()) {
            List<InetSocketAddress> targets = List.of(groups.get(0), groups.get(1), member.localAddress());
            for (InetSocketAddress flooded : targets) {
                for (int i = 0; i < 500; i++) {
                    assertThat(from.send(ByteBuffer.allocate(1), flooded)).isTrue();
                }
                List<InetSocketAddress> others = targets.stream().filter(target -> target != flooded).toList();
                for (InetSocketAddress other : others) {
                    assertThat(from.send(ByteBuffer.allocate(2), other)).isTrue();
                }
                int[] heard = new int[3];
                for (int call = 0; call < 3; call++) {
                    member.receive((datagram, source) -> heard[datagram.remaining()]++, 0);
                }
                assertThat(heard[2]).isEqualTo(others.size());
                assertThat(heard[1]).isLessThan(500);
                Arrivals.await(member, 500 - heard[1]);
            }
        }
    }

    @Test
    void aReceiverThatThrowsAtOneSocketStillHearsTheOthers() throws IOException {
        List<InetSocketAddress> groups = twoGroups();
        try (DatagramIo member = member(groups, BUFFER_BYTES); DatagramIo from = sender()) {
            for (int i = 0; i < 100; i++) {
                assertThat(from.send(ByteBuffer.allocate(1), groups.get(0))).isTrue();
                assertThat(from.send(ByteBuffer.allocate(2), groups.get(1))).isTrue();
                assertThat(from.send(ByteBuffer.allocate(3), member.localAddress())).isTrue();
            }
            int[] heard = new int[4];
            for (int call = 0; call < 60; call++) {
                assertThatThrownBy(() -> member.receive((datagram, source) -> {
                    heard[datagram.remaining()]++;
                    throw new IllegalStateException("too much");
                }, 0)).hasMessage("too much");
            }
            assertThat(heard[1] + heard[2] + heard[3]).isEqualTo(60);
            assertThat(Arrays.copyOfRange(heard, 1, 4)).doesNotContain(0);
        }
    }

    @Test
    void withASourceNobodyElseIsHeardInTheGroups() throws IOException {
        List<InetSocketAddress> groups = twoGroups();
        try (DatagramIo from = sender();
                DatagramIo member = ios().multicastMember(groups, network().multicastHost(), network().multicastInterface(),
                        Optional.of(from.localAddress().getAddress()), BUFFER_BYTES);
                DatagramIo another = ios().multicastMember(groups, network().multicastHost(), network().multicastInterface(),
                        Optional.of(network().stranger()), BUFFER_BYTES)) {
            assertThat(from.send(ByteBuffer.allocate(1), groups.get(0))).isTrue();
            assertThat(from.send(ByteBuffer.allocate(2), groups.get(1))).isTrue();
            assertThat(from.send(ByteBuffer.allocate(3), another.localAddress())).isTrue();
            assertThat(Arrivals.await(member, 2).sources).containsOnly(from.localAddress());
            assertThat(Arrivals.await(another, 1).datagrams).containsExactly(new byte[3]);
            assertThat(Arrivals.present(another).datagrams).isEmpty();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theKernelsDropsAtAllSocketsAreAddedUp() throws IOException {
        List<InetSocketAddress> groups = twoGroups();
        try (DatagramIo member = member(groups, 4_096); DatagramIo from = sender()) {
            assertThat(member.kernelDrops()).hasValue(0);
            long before = 0;
            for (InetSocketAddress target : List.of(groups.get(0), groups.get(1), member.localAddress())) {
                for (int i = 0; i < 100; i++) {
                    assertThat(from.send(ByteBuffer.allocate(1_000), target)).isTrue();
                }
                int received = Arrivals.present(member).datagrams.size();
                assertThat(received).isBetween(1, 99);
                assertThat(member.kernelDrops()).hasValue(before + 100 - received);
                before += 100 - received;
            }
        }
    }

    @Test
    void aGroupsPortThatIsNotSharedIsInUse() throws IOException {
        try (DatagramChannel alone = DatagramChannel.open(Endpoints.family(host()))) {
            alone.setOption(StandardSocketOptions.SO_REUSEADDR, false);
            alone.bind(Endpoints.on(network().multicastInterface(), network().group(2, 0)));
            int port = ((InetSocketAddress) alone.getLocalAddress()).getPort();
            assertThatThrownBy(() -> member(List.of(network().group(1, port), network().group(2, port)), BUFFER_BYTES))
                    .isInstanceOf(AddressInUseException.class)
                    .hasMessageContaining("UDP " + Endpoints.text(Endpoints.on(network().multicastInterface(), network().group(2, port))) + " is in use");
        }
    }

    @Test
    void oneGroupIsAMemberToo() throws IOException {
        List<InetSocketAddress> groups = twoGroups().subList(0, 1);
        try (DatagramIo member = member(groups, BUFFER_BYTES); DatagramIo from = sender()) {
            assertThat(from.send(ByteBuffer.allocate(1), groups.get(0))).isTrue();
            assertThat(from.send(ByteBuffer.allocate(1), member.localAddress())).isTrue();
            Arrivals.await(member, 2);
            assertThat(member.localAddress().getAddress()).isEqualTo(network().multicastHost());
            assertThat(member.receiveBufferBytes()).isPositive();
        }
    }

    private DatagramIo member(List<InetSocketAddress> groups, int bufferBytes) throws IOException {
        return ios().multicastMember(groups, network().multicastHost(), network().multicastInterface(), Optional.empty(), bufferBytes);
    }

    private DatagramIo sender() throws IOException {
        return ios().multicastSender(network().multicastHost(), network().multicastInterface(), 0, BUFFER_BYTES);
    }

    /** Two groups at ports that nobody else holds just now. */
    private List<InetSocketAddress> twoGroups() throws IOException {
        return IntStream.of(1, 2).mapToObj(number -> {
            try (DatagramIo io = ios().unicast(new InetSocketAddress(host(), 0), BUFFER_BYTES)) {
                return network().group(number, io.localAddress().getPort());
            }
        }).toList();
    }
}
