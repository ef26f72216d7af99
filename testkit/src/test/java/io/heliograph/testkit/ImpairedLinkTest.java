package io.heliograph.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.testkit.ImpairedLink.Direction;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real sockets on the loopback interface. */
@Timeout(30)
class ImpairedLinkTest {

    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final int SOON_MS = 10_000;

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    @Test
    void carriesDatagramsAndAnswersWithDistinctSources() throws IOException {
        DatagramSocket target = socket();
        ImpairedLink link = link(ImpairedLinkConfig.between(ANY_PORT, address(target)));
        DatagramSocket one = socket();
        DatagramSocket other = socket();

        send(one, link.localAddress(), 1);
        DatagramPacket fromOne = receive(target);
        send(other, link.localAddress(), 2);
        DatagramPacket fromOther = receive(target);

        assertThat(number(fromOne)).isEqualTo(1);
        assertThat(number(fromOther)).isEqualTo(2);
        assertThat(fromOne.getSocketAddress()).isNotEqualTo(fromOther.getSocketAddress());
        send(target, (InetSocketAddress) fromOther.getSocketAddress(), 3);
        DatagramPacket answer = receive(other);
        assertThat(number(answer)).isEqualTo(3);
        assertThat(answer.getSocketAddress()).as("the target answers as the address that was sent to")
                .isEqualTo(link.localAddress());
        assertThat(link.counts().forward().sent()).isEqualTo(2);
        assertThat(link.counts().back().sent()).isEqualTo(1);
        assertThat(link.counts().senders()).isEqualTo(3);
    }

    @Test
    void carriesAGroupToAnotherAndEachAnswerByASocketOfItsOwn() throws IOException {
        int port = freePort();
        var from = new InetSocketAddress("239.77.9.1", port);
        var to = new InetSocketAddress("239.77.9.2", port);
        DatagramChannel first = member(to);
        DatagramChannel second = member(to);
        ImpairedLink link = link(ImpairedLinkConfig.between(from, to));
        DatagramChannel sender = channel();

        sender.send(datagram(7), from);
        InetSocketAddress seen = receiveFrom(first, 7);
        assertThat(receiveFrom(second, 7)).isEqualTo(seen);

        DatagramSocket oneReport = socket();
        DatagramSocket otherReport = socket();
        send(oneReport, seen, 8);
        InetSocketAddress one = receiveFrom(sender, 8);
        send(otherReport, seen, 9);
        InetSocketAddress other = receiveFrom(sender, 9);
        assertThat(one).isNotEqualTo(other);

        sender.send(datagram(10), other);
        DatagramPacket repair = receive(otherReport);
        assertThat(number(repair)).isEqualTo(10);
        assertThat(repair.getSocketAddress()).as("what is sent to one receiver has the source of what all got").isEqualTo(seen);
        assertThat(link.counts().refused()).isZero();
    }

    @Test
    void strikesTheSameDatagramsUnderTheSameSeed() throws IOException {
        Impairment faults = Impairment.of(Faults.NONE.withDrop(0.1).withDuplicate(0.05)).withBursts(0.005, 20);
        List<Integer> first = arrivals(faults, 11);
        assertThat(arrivals(faults, 11)).isEqualTo(first);
        assertThat(arrivals(faults, 12)).isNotEqualTo(first);
    }

    @Test
    void countsExactlyWhatItDid() throws IOException {
        DatagramSocket target = socket();
        ImpairedLink link = link(ImpairedLinkConfig.between(ANY_PORT, address(target)).withSeed(3).withForward(
                Impairment.of(new Faults(0.1, 0.1, 0.1, 0.1, 0.1, 0.1, Duration.ofMillis(3), 4)).withBursts(0.01, 10)));
        sendAll(link, 2_000);
        await(() -> link.counts().forward().waiting() == 0);

        ImpairedLinkCounts.Way way = link.counts().forward();
        way.faults().requireHappened(FaultKind.DROP, FaultKind.DUPLICATE, FaultKind.REORDER, FaultKind.DELAY,
                FaultKind.TRUNCATE, FaultKind.BIT_FLIP);
        assertThat(way.bursts()).isPositive();
        assertThat(way.received() + way.faults().of(FaultKind.DUPLICATE)).as(way.toString())
                .isEqualTo(2_000 + way.faults().of(FaultKind.DUPLICATE))
                .isEqualTo(way.sent() + way.unsent() + way.waiting() + way.faults().of(FaultKind.DROP));
        assertThat(way.faults().of(FaultKind.DROP)).as("single losses and those of bursts")
                .isGreaterThanOrEqualTo(10 * way.bursts() - 10);
    }

