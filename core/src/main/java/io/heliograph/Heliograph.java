package io.heliograph;

import io.heliograph.flow.FlowPolicy;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import io.heliograph.spi.Transport;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeSet;

/**
 * Opens publishers and subscribers by address. The transports are those on the class path; {@code local:NAME} is always
 * there.
 *
 * <p>Thread-safe. The static methods use the machine's own clocks; {@link #in} takes others. Every method throws a
 * {@link HeliographException} that names the address if it cannot be opened.
 */
public final class Heliograph {

    /**
     * The transports found on the class path. They are shared by the whole process, since a name in
     * {@code local:NAME} means the same to all of it, as a port does.
     */
    private static final Map<String, Transport> TRANSPORTS = find();

    private final Environment environment;

    private Heliograph(Environment environment) {
        this.environment = environment;
    }

    /** Opens with the given clocks, chance and listener. */
    public static Heliograph in(Environment environment) {
        return new Heliograph(environment);
    }

    /** A publisher under the transport's default policy. */
    public static Publisher publisher(String address) {
        return in(Environment.system()).openPublisher(address, Optional.empty());
    }

    /** A publisher under {@code policy}. */
    public static Publisher publisher(String address, FlowPolicy policy) {
        return in(Environment.system()).openPublisher(address, Optional.of(policy));
    }

    /** A subscriber. */
    public static Subscriber subscriber(String address) {
        return in(Environment.system()).openSubscriber(address);
    }

    /** A requester. */
    public static Requester requester(String address) {
        return in(Environment.system()).openRequester(address);
    }

    /** A responder, which answers at once. */
    public static Responder responder(String address, Responder.RequestHandler handler) {
        return in(Environment.system()).openResponder(address, handler);
    }

    /** A publisher; {@code policy} empty for the transport's default. */
    public Publisher openPublisher(String address, Optional<FlowPolicy> policy) {
        Address parsed = Address.parse(address);
        return transport(parsed, address).publisher(parsed, policy, environment);
    }

    /** A subscriber. */
    public Subscriber openSubscriber(String address) {
        Address parsed = Address.parse(address);
        return transport(parsed, address).subscriber(parsed, environment);
    }

    /** A requester. */
    public Requester openRequester(String address) {
        Address parsed = Address.parse(address);
        return transport(parsed, address).requester(parsed, environment);
    }

    /** A responder. */
    public Responder openResponder(String address, Responder.RequestHandler handler) {
        Address parsed = Address.parse(address);
        return transport(parsed, address).responder(parsed, handler, environment);
    }

    private static Transport transport(Address address, String text) {
        Transport transport = TRANSPORTS.get(address.scheme());
        if (transport == null) {
            throw new ConfigException("address", Address.shown(text), "one of the schemes on the class path: "
                    + String.join(", ", new TreeSet<>(TRANSPORTS.keySet())));
        }
        return transport;
    }

    private static Map<String, Transport> find() {
        var byScheme = new HashMap<String, Transport>();
        List<Transport> found = ServiceLoader.load(Transport.class, Heliograph.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        for (Transport transport : found) {
            transport.schemes().forEach(scheme -> byScheme.putIfAbsent(scheme, transport));
        }
        return Map.copyOf(byScheme);
    }
}
