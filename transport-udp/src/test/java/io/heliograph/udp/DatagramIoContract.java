package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.AddressInUseException;
import io.heliograph.TransportException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every kind of socket does with datagrams, on the loopback interface; {@link DatagramIoLifeContract} has the rest. */
abstract class DatagramIoContract extends DatagramIoLifeContract {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1_400, 65_507})
    void aDatagramArrivesAsItWasSentAndSaysFromWhere(int length) throws IOException {
        byte[] sent = bytes(length);
        try (DatagramIo to = unicast(); DatagramIo from = unicast()) {
            assertThat(from.send(ByteBuffer.wrap(sent), to.localAddress())).isTrue();
            assertThat(from.send(direct(sent), to.localAddress())).isTrue();
            assertThat(from.send(ByteBuffer.wrap(sent).asReadOnlyBuffer(), to.localAddress())).isTrue();
            Arrivals arrivals = Arrivals.await(to, 3);
            assertThat(arrivals.datagrams).containsExactly(sent, sent, sent);
            assertThat(arrivals.sources).containsOnly(from.localAddress());
        }
    }

    @ParameterizedTest
    @CsvSource({"1000, 64, 1000", "1000, 64, 7", "1023, 64, 1023", "1400, 46, 1400", "1400, 2, 1", "1, 64, 1", "32753, 2, 32753", "9, 1, 9"})
    void aTrainArrivesCompleteAndEqualByteForByte(int segmentBytes, int count, int lastBytes) throws IOException {
        byte[] train = bytes((count - 1) * segmentBytes + lastBytes);
        try (DatagramIo to = unicast(); DatagramIo from = unicast()) {
            for (ByteBuffer buffer : List.of(direct(train), ByteBuffer.wrap(train))) {
                assertThat(from.send(buffer, segmentBytes, to.localAddress())).isTrue();
                assertThat(buffer.remaining()).isZero();
                assertThat(Arrivals.await(to, count).datagrams).containsExactly(split(train, segmentBytes));
            }
        }
    }

    @Test
    void onlyTheBytesBetweenPositionAndLimitAreSent() throws IOException {
        byte[] all = bytes(3_000);
        try (DatagramIo to = unicast(); DatagramIo from = unicast()) {
            for (ByteBuffer whole : List.of(direct(all), ByteBuffer.wrap(all))) {
                ByteBuffer part = whole.slice(500, 2_000).limit(1_500).position(200);
                assertThat(from.send(part, 1_000, to.localAddress())).isTrue();
                assertThat(part.position()).isEqualTo(1_500);
                assertThat(part.limit()).isEqualTo(1_500);
                assertThat(Arrivals.await(to, 2).datagrams)
                        .containsExactly(Arrays.copyOfRange(all, 700, 1_700), Arrays.copyOfRange(all, 1_700, 2_000));
            }
        }
    }

    @Test
    void moreBuffersThanOneMayTakeTurns() throws IOException {
        try (DatagramIo to = unicast(); DatagramIo from = unicast()) {
            List<ByteBuffer> buffers = IntStream.range(0, 7).mapToObj(i -> direct(new byte[] {(byte) i, 42})).toList();
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < buffers.size(); i++) {
                    assertThat(from.send(buffers.get(i).clear(), to.localAddress())).isTrue();
                    assertThat(Arrivals.await(to, 1).datagrams).containsExactly(new byte[] {(byte) i, 42});
                }
            }
        }
    }

    @Test
    void datagramsAndTrainsOfAGroupReachEachOfThreeReceivers() throws IOException {
        byte[] train = bytes(40 * 1_400);
        try (DatagramIo first = ios().multicastReceiver(network().group(1, 0), network().multicastInterface(), BUFFER_BYTES);
                DatagramIo second = ios().multicastReceiver(first.localAddress(), network().multicastInterface(), BUFFER_BYTES);
                DatagramIo third = otherIos().multicastReceiver(first.localAddress(), network().multicastInterface(), BUFFER_BYTES);
                DatagramIo from = ios().multicastSender(network().multicastHost(), network().multicastInterface(), 0, BUFFER_BYTES)) {
            assertThat(from.send(ByteBuffer.wrap(new byte[] {1}), first.localAddress())).isTrue();
            assertThat(from.send(direct(train), 1_400, first.localAddress())).isTrue();
            List<byte[]> expected = new ArrayList<>(List.of(new byte[] {1}));
            expected.addAll(List.of(split(train, 1_400)));
            for (DatagramIo receiver : List.of(first, second, third)) {
                Arrivals arrivals = Arrivals.await(receiver, 41);
                assertThat(arrivals.datagrams).containsExactlyElementsOf(expected);
                assertThat(arrivals.sources).containsOnly(from.localAddress());
                assertThat(Arrivals.present(receiver).datagrams).isEmpty();
            }
        }
    }

    @Test
    void aReceiverHearsItsOwnGroupOnly() throws IOException {
        try (DatagramIo own = ios().multicastReceiver(network().group(2, 0), network().multicastInterface(), BUFFER_BYTES);
                DatagramIo other = ios().multicastReceiver(
                        network().group(3, own.localAddress().getPort()), network().multicastInterface(), BUFFER_BYTES);
                DatagramIo from = ios().multicastSender(network().multicastHost(), network().multicastInterface(), 0, BUFFER_BYTES)) {
            assertThat(from.send(ByteBuffer.wrap(new byte[] {1}), other.localAddress())).isTrue();
            assertThat(from.send(ByteBuffer.wrap(new byte[] {2}), own.localAddress())).isTrue();
            assertThat(Arrivals.await(other, 1).datagrams).containsExactly(new byte[] {1});
            assertThat(Arrivals.await(own, 1).datagrams).containsExactly(new byte[] {2});
            assertThat(Arrivals.present(other).datagrams).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"65508, 65508", "65508, 1400", "65508, 2147483647"})
    void whatIsLongerThanADatagramCanBeIsRefused(int bytes, int segmentBytes) throws IOException {
        try (DatagramIo to = unicast(); DatagramIo from = unicast()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> from.send(ByteBuffer.allocate(bytes), segmentBytes, to.localAddress()))
                    .withMessageContaining("65508 bytes").withMessageContaining("65507");
        }
    }

    @Test
    void aTrainOfTooManyOrNoSegmentsIsRefused() throws IOException {
        try (DatagramIo to = unicast(); DatagramIo from = unicast()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> from.send(ByteBuffer.allocate(64 * 10 + 1), 10, to.localAddress()))
                    .withMessageContaining("65 datagrams").withMessageContaining("64 at most");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> from.send(ByteBuffer.allocate(3), 0, to.localAddress()))
                    .withMessageContaining("segment of 0 bytes");
            assertThat(Arrivals.present(to).datagrams).isEmpty();
        }
    }

    @Test
    void aTargetOfTheOtherFamilyIsRefusedAndTheNextSendWorks() throws IOException {
        try (DatagramIo to = unicast(); DatagramIo from = unicast()) {
            ByteBuffer datagram = ByteBuffer.wrap(new byte[] {5});
            TestNetwork otherFamily = network() == TestNetwork.IPV4 ? TestNetwork.IPV6 : TestNetwork.IPV4;
            assertThatThrownBy(() -> from.send(datagram, InetSocketAddress.createUnresolved("nowhere.invalid", 1)))
                    .isInstanceOf(UnresolvedAddressException.class);
            assertThatThrownBy(() -> from.send(datagram, new InetSocketAddress(otherFamily.host(), 1)))
                    .isInstanceOf(UnsupportedAddressTypeException.class);
            assertThatThrownBy(() -> from.send(datagram, new InetSocketAddress(host(), 0))).isInstanceOf(IOException.class);
            assertThat(datagram.remaining()).isEqualTo(1);
            assertThat(from.send(datagram, to.localAddress())).isTrue();
            assertThat(Arrivals.await(to, 1).datagrams).containsExactly(new byte[] {5});
        }
    }

    @Test
    void eachDatagramSaysItsOwnSource() throws IOException {
        try (DatagramIo to = unicast(); DatagramIo a = unicast(); DatagramIo b = unicast(); DatagramIo c = unicast()) {
            List<DatagramIo> senders = List.of(a, b, c, b, a, a, c);
            for (DatagramIo sender : senders) {
                assertThat(sender.send(ByteBuffer.wrap(new byte[8]), to.localAddress())).isTrue();
            }
            assertThat(Arrivals.await(to, senders.size()).sources)
                    .containsExactlyElementsOf(senders.stream().map(DatagramIo::localAddress).toList());
        }
    }

    @Test
    void anotherProgramsDatagramsArriveOneByOne() throws IOException {
        try (DatagramIo to = unicast(); var foreign = new DatagramSocket(0, host())) {
            for (int length : new int[] {1_400, 1_400, 3, 0, 1_400, 65_507}) {
                foreign.send(new DatagramPacket(new byte[length], length, to.localAddress()));
            }
            Arrivals arrivals = Arrivals.await(to, 6);
            assertThat(arrivals.datagrams.stream().map(d -> d.length)).containsExactly(1_400, 1_400, 3, 0, 1_400, 65_507);
            assertThat(arrivals.sources).containsOnly((InetSocketAddress) foreign.getLocalSocketAddress());
        }
    }

    @Test
    void trainsPassBetweenBothKindsOfSockets() throws IOException {
        byte[] train = bytes(46 * 1_400 + 11);
        try (DatagramIo own = unicast(); DatagramIo other = otherIos().unicast(new InetSocketAddress(host(), 0), BUFFER_BYTES)) {
            assertThat(own.send(direct(train), 1_400, other.localAddress())).isTrue();
            assertThat(Arrivals.await(other, 47).datagrams).containsExactly(split(train, 1_400));
            assertThat(other.send(direct(train), 1_400, own.localAddress())).isTrue();
            assertThat(Arrivals.await(own, 47).datagrams).containsExactly(split(train, 1_400));
        }
    }

    @Test
    void whatAReceiverThrowsEndsTheCallAndTheNextOneGoesOn() throws IOException {
        try (DatagramIo to = unicast(); DatagramIo from = unicast()) {
            for (byte i = 1; i <= 5; i++) {
                assertThat(from.send(ByteBuffer.wrap(new byte[] {i}), to.localAddress())).isTrue();
            }
            var calls = new AtomicInteger();
            assertThatThrownBy(() -> to.receive((datagram, source) -> {
                if (calls.incrementAndGet() == 2) {
                    throw new IllegalStateException("the second is too much");
                }
            }, 1_000_000_000)).hasMessage("the second is too much");
            assertThat(Arrivals.await(to, 3).datagrams).containsExactly(new byte[] {3}, new byte[] {4}, new byte[] {5});
        }
    }

    @Test
    void threadsThatLookAtOnceGetEachDatagramOnceAndWhole() throws Exception {
        int count = 2_000;
        try (DatagramIo to = unicast(); DatagramIo from = unicast(); var threads = Executors.newFixedThreadPool(3)) {
            var arrived = new ConcurrentLinkedQueue<Integer>();
            DatagramIo.Receiver receiver = (datagram, source) -> arrived.add(datagram.getInt(datagram.position()));
            long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            for (int i = 0; i < 3; i++) {
                // One of them waits, the others look.
                long timeoutNs = i == 0 ? 1_000_000 : 0;
                threads.submit(() -> {
                    while (arrived.size() < count && System.nanoTime() - deadlineNs < 0) {
                        to.receive(receiver, timeoutNs);
                    }
                    return arrived;
                });
            }
            ByteBuffer datagram = ByteBuffer.allocateDirect(4).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < count; i++) {
                while (arrived.size() < i - 100 && System.nanoTime() - deadlineNs < 0) {
                    Thread.onSpinWait();
                }
                from.send(datagram.clear().putInt(i).flip(), to.localAddress());
            }
            threads.shutdown();
            assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
            assertThat(arrived).containsExactlyInAnyOrderElementsOf(IntStream.range(0, count).boxed().toList());
        }
    }

    @Test
    void whoLooksFromWithinAReceiverGetsNothing() throws IOException {
        try (DatagramIo to = unicast(); DatagramIo from = unicast()) {
            from.send(direct(bytes(10)), to.localAddress());
            from.send(direct(bytes(10)), to.localAddress());
            var within = new ArrayList<Integer>();
            DatagramIo.Receiver receiver = (datagram, source) -> {
                try {
                    within.add(to.receive((inner, from2) -> { }, 0));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            };
            while (within.size() < 2) {
                to.receive(receiver, 1_000_000_000);
            }
            assertThat(within).containsExactly(0, 0);
        }
    }

    @Test
    void anAddressInUseIsNeverSharedOrTakenOver() throws IOException {
        for (DatagramIos first : List.of(ios(), otherIos())) {
            try (DatagramIo own = first.unicast(new InetSocketAddress(host(), 0), BUFFER_BYTES)) {
                assertThatThrownBy(() -> ios().unicast(own.localAddress(), BUFFER_BYTES))
                        .isInstanceOf(AddressInUseException.class)
                        .hasMessageContaining("UDP " + Endpoints.text(own.localAddress()) + " is in use");
            }
        }
    }

    @Test
    void anAddressOfAnotherMachineCannotBeBound() {
        assertThatThrownBy(() -> ios().unicast(new InetSocketAddress(network().stranger(), 0), BUFFER_BYTES))
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("bind UDP " + Endpoints.text(new InetSocketAddress(network().stranger(), 0))).hasMessageContaining("annot assign");
    }
}
