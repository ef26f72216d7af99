package io.heliograph.udp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/**
 * One datagram socket, seen as what the protocol needs of it. The protocol never touches a socket elsewhere, so that a
 * test gives it a simulated link instead.
 *
 * <p>One thread receives; any thread may send, wake up and close.
 */
public interface DatagramIo extends AutoCloseable {

    /** Takes received datagrams. */
    @FunctionalInterface
    interface Receiver {

        /**
         * @param datagram a slice of a buffer that the io owns, little-endian; valid only during the call
         * @param source   who sent it
         */
        void onDatagram(ByteBuffer datagram, InetSocketAddress source);
    }

    /**
     * Hands over what has arrived; waits for the first datagram if there is none.
     *
     * @param timeoutNs how long to wait at most; 0 looks once
     * @return how many datagrams were handed over; 0 after the timeout, a {@link #wakeUp} or a close
     * @throws IOException if the socket failed
     */
    int receive(Receiver receiver, long timeoutNs) throws IOException;

    /**
     * Sends one datagram: the buffer's remaining bytes. Never waits.
     *
     * @return whether the operating system took it; {@code false} where its send buffer is full
     * @throws IOException if the socket or the route failed
     */
    boolean send(ByteBuffer datagram, InetSocketAddress target) throws IOException;

    /** Ends a {@link #receive} that waits, or the next one. */
    void wakeUp();

    /** The address and port the socket is bound to. */
    InetSocketAddress localAddress();

    /** The receive buffer that the operating system granted, in bytes. */
    int receiveBufferBytes();

    /**
     * Datagrams that the kernel dropped at this socket because its buffer was full: a hint, to be read as "at least";
     * empty where the system does not tell.
     */
    OptionalLong kernelDrops();

    /** Closes the socket. Idempotent. */
    @Override
    void close();
}
