package io.heliograph.statsd;

import io.heliograph.udp.DatagramIo;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A socket without a network: a test puts the datagrams in. */
final class QueueIo implements DatagramIo {

    private static final InetSocketAddress SOMEWHERE = InetSocketAddress.createUnresolved("somewhere", 1);
    private static final ByteBuffer WAKE_UP = ByteBuffer.allocate(0);

    private final BlockingQueue<ByteBuffer> arrived = new LinkedBlockingQueue<>();
    final AtomicInteger failuresToCome = new AtomicInteger();
    volatile boolean closed;

    void arrive(String datagram) {
        arrived.add(Samples.bytes(datagram));
    }

    @Override
    public int receive(Receiver receiver, long timeoutNs) throws IOException {
        if (failuresToCome.getAndUpdate(count -> Math.max(0, count - 1)) > 0) {
            throw new IOException("no buffers");
        }
        try {
            ByteBuffer datagram = arrived.poll(timeoutNs, TimeUnit.NANOSECONDS);
            if (datagram == null || datagram == WAKE_UP) {
                return 0;
            }
            receiver.onDatagram(datagram, SOMEWHERE);
            return 1;
        } catch (InterruptedException e) {
            return 0;
        }
    }

    @Override
    public boolean send(ByteBuffer datagrams, int segmentBytes, InetSocketAddress target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void wakeUp() {
        arrived.add(WAKE_UP);
    }

    @Override
    public InetSocketAddress localAddress() {
        return SOMEWHERE;
    }

    @Override
    public int receiveBufferBytes() {
        return 1;
    }

    @Override
    public OptionalLong kernelDrops() {
        return closed ? OptionalLong.empty() : OptionalLong.of(3);
    }

    @Override
    public void close() {
        closed = true;
    }
}
