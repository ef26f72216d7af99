package io.heliograph;

import io.heliograph.flow.FlowPolicy;
import java.util.Optional;

/**
 * What a subscription asks for.
 *
 * @param filter which topics
 * @param policy a policy weaker than the publisher's ({@code BackPressure > Buffer > Drop}); empty for the publisher's own
 */
public record Interest(TopicFilter filter, Optional<FlowPolicy> policy) {

    /** Everything at the address, under the publisher's policy. */
    public static Interest inAll() {
        return in(TopicFilter.ALL);
    }

    /** Events of matching topics, under the publisher's policy. */
    public static Interest in(TopicFilter filter) {
        return new Interest(filter, Optional.empty());
    }

    /** The same interest under {@code weaker}. */
    public Interest withPolicy(FlowPolicy weaker) {
        return new Interest(filter, Optional.of(weaker));
    }
}
