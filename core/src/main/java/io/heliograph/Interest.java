package io.heliograph;

import io.heliograph.flow.FlowPolicy;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a subscription asks for.
 *
 * @param filter    which topics
 * @param policy    a policy weaker than the publisher's ({@code BackPressure > Buffer > Drop}); empty for the publisher's own
 * @param condition which events of these topics, by all that is in them; empty for all. It is asked where the handler runs,
 *                  before the handler; what it does not want is counted as filtered, what it throws is a failure of the handler's
 */
public record Interest(TopicFilter filter, Optional<FlowPolicy> policy, Optional<Predicate<Event>> condition) {

    /** All events of matching topics. */
    public Interest(TopicFilter filter, Optional<FlowPolicy> policy) {
        this(filter, policy, Optional.empty());
    }

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
        return new Interest(filter, Optional.of(weaker), condition);
    }

    /** The same interest in those events that also meet {@code further}; it must be thread-safe. */
    public Interest where(Predicate<Event> further) {
        return new Interest(filter, policy, Optional.of(condition.map(known -> known.and(further)).orElse(further)));
    }

    /**
     * For what can hand out events by their topics alone.
     *
     * @param what a kind of subscription, for the message
     * @throws ConfigException if there is a condition
     */
    public void requireNoCondition(String what) {
        if (condition.isPresent()) {
            throw new ConfigException("interest of " + what, "a condition on events", "a topic filter alone");
        }
    }
}
