package io.heliograph.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.udp.DatagramIo;
import io.heliograph.udp.PortableDatagramIo;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class BenchIoTest {

    private static final int SEGMENT = 4;
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    /** Hands over one train of numbered datagrams for each call, and remembers what was sent. */
    private static final class Trains implements DatagramIo {

        private final int datagrams;
        private final List<Integer> sentBytes = new ArrayList<>();
        private int next;
        private int room = Integer.MAX_VALUE;

        Trains(int datagrams) {
            this.datagrams = datagrams;
        }

        @Override
        public int receive(Receiver receiver, long timeoutNs) throws IOException {
            ByteBuffer train = ByteBuffer.allocate(datagrams * SEGMENT);
            for (int i = 0; i < datagrams; i++) {
                train.putInt(next++);
            }
            receiver.onDatagrams(train.flip(), SEGMENT, ANY);
            return datagrams;
        }

        @Override
        public boolean send(ByteBuffer bytes, int segmentBytes, InetSocketAddress target) {
            if (room == 0) {
                return false;
            }
            room--;
            sentBytes.add(bytes.remaining());
            bytes.position(bytes.limit());
            return true;
        }

        @Override
        public void wakeUp() {
        }

        @Override
        public InetSocketAddress localAddress() {
            return ANY;
        }

        @Override
        public int receiveBufferBytes() {
            return 0;
        }

        @Override
        public OptionalLong kernelDrops() {
            return OptionalLong.empty();
        }

        @Override
        public void close() {
        }
    }

    private static List<Integer> receive(long seed, int calls) throws IOException {
        List<Integer> arrived = new ArrayList<>();
        var lossy = new LossyIo(new Trains(40), 0.01, seed);
        int told = 0;
        for (int i = 0; i < calls; i++) {
            told += lossy.receive((datagram, source) -> arrived.add(datagram.getInt()), 0);
        }
        assertThat(told).as("datagrams told, seed %d", seed).isEqualTo(arrived.size());
        assertThat(lossy.arrived()).as("datagrams that came, seed %d", seed).isEqualTo(calls * 40L);
        assertThat(lossy.lost()).as("datagrams lost, seed %d", seed).isEqualTo(calls * 40L - arrived.size());
        return arrived;
    }

    @Test
    void losesSingleDatagramsOfTrains() throws IOException {
        long seed = 7;
        List<Integer> arrived = receive(seed, 2500);
        assertThat(arrived).as("seed %d", seed).isSorted().doesNotHaveDuplicates();
        assertThat(arrived.size()).as("seed %d", seed).isBetween(98_700, 99_300);
        long singleGaps = 0;
        for (int i = 1; i < arrived.size(); i++) {
            singleGaps += arrived.get(i) - arrived.get(i - 1) == 2 ? 1 : 0;
        }
        assertThat(singleGaps).as("seed %d", seed).isGreaterThan(900);
    }

    @Test
    void losesTheSameOnesForOneSeed() throws IOException {
        assertThat(receive(3, 100)).isEqualTo(receive(3, 100)).isNotEqualTo(receive(4, 100));
    }

    @Test
    void sendsATrainsDatagramsSingly() throws IOException {
        var io = new Trains(1);
        ByteBuffer train = ByteBuffer.allocate(10);
        assertThat(new SinglyIo(io).send(train, SEGMENT, ANY)).isTrue();
        assertThat(io.sentBytes).containsExactly(4, 4, 2);
        assertThat(train.hasRemaining()).isFalse();
    }

    @Test
    void goesOnWithTheDatagramThatWasNotTaken() throws IOException {
        var io = new Trains(1);
        io.room = 1;
        ByteBuffer train = ByteBuffer.allocate(10);
        var singly = new SinglyIo(io);
        assertThat(singly.send(train, SEGMENT, ANY)).isFalse();
        io.room = 2;
        assertThat(train.remaining()).isEqualTo(6);
        assertThat(singly.send(train, SEGMENT, ANY)).isTrue();
        assertThat(io.sentBytes).containsExactly(4, 4, 2);
    }

    @Test
    void carriesRealDatagrams() throws IOException {
        try (DatagramIo to = PortableDatagramIo.unicast(ANY, 1 << 16);
                var from = new SinglyIo(PortableDatagramIo.unicast(ANY, 1 << 16));
                var lossless = new LossyIo(to, 0, 1)) {
            assertThat(from.send(ByteBuffer.wrap(new byte[] {1, 2, 3}), 1, lossless.localAddress())).isTrue();
            List<Byte> arrived = new ArrayList<>();
            while (arrived.size() < 3) {
                assertThat(lossless.receive((datagram, source) -> arrived.add(datagram.get()), 5_000_000_000L)).isPositive();
            }
            assertThat(arrived).containsExactly((byte) 1, (byte) 2, (byte) 3);
        }
    }
}
