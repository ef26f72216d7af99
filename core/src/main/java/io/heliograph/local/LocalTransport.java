package io.heliograph.local;

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
import java.util.concurrent.ConcurrentHashMap;

/**
 * In-process delivery at {@code local:NAME}. Publishers and subscribers of one name meet in whatever order they open; a
 * name is forgotten when the last of them closes. Thread-safe.
 */
public final class LocalTransport implements Transport {

    private static final int MAX_NAME_LENGTH = 255;

    private final ConcurrentHashMap<String, Channel> channels = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, LocalResponder> responders = new ConcurrentHashMap<>();

    @Override
    public Set<String> schemes() {
        return Set.of("local");
    }

    @Override
    public Publisher publisher(Address address, Optional<FlowPolicy> policy, Environment environment) {
        FlowPolicy inForce = requirePossible(policy.orElseGet(
                () -> FlowPolicy.backPressure(Limit.DEFAULT, FlowPolicy.BackPressure.DEFAULT_MAX_WAIT)));
        return new LocalPublisher(enter(name(address)), inForce, environment);
    }

    @Override
    public Subscriber subscriber(Address address, Environment environment) {
        String name = name(address);
        return new LocalSubscriber(name, enter(name), environment);
    }

    @Override
    public Requester requester(Address address, Environment environment) {
        return new LocalRequester(name(address), responders, environment);
    }

    @Override
    public Responder responder(Address address, Responder.RequestHandler handler, Environment environment) {
        String name = name(address);
        var responder = new LocalResponder(handler, self -> responders.remove(name, self));
        if (responders.putIfAbsent(name, responder) != null) {
            throw new ConfigException("address", "local:" + name, "a name at which nobody responds yet");
        }
        return responder;
    }

    /** @throws ConfigException for a variant that needs a disk */
    static FlowPolicy requirePossible(FlowPolicy policy) {
        if (policy instanceof FlowPolicy.Buffer buffer && buffer.spill().isPresent()) {
            throw new ConfigException("policy", policy.text(), "a policy without spill: local addresses have no journal");
        }
        return policy;
    }

    private Channel enter(String name) {
        return channels.compute(name, (n, known) -> {
            Channel channel = known == null ? new Channel(this, n) : known;
            channel.enter();
            return channel;
        });
    }

    void leave(String name) {
        channels.computeIfPresent(name, (n, channel) -> channel.leave() ? null : channel);
    }

    private static String name(Address address) {
        address.requireSettings();
        boolean valid = address.place().length() <= MAX_NAME_LENGTH
                && address.place().chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (!valid) {
            throw new ConfigException("name of a local address", address.place(),
                    "1 to " + MAX_NAME_LENGTH + " printable ASCII characters");
        }
        return address.place();
    }
}
