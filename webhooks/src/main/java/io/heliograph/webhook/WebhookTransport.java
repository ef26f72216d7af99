package io.heliograph.webhook;

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

/**
 * Webhooks at {@code http://HOST[:PORT]/PATH} and {@code https://...}: each event is sent to that URL, out of memory; see
 * {@link DirectConfig} for the settings. What must outlive the process goes through an {@link Outbox}. Thread-safe.
 */
public final class WebhookTransport implements Transport {

    /** What a publisher does unless told otherwise: it keeps 10,000 events, then gives up the oldest. */
    public static final FlowPolicy DEFAULT_POLICY = FlowPolicy.buffer(Limit.DEFAULT);

    @Override
    public Set<String> schemes() {
        return Set.of("http", "https");
    }

    @Override
    public Publisher publisher(Address address, Optional<FlowPolicy> policy, Environment environment) {
        return DirectPublisher.open(DirectConfig.of(address), policy.orElse(DEFAULT_POLICY), environment);
    }

    @Override
    public Subscriber subscriber(Address address, Environment environment) {
        throw new ConfigException("address to subscribe at", Address.shown(address.scheme() + "://" + address.place()),
                "one of another transport: webhooks are received by an HTTP service, such as heliograph webhook listen");
    }
}
