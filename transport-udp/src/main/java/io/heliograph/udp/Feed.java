package io.heliograph.udp;

import io.heliograph.ConfigException;
import io.heliograph.flow.FlowPolicy;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What publishers and subscribers know of an address, beside their sockets.
 *
 * @param address            as it was written, for names and notices
 * @param targets            where datagrams go: one place, or two lines that carry the same
 * @param maxDatagramBytes   the largest datagram, header included
 * @param isReliable         whether what is lost on the way is sent again
 * @param rateBytesPerSecond the most a publisher sends; empty for no limit
 * @param share              the share of events that a subscriber handles; empty for all
 * @param start              where a subscriber begins
 * @param key                what datagrams are sealed with; empty for open ones
 * @param limits             every other limit
 */
record Feed(String address, List<InetSocketAddress> targets, int maxDatagramBytes, boolean isReliable,
        OptionalLong rateBytesPerSecond, Optional<KeyShare> share, Start start, Optional<PresharedKey> key, UdpLimits limits) {

    Feed {
        targets = List.copyOf(targets);
    }

    static Feed of(UdpConfig config) {
        return new Feed(config.text(), config.targets(), config.maxDatagramBytes(), config.isReliable(),
                config.rateBytesPerSecond(), config.share(), config.start(), config.key(),
                config.limits());
    }

    /** What every datagram of a session says. */
    int flags() {
        return isReliable ? DatagramLayout.RELIABLE : 0;
    }

    /** What each datagram of events keeps free at its end, for its seal. */
    int tailBytes() {
        return key.isPresent() ? DatagramSeal.overheadBytes(DatagramLayout.DATA) : 0;
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
