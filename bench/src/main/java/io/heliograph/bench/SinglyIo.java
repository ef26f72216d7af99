package io.heliograph.bench;

import io.heliograph.udp.DatagramIo;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/** Sends each datagram of a train by itself, as a system does that cannot segment; otherwise the socket behind it. */
final class SinglyIo implements DatagramIo {

    private final DatagramIo io;

    SinglyIo(DatagramIo io) {
        this.io = io;
    }

    @Override
    public boolean send(ByteBuffer datagrams, int segmentBytes, InetSocketAddress target) throws IOException {
        int end = datagrams.limit();
        try {
            boolean isTaken;
            do {
                int length = Math.min(segmentBytes, end - datagrams.position());
                datagrams.limit(datagrams.position() + length);
                isTaken = io.send(datagrams, Math.max(1, length), target);
            } while (isTaken && datagrams.position() < end);
            return isTaken;
        } finally {
            datagrams.limit(end);
        }
    }

    @Override
    public int receive(Receiver receiver, long timeoutNs) throws IOException {
        return io.receive(receiver, timeoutNs);
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
