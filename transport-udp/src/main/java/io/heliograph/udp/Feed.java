package io.heliograph.udp;

import io.heliograph.ConfigException;
import io.heliograph.flow.FlowPolicy;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * What both sides of an address agree on, or have to know of it.
 *
 * @param address          as it was written, for names and notices
 * @param targets          where datagrams go: one place, or two lines that carry the same
 * @param maxDatagramBytes the largest datagram, header included
 * @param isReliable       whether what is lost on the way is sent again
 * @param limits           every other limit
 */
record Feed(String address, List<InetSocketAddress> targets, int maxDatagramBytes, boolean isReliable, UdpLimits limits) {

    Feed {
        targets = List.copyOf(targets);
    }

    /** What every datagram of a session says. */
    int flags() {
        return isReliable ? DatagramLayout.RELIABLE : 0;
    }

    /** @throws ConfigException for a policy that this address cannot do */
    FlowPolicy requirePossible(FlowPolicy policy) {
        if (policy instanceof FlowPolicy.Buffer buffer && buffer.spill().isPresent()) {
            throw new ConfigException("policy", policy.text(), "one without spill: there is no journal to spill to");
        }
        if (!isReliable && !(policy instanceof FlowPolicy.Drop)) {
            throw new ConfigException("policy", policy.text(),
                    "drop-oldest, drop-newest or drop-same-key: unreliable UDP can neither buffer nor press back");
        }
        return policy;
    }
}
