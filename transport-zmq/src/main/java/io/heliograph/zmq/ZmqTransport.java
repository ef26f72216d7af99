package io.heliograph.zmq;

import io.heliograph.ConfigException;
import io.heliograph.Publisher;
import io.heliograph.Subscriber;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import io.heliograph.spi.Transport;
import java.util.Optional;
import java.util.Set;

/** ZeroMQ at {@code zmq://HOST:PORT} and {@code zmq+inproc://NAME}; see {@link ZmqConfig} for the settings. Thread-safe. */
public final class ZmqTransport implements Transport {

    /** What a publisher does unless told otherwise: it gives up the oldest. */
    public static final FlowPolicy DEFAULT_POLICY = FlowPolicy.dropOldest(Limit.DEFAULT);

    @Override
    public Set<String> schemes() {
        return Set.of("zmq", ZmqConfig.IN_PROCESS_SCHEME);
    }

    @Override
    public Publisher publisher(Address address, Optional<FlowPolicy> policy, Environment environment) {
        throw notBuilt(ZmqConfig.of(address, ZmqConfig.Side.BINDING));
    }

    @Override
    public Subscriber subscriber(Address address, Environment environment) {
        throw notBuilt(ZmqConfig.of(address, ZmqConfig.Side.CONNECTING));
    }

    private static ConfigException notBuilt(ZmqConfig config) {
        return new ConfigException("pattern", config.pattern().label(), "none in this version");
    }
}
