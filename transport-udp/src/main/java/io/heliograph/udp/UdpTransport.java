package io.heliograph.udp;

import io.heliograph.Notice;
import io.heliograph.Publisher;
import io.heliograph.Subscriber;
import io.heliograph.discovery.Announcement;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import io.heliograph.spi.Transport;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Multicast and unicast at {@code udp://HOST:PORT}; see {@link UdpConfig} for the settings. Thread-safe.
 *
 * <p>A unicast subscriber binds the address for itself alone: a second one is told that it is in use. Subscribers of one
 * multicast group share it, as multicast does.
 */
public final class UdpTransport implements Transport {

    /** What a publisher does unless told otherwise: it waits. */
    public static final FlowPolicy DEFAULT_POLICY =
            FlowPolicy.backPressure(Limit.DEFAULT, FlowPolicy.BackPressure.DEFAULT_MAX_WAIT);

    /** What it does where lost datagrams are not repaired: it gives up the oldest. */
    public static final FlowPolicy UNRELIABLE_DEFAULT_POLICY = FlowPolicy.dropOldest(Limit.DEFAULT);

    @Override
    public Set<String> schemes() {
        return Set.of("udp");
    }

    @Override
    public Publisher publisher(Address address, Optional<FlowPolicy> policy, Environment environment) {
        return openPublisher(UdpConfig.of(address), policy, environment, UnaryOperator.identity()).start();
    }

    @Override
    public Subscriber subscriber(Address address, Environment environment) {
        return openSubscriber(UdpConfig.of(address), environment, UnaryOperator.identity()).start();
    }

    static UdpPublisher openPublisher(UdpConfig config, Optional<FlowPolicy> policy, Environment environment,
            UnaryOperator<DatagramIo> around) {
        Feed feed = Feed.of(config);
        FlowPolicy inForce = feed.requirePossible(policy.orElse(config.isReliable() ? DEFAULT_POLICY : UNRELIABLE_DEFAULT_POLICY));
        int bufferBytes = config.limits().socketBufferBytes();
        DatagramIos ios = DatagramIos.of(config.io(), config.text(), environment::tell);
        DatagramIo io = config.isMulticast()
                ? ios.multicastSender(config.local(), config.networkInterface(), config.timeToLive(), bufferBytes)
                : ios.unicast(new InetSocketAddress(config.local(), 0), bufferBytes);
        var publisher = new UdpPublisher(feed, around.apply(io), inForce, environment);
        return config.announcement()
                .map(asked -> publisher.announcing(() -> Announcement.open(asked, config.networkInterface(),
                        List.of(config.text() + (config.isReliable() ? "" : "?reliable=false")), environment)))
                .orElse(publisher);
    }

    static UdpSubscriber openSubscriber(UdpConfig config, Environment environment, UnaryOperator<DatagramIo> around) {
        int bufferBytes = config.limits().socketBufferBytes();
        DatagramIos ios = DatagramIos.of(config.io(), config.text(), environment::tell);
        DatagramIo io = config.isMulticast()
                ? ios.multicastMember(config.targets(), config.local(), config.networkInterface(), config.source(), bufferBytes)
                : ios.unicast(config.target(), bufferBytes);
        if (io.receiveBufferBytes() < bufferBytes) {
            environment.tell(new Notice.Degraded(config.text(), "the receive buffer is "
                    + io.receiveBufferBytes() + " bytes instead of " + bufferBytes
                    + "; raise net.core.rmem_max to lose less in bursts"));
        }
        return new UdpSubscriber(Feed.of(config), around.apply(io), UNRELIABLE_DEFAULT_POLICY, environment);
    }
}
