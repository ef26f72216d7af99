package io.heliograph.udp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/** A socket that fails when it is told to. As thread-safe as the one it passes everything on to. */
final class FaultyIo implements DatagramIo {

    static final String FAULT = "the cable is out";

    private final DatagramIo io;
    private volatile boolean isBroken;
    private volatile boolean failsNextSend;
    private volatile boolean isFull;

    FaultyIo(DatagramIo io) {
        this.io = io;
    }

    /** From now on, nothing can be received. */
    void breakDown() {
        isBroken = true;
    }

    /** The next train cannot be sent. */
    void failNextSend() {
        failsNextSend = true;
    }

    /** From now on there is no room for what is sent, until there is. */
    void beFull(boolean full) {
        isFull = full;
    }

    @Override
    public int receive(Receiver receiver, long timeoutNs) throws IOException {
        if (isBroken) {
            throw new IOException(FAULT);
        }
        return io.receive(receiver, timeoutNs);
    }

    @Override
    public boolean send(ByteBuffer datagrams, int segmentBytes, InetSocketAddress target) throws IOException {
        if (failsNextSend) {
            failsNextSend = false;
            throw new IOException(FAULT);
        }
        return !isFull && io.send(datagrams, segmentBytes, target);
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
