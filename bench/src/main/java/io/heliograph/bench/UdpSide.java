package io.heliograph.bench;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;

/**
 * One of the products that are compared, seen as what the measurements need of it: the loops around it are the same for
 * all, so that all pay alike for events' contents, checksums and clocks.
 *
 * <pre>
 *   Node  (the publishing thread)            Node  (a subscribing thread)
 *     Sending.offer, work, flush   ---UDP--->  Receiving.poll --> ReceivedEvents.place
 * </pre>
 *
 * <p>Opened and closed by one thread while no other uses it.
 */
interface UdpSide extends AutoCloseable {

    /** What one of the program's threads has of the product. */
    Node node(UdpTask task);

    /** One publisher and one subscriber, as a program opens them that wants nothing special. */
    Opened idle(Place place);

    @Override
    void close();

    /** Something that is open until it is closed. */
    interface Opened extends AutoCloseable {

        @Override
        void close();
    }

    /** A thread's share of the product: its driver where it has one of its own. */
    interface Node extends Opened {

        Sending publish(Place place);

        Receiving subscribe(Place place);

        /** Does what the product has to do on this thread, if anything. */
        void work();
    }

    /** A publisher, for one thread. */
    interface Sending {

        /** Offers one event; says whether it was taken. If not, {@link #work} and try again. */
        boolean offer(byte[] bytes, int from, int length);

        /** Makes what was taken leave now. */
        void flush();

        /** Does what there is to do while no event can be offered. */
        void work();

        /** Whether so many subscribers listen. */
        boolean isHeardBy(int subscribers);
    }

    /** A subscriber, for one thread. */
    interface Receiving {

        /**
         * Hands what has arrived to {@code events}.
         *
         * @param waitNs how long it may wait if nothing has; 0 for a spinning caller
         * @return how many events
         */
        int poll(ReceivedEvents events, long waitNs);
    }

    /**
     * Where to publish.
     *
     * @param address the subscriber's, or the group's
     */
    record Place(InetSocketAddress address) {

        /** Aeron wants a group with an odd last byte. */
        private static final byte[] GROUP = {(byte) 239, 77, 1, 3};

        /** A free port on the loopback interface, of a group if there are several subscribers. */
        static Place free(int subscribers) throws IOException {
            InetAddress address = subscribers > 1 ? InetAddress.getByAddress(GROUP) : InetAddress.getLoopbackAddress();
            return new Place(new InetSocketAddress(address, freePort()));
        }

        private static int freePort() throws SocketException {
            try (var probe = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
                return probe.getLocalPort();
            }
        }

        boolean isGroup() {
            return address.getAddress().isMulticastAddress();
        }

        /** Such as {@code 127.0.0.1:4770}. */
        String text() {
            return address.getAddress().getHostAddress() + ":" + address.getPort();
        }
    }
}
