package io.heliograph.demo;

import io.heliograph.AddressInUseException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
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
     * A UDP port that no socket holds. A multicast group is shared by whoever joins it, so that taking a port in use
     * would mix two demos' events: hence a look at the port with a socket that does not share.
     */
    static int unusedUdpPort(int usual) {
        for (int port = usual; port < usual + TRIES; port++) {
            try {
                return probe(port);
            } catch (IOException e) {
                // The next one, then.
            }
        }
        try {
            return probe(0);
        } catch (IOException e) {
            throw new AddressInUseException("every UDP port", "close some programs");
        }
    }

    private static int probe(int port) throws IOException {
        try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
            channel.bind(new InetSocketAddress(port));
            return ((InetSocketAddress) channel.getLocalAddress()).getPort();
        }
    }
}