    @Test
    void losesWholeBursts() throws IOException {
        List<Integer> arrived = arrivals(Impairment.NONE.withBursts(0.01, 25), 5);
        List<Integer> holes = new ArrayList<>();
        int last = -1;
        for (int number : arrived) {
            if (number > last + 1) {
                holes.add(number - last - 1);
            }
            last = number;
        }
        assertThat(holes).isNotEmpty().allMatch(hole -> hole % 25 == 0);
    }

    @Test
    void cutsAndHealsEachDirectionByItself() throws IOException {
        DatagramSocket target = socket();
        ImpairedLink link = link(ImpairedLinkConfig.between(ANY_PORT, address(target)));
        DatagramSocket sender = socket();
        send(sender, link.localAddress(), 1);
        var back = (InetSocketAddress) receive(target).getSocketAddress();

        link.cut(Direction.BACK);
        send(target, back, 2);
        await(() -> link.counts().back().received() == 1);
        send(sender, link.localAddress(), 3);
        assertThat(number(receive(target))).isEqualTo(3);
        link.heal(Direction.BACK);
        link.cut(Direction.FORWARD);
        send(sender, link.localAddress(), 4);
        await(() -> link.counts().forward().received() == 3);
        send(target, back, 5);
        assertThat(number(receive(sender))).isEqualTo(5);
        link.heal(Direction.FORWARD);
        send(sender, link.localAddress(), 6);
        assertThat(number(receive(target))).isEqualTo(6);

        assertThat(link.counts().forward().faults().of(FaultKind.PARTITION)).isEqualTo(1);
        assertThat(link.counts().back().faults().of(FaultKind.PARTITION)).isEqualTo(1);
    }

    @Test
    void refusesAndCountsSendersBeyondItsTable() throws IOException {
        DatagramSocket target = socket();
        ImpairedLink link = link(ImpairedLinkConfig.between(ANY_PORT, address(target)).withMaxSenders(2));
        for (int i = 0; i < 5; i++) {
            send(socket(), link.localAddress(), i);
        }
        await(() -> link.counts().refused() == 3);
        assertThat(link.counts().forward().received()).isEqualTo(2);
        assertThat(List.of(number(receive(target)), number(receive(target)))).containsExactly(0, 1);
    }

    @Test
    void deliversADelayedDatagramThoughNothingFollows() throws IOException {
        DatagramSocket target = socket();
        ImpairedLink link = link(ImpairedLinkConfig.between(ANY_PORT, address(target))
                .withForward(Impairment.of(Faults.NONE.withDelay(1).withLongest(Duration.ofMillis(20)))));
        send(socket(), link.localAddress(), 1);
        assertThat(number(receive(target))).isEqualTo(1);
        assertThat(link.counts().forward().faults().of(FaultKind.DELAY)).isEqualTo(1);
    }

    @Test
    void closesAndLeavesItsPort() throws IOException {
        DatagramSocket target = socket();
        ImpairedLink link = ImpairedLink.open(ImpairedLinkConfig.between(ANY_PORT, address(target)));
        InetSocketAddress at = link.localAddress();
        link.close();
        link.close();
        try (var again = ImpairedLink.open(ImpairedLinkConfig.between(at, address(target)))) {
            assertThat(again.localAddress()).isEqualTo(at);
            assertThatThrownBy(() -> ImpairedLink.open(ImpairedLinkConfig.between(at, address(target))))
                    .hasMessageContaining(at.toString());
        }
        assertThat(link.counts().forward().received()).isZero();
    }

