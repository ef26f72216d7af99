package io.heliograph.udp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/**
 * A datagram socket, or several that belong together, seen as what the protocol needs of it. The protocol never touches a
 * socket elsewhere, so that a test gives it a simulated link instead. {@link DatagramIos} opens real ones.
 *
 * <p>Where there are several, one of them sends; what arrives at any is received, none waits for another's turn for ever,
 * and datagrams of different sockets are in no order.
 *
 * <p>Datagrams travel in trains: datagrams to (or from) one address that lie behind one another in one buffer. All have
 * the same length, the segment's, but the last, which may be shorter:
 *
 * <pre>
 *   position                                              limit
 *   | segmentBytes | segmentBytes | segmentBytes | the rest |
 *     datagram       datagram       datagram       datagram
 * </pre>
 *
 * <p>A train costs one call where the operating system can take it whole, and one call for each datagram elsewhere; on
 * the wire there is no difference, and trains need not arrive as they were sent.
 *
 * <p>One thread receives and waits; others may look once beside it ({@link #receive} with no timeout): datagrams are handed
 * over by one thread at a time, and whoever comes meanwhile gets none. Any thread may send, wake up and close. An interrupt neither closes the socket nor is
 * swallowed; a thread that is interrupted before it would wait does not wait.
 */
public interface DatagramIo extends AutoCloseable {

    /** The most bytes of a train, and of a datagram over IPv4. */
    int MAX_TRAIN_BYTES = 65_507;

    /** The most datagrams of a train: what every Linux that has trains takes. */
    int MAX_TRAIN_SEGMENTS = 64;

    /** Takes received datagrams, one at a time unless it overrides {@link #onDatagrams}. */
    @FunctionalInterface
    interface Receiver {

        /**
         * @param datagram a slice of a buffer that the io owns, little-endian; valid only during the call
         * @param source   who sent it
         */
        void onDatagram(ByteBuffer datagram, InetSocketAddress source);

        /**
         * What an io calls: takes a train; hands its datagrams one by one to {@link #onDatagram} unless overridden. If
         * that throws, what is left of the train is gone.
         *
         * @param train        a slice of a buffer that the io owns, little-endian; valid only during the call; may be
         *                     one empty datagram
         * @param segmentBytes the length of each datagram but the last; at least 1
         * @param source       who sent it
         */
        default void onDatagrams(ByteBuffer train, int segmentBytes, InetSocketAddress source) {
            int end = train.limit();
            int at = train.position();
            do {
                int next = Math.min(at + segmentBytes, end);
                onDatagram(train.limit(next).position(at), source);
                at = next;
            } while (at < end);
        }
    }

    /**
     * Hands over what has arrived; waits for the first datagram if there is none. What the receiver throws ends the
     * call; the next one goes on behind that train.
     *
     * @param timeoutNs how long to wait at most; 0 looks once
     * @return how many datagrams were handed over; 0 after the timeout, a {@link #wakeUp} or a close
     * @throws IOException if the socket failed
     */
    int receive(Receiver receiver, long timeoutNs) throws IOException;

    /**
     * Sends a train: the buffer's remaining bytes. Never waits. The buffer's position moves behind the datagrams that
     * were taken, so that the same call goes on with those that were not. A direct buffer is not copied.
     *
     * @param datagrams    at most {@value #MAX_TRAIN_BYTES} bytes
     * @param segmentBytes the length of each datagram but the last; so long that there are at most
     *                     {@value #MAX_TRAIN_SEGMENTS}
     * @return whether the operating system took them all; {@code false} where its send buffer is full
     * @throws IllegalArgumentException if the train is too long, has too many datagrams, or a segment of no bytes
     * @throws IOException              if the socket or the route failed
     */
    boolean send(ByteBuffer datagrams, int segmentBytes, InetSocketAddress target) throws IOException;

    /**
     * Sends one datagram: the buffer's remaining bytes, which may be none. Never waits.
     *
     * @return whether the operating system took it; {@code false} where its send buffer is full
     * @throws IllegalArgumentException if it is longer than {@value #MAX_TRAIN_BYTES} bytes
     * @throws IOException              if the socket or the route failed
     */
    default boolean send(ByteBuffer datagram, InetSocketAddress target) throws IOException {
        return send(datagram, Math.max(1, datagram.remaining()), target);
    }

    /** Ends a {@link #receive} that waits, or the next one that would. */
    void wakeUp();

    /** The address and port that datagrams leave from, and that answers come to. */
    InetSocketAddress localAddress();

    /** The receive buffer that the operating system granted, in bytes; of several sockets the smallest. */
    int receiveBufferBytes();

    /**
     * Datagrams that the kernel dropped because a socket's buffer was full, added up over all sockets: a hint, to be read
     * as "at least", since a train that is dropped whole may count as one; empty where the system does not tell.
     */
    OptionalLong kernelDrops();

    /** Closes every socket; a {@link #receive} that waits returns 0, later ones too. Idempotent. */
    @Override
    void close();
}
