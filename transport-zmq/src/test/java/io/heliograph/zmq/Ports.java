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
            return address(plain.getLocalPort(), own.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A port that is free, and so is the next. */
    static int freshPair() {
        for (int i = 0; i < 100; i++) {
            try (var first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    var second = new ServerSocket(first.getLocalPort() + 1, 1, InetAddress.getLoopbackAddress())) {
                return second.getLocalPort() - 1;
            } catch (IOException e) {
                // The next one is taken: try another.
            }
        }
        throw new AssertionError("no two free ports side by side");
    }

    static String address(int plain, int own) {
        return "zmq://127.0.0.1:" + plain + "?own-port=" + own;
    }

    /** The own-port of an address made here. */
    static int own(String address) {
        return Integer.parseInt(address.replaceAll(".*own-port=([0-9]+).*", "$1"));
    }

    /** PORT of an address made here. */
    static int plain(String address) {
        return Integer.parseInt(address.replaceAll(".*:([0-9]+)\\?.*", "$1"));
    }
}
