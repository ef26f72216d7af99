package io.heliograph.testkit;

import io.heliograph.Heliograph;
import io.heliograph.Publisher;
import io.heliograph.Requester;
import io.heliograph.Responder;
import io.heliograph.Subscriber;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.spi.Environment;
import java.util.Optional;

/** A transport as the contract suites open it. By default through {@link Heliograph}, at the addresses it names. */
public interface TransportUnderTest {

    /** What it declares. */
    Capabilities capabilities();

    /** An address at which nobody is. */
    String freshAddress();

    /** Opens a publisher; {@code policy} empty for the default. */
    default Publisher publisher(String address, Optional<FlowPolicy> policy, Environment environment) {
        return Heliograph.in(environment).openPublisher(address, policy);
    }

    /** Opens a subscriber. */
    default Subscriber subscriber(String address, Environment environment) {
        return Heliograph.in(environment).openSubscriber(address);
    }

    /** Opens a requester. */
    default Requester requester(String address, Environment environment) {
        return Heliograph.in(environment).openRequester(address);
    }

    /** Opens a responder. */
    default Responder responder(String address, Responder.RequestHandler handler, Environment environment) {
        return Heliograph.in(environment).openResponder(address, handler);
    }
}
