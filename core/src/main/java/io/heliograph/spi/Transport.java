package io.heliograph.spi;

import io.heliograph.ConfigException;
import io.heliograph.Publisher;
import io.heliograph.Requester;
import io.heliograph.Responder;
import io.heliograph.Subscriber;
import io.heliograph.flow.FlowPolicy;
import java.util.Optional;
import java.util.Set;

/**
 * Carries events at the addresses of some schemes. Found by {@link java.util.ServiceLoader}.
 *
 * <p>Thread-safe. A transport that cannot do a policy's variant, or a port, says so when it is opened.
 */
public interface Transport {

    /** The address schemes it serves. */
    Set<String> schemes();

    /**
     * Opens a publisher.
     *
     * @param policy empty for the transport's default
     * @throws io.heliograph.HeliographException if it cannot be opened
     */
    Publisher publisher(Address address, Optional<FlowPolicy> policy, Environment environment);

    /**
     * Opens a subscriber.
     *
     * @throws io.heliograph.HeliographException if it cannot be opened
     */
    Subscriber subscriber(Address address, Environment environment);

    /**
     * Opens a requester.
     *
     * @throws io.heliograph.HeliographException if it cannot be opened
     */
    default Requester requester(Address address, Environment environment) {
        throw noRequests(address);
    }

    /**
     * Opens a responder.
     *
     * @throws io.heliograph.HeliographException if it cannot be opened
     */
    default Responder responder(Address address, Responder.RequestHandler handler, Environment environment) {
        throw noRequests(address);
    }

    private static ConfigException noRequests(Address address) {
        return new ConfigException("address for requests", address,
                "one of a transport that carries requests, such as local:NAME");
    }
}
