package io.heliograph.udp;

import io.heliograph.testkit.FaultCounts;
import io.heliograph.testkit.Faults;
import io.heliograph.testkit.ManualClock;
import io.heliograph.testkit.SimLink;
import io.heliograph.testkit.SimReceiver;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A publisher's way to its subscribers, and their reports' way back, as simulated links. Confined to one thread. */
final class SimNetwork {

    static final InetSocketAddress PUBLISHER = new InetSocketAddress("127.0.0.1", 5_000);

    private final ManualClock clock;
    private final long seed;
    private final SimLink toSubscribers;
    private final List<SimReceiver> atPublisher = new ArrayList<>();

    SimNetwork(long seed, ManualClock clock) {
        this.seed = seed;
        this.clock = clock;
        this.toSubscribers = new SimLink(seed, clock);
    }

    DatagramIo publisherIo() {
        return new SimIo(Optional.of(toSubscribers), atPublisher, new InetSocketAddress("127.0.0.1", 6_000));
    }

    DatagramIo subscriberIo(Faults faults) {
        return new SimIo(Optional.empty(), List.of(toSubscribers.receiver(faults)), PUBLISHER);
    }

    DatagramIo reportsIo(Faults faults) {
        var back = new SimLink(seed + 1 + atPublisher.size(), clock);
        atPublisher.add(back.receiver(faults));
        return new SimIo(Optional.of(back), List.of(), PUBLISHER);
    }

    SimLink link() {
        return toSubscribers;
    }

    FaultCounts faultCounts() {
        return toSubscribers.faultCounts();
    }

    /** One end of the links. */
    private static final class SimIo implements DatagramIo {

        private final Optional<SimLink> out;
        private final List<SimReceiver> in;
        private final InetSocketAddress source;

        SimIo(Optional<SimLink> out, List<SimReceiver> in, InetSocketAddress source) {
            this.out = out;
            this.in = in;
            this.source = source;
        }

        @Override
        public int receive(Receiver receiver, long timeoutNs) {
            int received = 0;
            for (SimReceiver from : in) {
                for (Optional<byte[]> next = from.poll(); next.isPresent(); next = from.poll()) {
                    byte[] datagram = next.get();
                    receiver.onDatagrams(ByteBuffer.wrap(datagram).order(ByteOrder.LITTLE_ENDIAN),
                            Math.max(1, datagram.length), source);
                    received++;
                }
            }
            return received;
        }

        @Override
        public boolean send(ByteBuffer datagrams, int segmentBytes, InetSocketAddress target) {
            do {
                byte[] bytes = new byte[Math.min(segmentBytes, datagrams.remaining())];
                datagrams.get(bytes);
                out.orElseThrow().send(bytes);
            } while (datagrams.hasRemaining());
            return true;
        }

        @Override
        public void wakeUp() {
            // Nobody waits: the test's thread does everything.
        }

        @Override
        public InetSocketAddress localAddress() {
            return source;
        }

        @Override
        public int receiveBufferBytes() {
            return Integer.MAX_VALUE;
        }

        @Override
        public OptionalLong kernelDrops() {
            return OptionalLong.empty();
        }

        @Override
        public void close() {
            // The links belong to the test.
        }
    }
}
