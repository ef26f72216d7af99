package io.heliograph.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Finds the addresses of a name. Thread-safe. */
@FunctionalInterface
public interface HostResolver {

    /** The machine's own; the JDK remembers what it found for 30 s. */
    HostResolver SYSTEM = host -> List.of(InetAddress.getAllByName(host));

    /**
     * Looks a name up; may take as long as the system's resolver does.
     *
     * @return at least one address
     * @throws UnknownHostException if there is none
     */
    List<InetAddress> resolve(String host) throws UnknownHostException;
}
