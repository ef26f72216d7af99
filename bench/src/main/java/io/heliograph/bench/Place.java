package io.heliograph.bench;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;

/**
 * Where to publish.
 *
 * @param address the subscriber's, or the group's, or the publisher's where subscribers connect
 * @param ownPort a second port, for a product that needs one
 */
record Place(InetSocketAddress address, int ownPort) {

    /** Aeron wants a group with an odd last byte. */
    private static final byte[] GROUP = {(byte) 239, 77, 1, 3};

    /** A free UDP port on the loopback interface, of a group if there are several subscribers. */
    static Place udp(int subscribers) throws IOException {
        InetAddress address = subscribers > 1 ? InetAddress.getByAddress(GROUP) : InetAddress.getLoopbackAddress();
        int port = freeUdpPort();
        return new Place(new InetSocketAddress(address, port), port);
    }

    private static int freeUdpPort() throws SocketException {
        try (var probe = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return probe.getLocalPort();
        }
    }

    /** Two free TCP ports on the loopback interface. */
    static Place tcp() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (var plain = new ServerSocket(0, 1, loopback); var own = new ServerSocket(0, 1, loopback)) {
            return new Place(new InetSocketAddress(loopback, plain.getLocalPort()), own.getLocalPort());
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
