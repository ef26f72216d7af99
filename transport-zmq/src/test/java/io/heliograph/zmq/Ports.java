package io.heliograph.zmq;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Addresses on the loopback interface at which nobody is. */
final class Ports {

    private Ports() {
    }

    /** {@code zmq://127.0.0.1:PORT?own-port=PORT}, both free. */
    static String freshAddress() {
        try (var plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var own = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "zmq://127.0.0.1:" + plain.getLocalPort() + "?own-port=" + own.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
