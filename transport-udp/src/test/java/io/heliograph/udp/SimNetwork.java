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
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A publisher's way to the subscribers of its group and to each of them alone, and their ways back, as simulated links.
 * Several publishers share one place, and hear what is sent there together. Confined to one thread.
 */
final class SimNetwork {

    static final InetSocketAddress GROUP = new InetSocketAddress("239.0.0.1", 7_000);
    /** The other line, of a feed that has two. */
    static final InetSocketAddress SECOND_GROUP = new InetSocketAddress("239.0.0.2", 7_000);
    static final InetSocketAddress STRANGER = new InetSocketAddress("127.0.0.1", 4_000);
    static final InetSocketAddress PUBLISHER = new InetSocketAddress("127.0.0.1", 5_000);

    private final ManualClock clock;
    private final long seed;
    private final SimLink toGroup;
    private final SimLink toSecondGroup;
    private final SimLink fromStranger;
    private final List<SimLink> others = new ArrayList<>();
    private final SimIo publisher = new SimIo(PUBLISHER);
    private final Set<SimReceiver> secondLines = new HashSet<>();
    private boolean isSecondLineHeld;
    private int members;

    SimNetwork(long seed, ManualClock clock) {
        this.seed = seed;
        this.clock = clock;
        this.toGroup = new SimLink(seed, clock);
        this.toSecondGroup = new SimLink(~seed, clock);
        this.fromStranger = new SimLink(seed, clock);
        publisher.out.put(GROUP, toGroup);
        publisher.out.put(SECOND_GROUP, toSecondGroup);
    }

    /** What a subscriber of {@link #GROUP} or a publisher to it is given. */
    static Feed feed(int maxDatagramBytes, boolean isReliable, UdpLimits limits) {
        return feed(maxDatagramBytes, isReliable, Optional.empty(), limits);
    }

    /** The same, sealed with a key. */
    static Feed feed(int maxDatagramBytes, boolean isReliable, Optional<PresharedKey> key, UdpLimits limits) {
        return new Feed("udp://sim", List.of(GROUP), maxDatagramBytes, isReliable, OptionalLong.empty(), Optional.empty(), new Start.Live(),
                key, limits);
    }

    /** The same, for two lines. */
    static Feed feedOfTwoLines(int maxDatagramBytes, UdpLimits limits) {
        return new Feed("udp://sim", List.of(GROUP, SECOND_GROUP), maxDatagramBytes, true, OptionalLong.empty(), Optional.empty(),
                new Start.Live(), Optional.empty(), limits);
    }

    DatagramIo publisherIo() {
        return publisher;
    }

    DatagramIo subscriberIo(Faults down) {
        return subscriberIo(down, Faults.NONE);
    }

    /**
     * @param down what happens on the way from the publisher, to the group and to this subscriber alone
     * @param up   what happens on the way back
     */
    DatagramIo subscriberIo(Faults down, Faults up) {
        var io = new SimIo(new InetSocketAddress("127.0.0.1", 6_000 + members++));
        io.in.put(toGroup.receiver(down), PUBLISHER);
        io.in.put(fromStranger.receiver(Faults.NONE), STRANGER);
        SimLink one = another();
        publisher.out.put(io.local, one);
        io.in.put(one.receiver(down), PUBLISHER);
        SimLink back = another();
        io.out.put(PUBLISHER, back);
        publisher.in.put(back.receiver(up), io.local);
        return io;
    }

    /** A subscriber that hears both lines, each with faults of its own. */
    DatagramIo subscriberIoOfTwoLines(Faults first, Faults second) {
        var io = (SimIo) subscriberIo(first);
        SimReceiver other = toSecondGroup.receiver(second);
        io.in.put(other, PUBLISHER);
        secondLines.add(other);
        return io;
    }

    /** From now on what comes by the second line stays where it is, in order. */
    void holdSecondLine() {
        isSecondLineHeld = true;
    }

    /** What was held comes, and all that follows. */
    void releaseSecondLine() {
        isSecondLineHeld = false;
    }

    /** An end that has not joined the group: it hears what is sent to itself alone, and can send to publishers and group. */
    DatagramIo strangerIo() {
        var io = new SimIo(STRANGER);
        io.out.put(GROUP, fromStranger);
        SimLink one = another();
        publisher.out.put(io.local, one);
        io.in.put(one.receiver(Faults.NONE), PUBLISHER);
        SimLink back = another();
        io.out.put(PUBLISHER, back);
        publisher.in.put(back.receiver(Faults.NONE), io.local);
        return io;
    }

    /** Of the datagrams that publishers send from now on, the one behind {@code passing} others gets lost, wherever it goes. */
    void loseNext(int passing) {
        publisher.untilLost = passing;
    }

    private SimLink another() {
        var link = new SimLink(seed + 1 + others.size(), clock);
        others.add(link);
        return link;
    }

    /** The way to the group. */
    SimLink link() {
        return toGroup;
    }

    FaultCounts faultCounts() {
        return toGroup.faultCounts();
    }

    /** One end of the links. */
    private final class SimIo implements DatagramIo {

        private final InetSocketAddress local;
        private final Map<SimReceiver, InetSocketAddress> in = new LinkedHashMap<>();
        private final Map<InetSocketAddress, SimLink> out = new HashMap<>();
        private int untilLost = -1;

        SimIo(InetSocketAddress local) {
            this.local = local;
        }

        @Override
        public int receive(Receiver receiver, long timeoutNs) {
            int received = 0;
            for (Map.Entry<SimReceiver, InetSocketAddress> from : List.copyOf(in.entrySet())) {
                if (isSecondLineHeld && secondLines.contains(from.getKey())) {
                    continue;
                }
                for (Optional<byte[]> next = from.getKey().poll(); next.isPresent(); next = from.getKey().poll()) {
                    byte[] datagram = next.get();
                    receiver.onDatagrams(ByteBuffer.wrap(datagram).order(ByteOrder.LITTLE_ENDIAN),
                            Math.max(1, datagram.length), from.getValue());
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
                if (untilLost < 0 || untilLost-- > 0) {
                    out.get(target).send(bytes);
                }
            } while (datagrams.hasRemaining());
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
            // The links belong to the test.
        }
    }
}
