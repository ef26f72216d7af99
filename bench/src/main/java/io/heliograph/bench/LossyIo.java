package io.heliograph.bench;

import io.heliograph.udp.DatagramIo;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/**
 * Loses some of the datagrams that arrive, each by itself, whatever train it came in; otherwise the socket behind it. A
 * seed repeats which. One thread receives, as with every {@link DatagramIo}; allocates nothing per datagram.
 */
final class LossyIo implements DatagramIo {

    private final DatagramIo io;
    private final SplittableRandom random;
    private final double share;
    private final Losing losing = new Losing();
    private long arrived;
    private long lost;

    /** @param share of the datagrams, 0 to 1 */
    LossyIo(DatagramIo io, double share, long seed) {
        this.io = io;
        this.share = share;
        random = new SplittableRandom(seed);
    }

    @Override
    public int receive(Receiver receiver, long timeoutNs) throws IOException {
        losing.next = receiver;
        losing.handed = 0;
        io.receive(losing, timeoutNs);
        return losing.handed;
    }

    /** Hands on what lies between the lost ones: those are trains again. */
    private final class Losing implements Receiver {

        private Receiver next = (datagram, source) -> { };
        private int handed;

        @Override
        public void onDatagram(ByteBuffer datagram, InetSocketAddress source) {
            onDatagrams(datagram, Math.max(1, datagram.remaining()), source);
        }

        @Override
        public void onDatagrams(ByteBuffer train, int segmentBytes, InetSocketAddress source) {
            int end = train.limit();
            int start = train.position();
            int at = start;
            do {
                int behind = Math.min(at + segmentBytes, end);
                arrived++;
                if (random.nextDouble() < share) {
                    lost++;
                    hand(train, start, at, segmentBytes, source);
                    start = behind;
                } else {
                    handed++;
                }
                at = behind;
            } while (at < end);
            hand(train, start, end, segmentBytes, source);
        }

        private void hand(ByteBuffer train, int from, int to, int segmentBytes, InetSocketAddress source) {
            if (from < to) {
                next.onDatagrams(train.limit(to).position(from), segmentBytes, source);
            }
        }
    }

    /** How many datagrams arrived, the lost ones among them. */
    long arrived() {
        return arrived;
    }

    /** How many of them were lost here. */
    long lost() {
        return lost;
    }

    @Override
    public boolean send(ByteBuffer datagrams, int segmentBytes, InetSocketAddress target) throws IOException {
        return io.send(datagrams, segmentBytes, target);
    }

    @Override
    public void wakeUp() {
        io.wakeUp();
    }

    @Override
    public InetSocketAddress localAddress() {
        return io.localAddress();
    }

    @Override
    public int receiveBufferBytes() {
        return io.receiveBufferBytes();
    }

    @Override
    public OptionalLong kernelDrops() {
        return io.kernelDrops();
    }

    @Override
    public void close() {
        io.close();
    }
}
