package io.heliograph.webhook;

import java.net.InetAddress;
import java.util.List;

/** Where a target leads, and whether it may be connected to. */
public sealed interface Resolution {

    /** To these addresses, all of which may be connected to. */
    record Allowed(List<InetAddress> addresses) implements Resolution {
        public Allowed {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * To an address that may not be connected to, perhaps among others.
     *
     * @param address the first such address
     * @param why     the block that it lies in
     */
    record Barred(InetAddress address, String why) implements Resolution {
    }

    /** Nowhere: the name has no address. */
    record Unknown(String why) implements Resolution {
    }
}
