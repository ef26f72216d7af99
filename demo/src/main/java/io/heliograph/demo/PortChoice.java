package io.heliograph.demo;

import io.heliograph.AddressInUseException;
import io.heliograph.TransportException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/** Chooses ports: the one that was asked for, or the first free one from a default on. Stateless. */
final class PortChoice {

    private static final int TRIES = 20;

    private PortChoice() {
    }

    /**
     * Opens at the port that was asked for; else at {@code usual}, or one of the next, or any.
     *
     * @throws AddressInUseException if the port that was asked for is taken
     */
    static <T> T open(OptionalInt asked, int usual, IntFunction<T> opener) {
        if (asked.isPresent()) {
            return opener.apply(asked.getAsInt());
        }
        for (int port = usual; port < usual + TRIES; port++) {
            try {
                return opener.apply(port);
            } catch (AddressInUseException e) {
                // The next one, then.
            }
        }
        return opener.apply(0);
    }

    /**
     * Looks whether a TCP port of the loopback interface is free.
     *
     * @return the port; 0 stays 0
     * @throws AddressInUseException if it is taken
     */
    static int probeTcp(int port) {
        String url = "http://127.0.0.1:" + port;
        try (ServerSocketChannel socket = ServerSocketChannel.open()) {
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
            return port;
        } catch (BindException e) {
            throw new AddressInUseException(url, "close the program that holds it, or take another port");
        } catch (IOException e) {
            throw new TransportException("cannot serve at " + url, e);
        }
    }
}
