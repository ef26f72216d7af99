package io.heliograph.zmq;

import io.heliograph.ConfigException;
import io.heliograph.Publisher;
import io.heliograph.Requester;
import io.heliograph.Responder;
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
        if (WorkConfig.isMeant(address)) {
            WorkConfig config = WorkConfig.of(address, ZmqConfig.Side.BINDING);
            Optional<Announcing> announcing = Announcing.of(address, config.zmq());
            return ZmqWorkPublisher.open(config, policy.orElse(WorkConfig.DEFAULT_POLICY), environment).announced(announcing);
        }
        ZmqConfig config = fanOut(ZmqConfig.of(address, ZmqConfig.Side.BINDING));
        Optional<Announcing> announcing = Announcing.of(address, config);
        return ZmqPublisher.open(config, policy.orElse(DEFAULT_POLICY), environment).announced(announcing);
    }

    @Override
    public Subscriber subscriber(Address address, Environment environment) {
        if (WorkConfig.isMeant(address)) {
            return ZmqWorkSubscriber.open(WorkConfig.of(address, ZmqConfig.Side.CONNECTING), environment);
        }
        return ZmqSubscriber.open(fanOut(ZmqConfig.of(address, ZmqConfig.Side.CONNECTING)), environment);
    }

    @Override
    public Requester requester(Address address, Environment environment) {
        return ZmqRequester.open(RequestConfig.of(address, ZmqConfig.Side.CONNECTING), environment);
    }

    @Override
    public Responder responder(Address address, Responder.RequestHandler handler, Environment environment) {
        RequestConfig config = RequestConfig.of(address, ZmqConfig.Side.BINDING);
        Optional<Announcing> announcing = Announcing.of(address, config.zmq());
        return ZmqResponder.open(config, handler, environment).announced(announcing);
    }

    private static ZmqConfig fanOut(ZmqConfig config) {
        if (config.pattern() != ZmqPattern.FAN_OUT) {
            throw new ConfigException("pattern", config.pattern().label(), ZmqPattern.FAN_OUT.label());
        }
        return config;
    }
}
