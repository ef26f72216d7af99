package io.heliograph.udp;

import io.heliograph.testkit.ManualClock;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;

/**
 * A publisher's way to a group through one link of fixed speed, whose queue drops what does not fit, and subscribers' ways
 * back, which are only long. On a manual clock; confined to one thread.
 */
final class NarrowNetwork {

    private record Flight(long dueNs, byte[] bytes) { }

    private final ManualClock clock;
    private final Random random;
    private final long bytesPerSecond;
    private final long queueBytes;
    private final long oneWayNs;
    private final double loss;
    private final List<Place> members = new ArrayList<>();
    private final Place publisher = new Place(SimNetwork.PUBLISHER);
    private long freeNs;
    private long wireBytes;
    private long dropped;

    /**
     * @param bytesPerSecond what the link carries
     * @param queueBytes     what waits before it at most
     * @param oneWayNs       how long each way takes besides
     * @param loss           the share that is lost by chance, before the link
     */
    NarrowNetwork(long seed, ManualClock clock, long bytesPerSecond, long queueBytes, long oneWayNs, double loss) {
        this.clock = clock;
        this.random = new Random(seed);
        this.bytesPerSecond = bytesPerSecond;
        this.queueBytes = queueBytes;
        this.oneWayNs = oneWayNs;
        this.loss = loss;
        this.freeNs = clock.nanoTime();
    }

    DatagramIo publisherIo() {
        return publisher;
    }

    DatagramIo subscriberIo() {
        var member = new Place(new InetSocketAddress("127.0.0.1", 6_000 + members.size()));
        members.add(member);
        return member;
    }

    /** All that the publisher sent, dropped or not. */
    long wireBytes() {
        return wireBytes;
    }

    long dropped() {
        return dropped;
    }

    private void carry(byte[] datagram, InetSocketAddress target) {
        long nowNs = clock.nanoTime();
        wireBytes += datagram.length;
        freeNs = Math.max(freeNs, nowNs);
        double waitingBytes = (freeNs - nowNs) / 1e9 * bytesPerSecond;
        if (waitingBytes + datagram.length > queueBytes || random.nextDouble() < loss) {
            dropped++;
            return;
        }
        freeNs += datagram.length * 1_000_000_000L / bytesPerSecond;
        for (Place member : members) {
            if (target.equals(SimNetwork.GROUP) || target.equals(member.local)) {
                member.arriving.add(new Flight(freeNs + oneWayNs, datagram.clone()));
            }
        }
    }

    /** One end. */
    private final class Place implements DatagramIo {

        private final InetSocketAddress local;
        private final Deque<Flight> arriving = new ArrayDeque<>();
        private final Deque<InetSocketAddress> sources = new ArrayDeque<>();

        Place(InetSocketAddress local) {
            this.local = local;
        }

        @Override
        public int receive(Receiver receiver, long timeoutNs) {
            int received = 0;
            for (; !arriving.isEmpty() && arriving.peek().dueNs() <= clock.nanoTime(); received++) {
                ByteBuffer bytes = ByteBuffer.wrap(arriving.remove().bytes()).order(ByteOrder.LITTLE_ENDIAN);
                receiver.onDatagram(bytes, this == publisher ? sources.remove() : SimNetwork.PUBLISHER);
            }
            return received;
        }

        @Override
        public boolean send(ByteBuffer datagrams, int segmentBytes, InetSocketAddress target) {
            byte[] all = new byte[datagrams.remaining()];
            datagrams.get(all);
            for (int at = 0; at < all.length; at += segmentBytes) {
                byte[] datagram = Arrays.copyOfRange(all, at, Math.min(at + segmentBytes, all.length));
                if (this == publisher) {
                    carry(datagram, target);
                } else {
                    publisher.arriving.add(new Flight(clock.nanoTime() + oneWayNs, datagram));
                    publisher.sources.add(local);
                }
            }
            return true;
        }

        @Override
        public void wakeUp() {
            // Nobody waits: the test's thread does everything.
        }

        @Override
        public InetSocketAddress localAddress() {
            return local;
        }

        @Override
        public int receiveBufferBytes() {
            return 4 << 20;
        }

        @Override
        public OptionalLong kernelDrops() {
            return OptionalLong.empty();
        }

        @Override
        public void close() {
            // The network belongs to the test.
        }
    }
}