    @Test
    void refusesALinkToItselfAndWhatIsNoBurst() throws IOException {
        var group = new InetSocketAddress("239.77.9.3", 4_770);
        assertThatThrownBy(() -> ImpairedLinkConfig.between(group, group)).hasMessageContaining("239.77.9.3");
        assertThatThrownBy(() -> Impairment.NONE.withBursts(2, 1)).hasMessageContaining("2.0");
        assertThatThrownBy(() -> Impairment.NONE.withBursts(0.1, 0)).hasMessageContaining("burst length 0");
    }

    /** The numbers that arrive of 1,000, in order. */
    private List<Integer> arrivals(Impairment impairment, long seed) throws IOException {
        DatagramSocket target = socket();
        ImpairedLink link = link(
                ImpairedLinkConfig.between(ANY_PORT, address(target)).withSeed(seed).withForward(impairment));
        sendAll(link, 1_000);
        long sent = link.counts().forward().sent();
        assertThat(sent).isBetween(1L, 1_100L);
        List<Integer> numbers = new ArrayList<>();
        while (numbers.size() < sent) {
            numbers.add(number(receive(target)));
        }
        return numbers;
    }

    /** Numbers from 0 on, a few at a time, so that no socket's buffer overflows on the way to the link. */
    private void sendAll(ImpairedLink link, int count) throws IOException {
        DatagramSocket sender = socket();
        for (int i = 0; i < count; i++) {
            send(sender, link.localAddress(), i);
            if (i % 50 == 49) {
                int soFar = i + 1;
                await(() -> link.counts().forward().received() == soFar);
            }
        }
    }

    private ImpairedLink link(ImpairedLinkConfig config) {
        ImpairedLink link = ImpairedLink.open(config);
        open.add(link);
        return link;
    }

    private DatagramSocket socket() throws IOException {
        var socket = new DatagramSocket(ANY_PORT);
        socket.setReceiveBufferSize(4 << 20);
        socket.setSoTimeout(SOON_MS);
        open.add(socket);
        return socket;
    }

    private DatagramChannel channel() throws IOException {
        DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET).bind(ANY_PORT);
        channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, loopback());
        open.add(channel);
        return channel;
    }

    private DatagramChannel member(InetSocketAddress group) throws IOException {
        DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)
                .setOption(StandardSocketOptions.SO_REUSEADDR, true).bind(group);
        channel.join(group.getAddress(), loopback());
        open.add(channel);
        return channel;
    }

    private static NetworkInterface loopback() throws IOException {
        return NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
    }

    private static int freePort() throws IOException {
        try (var socket = new DatagramSocket(ANY_PORT)) {
            return socket.getLocalPort();
        }
    }

    private static InetSocketAddress address(DatagramSocket socket) {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    private static ByteBuffer datagram(int number) {
        return ByteBuffer.allocate(16).putInt(0, number);
    }

    private static void send(DatagramSocket socket, InetSocketAddress to, int number) throws IOException {
        socket.send(new DatagramPacket(datagram(number).array(), 16, to));
    }

    private static DatagramPacket receive(DatagramSocket socket) throws IOException {
        var packet = new DatagramPacket(new byte[64], 64);
        socket.receive(packet);
        return packet;
    }

    private static int number(DatagramPacket packet) {
        return ByteBuffer.wrap(packet.getData()).getInt();
    }

    /** Takes the next datagram, which has {@code number}, and tells its source. */
    private static InetSocketAddress receiveFrom(DatagramChannel channel, int number) throws IOException {
        channel.configureBlocking(false);
        var buffer = ByteBuffer.allocate(64);
        var source = new InetSocketAddress[1];
        await(() -> {
            try {
                source[0] = (InetSocketAddress) channel.receive(buffer);
                return source[0] != null;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(buffer.getInt(0)).isEqualTo(number);
        return source[0];
    }

    private static void await(BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + Duration.ofMillis(SOON_MS).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadlineNs).as("in time").isNegative();
            LockSupport.parkNanos(100_000);
        }
    }
}
