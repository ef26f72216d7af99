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

        /** For the operator of the sender: what it is, such as {@code 10.1.2.3, which is not public (private (10.0.0.0/8))}. */
        public String where() {
            return address.getHostAddress() + ", which is not public (" + why + ")";
        }

        /**
         * For whoever wrote the target: the address if it is written there. Where a name leads within the sender's network is its
         * operator's to know.
         */
        public String toldOf(TargetUrl target) {
            return "its host leads to " + (target.literal().isPresent() ? where() : "an address that is not public")
                    + "; the server's operator may allow it with --allow-target";
        }
    }

    /** Nowhere: the name has no address. */
    record Unknown(String why) implements Resolution {
    }
}
