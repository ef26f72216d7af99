package io.heliograph.udp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/** Another io, of which everything that arrives goes to a capture too. Confined to one thread. */
final class CapturedIo implements DatagramIo {

    private final DatagramIo io;
    private final CaptureFile capture;

    CapturedIo(DatagramIo io, CaptureFile capture) {
        this.io = io;
        this.capture = capture;
    }

    @Override
    public int receive(Receiver receiver, long timeoutNs) throws IOException {
        return io.receive(new Receiver() {
            @Override
            public void onDatagram(ByteBuffer datagram, InetSocketAddress source) {
                onDatagrams(datagram, Math.max(1, datagram.remaining()), source);
            }

            @Override
            public void onDatagrams(ByteBuffer train, int segmentBytes, InetSocketAddress source) {
                try {
                    capture.add(0, train);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                receiver.onDatagrams(train, segmentBytes, source);
            }
        }, timeoutNs);
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
