package io.heliograph.udp;

import io.heliograph.ConfigException;
import io.heliograph.Notice;
import io.heliograph.Publisher;
import io.heliograph.Subscriber;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import io.heliograph.spi.Transport;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;

/**
 * Multicast and unicast at {@code udp://HOST:PORT}; see {@link UdpConfig} for the settings. Thread-safe.
 *
 * <p>A unicast subscriber binds the address for itself alone: a second one is told that it is in use. Subscribers of one
 * multicast group share it, as multicast does.
 */
public final class UdpTransport implements Transport {

    /** What unreliable UDP does unless told otherwise: it gives up the oldest. */
    public static final FlowPolicy DEFAULT_POLICY = FlowPolicy.dropOldest(Limit.DEFAULT);

    @Override
    public Set<String> schemes() {
        return Set.of("udp");
    }

    @Override
    public Publisher publisher(Address address, Optional<FlowPolicy> policy, Environment environment) {
        UdpConfig config = possible(address);
        FlowPolicy inForce = requirePossible(policy.orElse(DEFAULT_POLICY));
        int bufferBytes = config.limits().socketBufferBytes();
        DatagramIos ios = DatagramIos.of(config.io(), config.text(), environment::tell);
        DatagramIo io = config.isMulticast()
                ? ios.multicastSender(config.local(), config.networkInterface(), config.timeToLive(), bufferBytes)
                : ios.unicast(new InetSocketAddress(config.local(), 0), bufferBytes);
        return new UdpPublisher(config.text(), config.target(), io, config.maxDatagramBytes(), config.limits(), inForce,
                environment).start();
    }

    @Override
    public Subscriber subscriber(Address address, Environment environment) {
        UdpConfig config = possible(address);
        int bufferBytes = config.limits().socketBufferBytes();
        DatagramIos ios = DatagramIos.of(config.io(), config.text(), environment::tell);
        DatagramIo io = config.isMulticast()
                ? ios.multicastReceiver(config.target(), config.networkInterface(), bufferBytes)
                : ios.unicast(config.target(), bufferBytes);
        DatagramIo reports = config.isMulticast()
                ? ios.unicast(new InetSocketAddress(config.local(), 0), bufferBytes)
                : io;
        if (io.receiveBufferBytes() < bufferBytes) {
            environment.tell(new Notice.Degraded(config.text(), "the receive buffer is "
                    + io.receiveBufferBytes() + " bytes instead of " + bufferBytes
                    + "; raise net.core.rmem_max to lose less in bursts"));
        }
        return new UdpSubscriber(config.text(), io, reports, config.limits(), DEFAULT_POLICY, environment).start();
    }

    /** @throws ConfigException for an address that is understood, but asks for what is not done yet */
    private static UdpConfig possible(Address address) {
        UdpConfig config = UdpConfig.of(address.requireSettings("interface", "reliable", "ttl", "datagram", "buffer", "io"));
        if (config.isReliable()) {
            throw new ConfigException("reliable", "true",
                    "false, written out as ?reliable=false: lost datagrams are told but not yet repaired");
        }
        if (config.targets().size() > 1 || Endpoints.isIpv6(config.target().getAddress())) {
            throw new ConfigException("UDP address", address.place(),
                    "one HOST:PORT with an IPv4 host: two lines and IPv6 are understood, but not yet carried");
        }
        return config;
    }

    /** @throws ConfigException for a policy that needs repair */
    static FlowPolicy requirePossible(FlowPolicy policy) {
        if (policy instanceof FlowPolicy.Drop) {
            return policy;
        }
        throw new ConfigException("policy", policy.text(),
                "drop-oldest, drop-newest or drop-same-key: unreliable UDP can neither buffer nor press back");
    }
}
