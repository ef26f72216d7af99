package io.heliograph.demo;

import io.heliograph.AddressInUseException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/**
 * A port of the demo's multicast group that no other demo uses. Whoever joins a group shares its port, so that the UDP
 * socket cannot tell; instead each demo holds the TCP port of the same number. A {@code heliograph sub} that is left
 * from the last run is no hindrance, and hears the next one.
 */
final class GroupPort implements AutoCloseable {

    private static final int TRIES = 100;

    private final ServerSocket claim;

    private GroupPort(ServerSocket claim) {
        this.claim = claim;
    }

    /** Claims {@code usual}, or the first after it that no other demo has. */
    static GroupPort claim(int usual) {
        for (int port = usual; port < usual + TRIES; port++) {
            try {
                return new GroupPort(new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1")));
            } catch (IOException e) {
                // Another demo's, or another program's: the next one, then.
            }
        }
        throw new AddressInUseException("each TCP port from " + usual + " to " + (usual + TRIES - 1),
                "close some of the programs that hold them");
    }

    int number() {
        return claim.getLocalPort();
    }

    /** Leaves the port to others. */
    @Override
    public void close() {
        try {
            claim.close();
        } catch (IOException e) {
            throw new UncheckedIOException("close the claim of port " + number(), e);
        }
    }
}
