package io.heliograph.webhook;

import io.heliograph.ConfigException;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What an endpoint's owner says of it. Immutable; shows no key.
 *
 * @param target  where requests go
 * @param topics  which events it wants, 1 to {@value #MAX_TOPICS} filters
 * @param query   of these, only those that match it, in the language of the outbox's {@link Conditions}
 * @param keys    what signs
 * @param group   endpoints of one group get each event once, between them
 * @param policy  what happens when its queue is full
 * @param limits  how much it is given at a time
 * @param batch   how many events may go out in one request, 1 to {@value #MAX_BATCH}; empty for each by itself. A batch of one is a batch
 * @param mode    where the event stands in the request
 * @param headers fields that its owner wants on each request
 * @param timeout how long one attempt may take
 * @param retry   when a failed delivery is tried again
 * @param origin  the sender's name that its receiver agreed to in a {@link Handshake}; goes out with each request
 */
public record EndpointSpec(TargetUrl target, List<TopicFilter> topics, Optional<String> query, KeyRing keys, Optional<String> group,
        FlowPolicy policy, EndpointLimits limits, OptionalInt batch, ContentMode mode, CustomHeaders headers, Duration timeout,
        RetrySchedule retry, Optional<String> origin) {

    /** The most topic filters. */
    public static final int MAX_TOPICS = 64;

    /** The longest query. */
    public static final int MAX_QUERY_LENGTH = 8_192;

    /** The most events in one request. */
    public static final int MAX_BATCH = 1_000;

    /** The longest name of a group. */
    public static final int MAX_GROUP_LENGTH = 128;

    /** A million events and 1 GiB, then the oldest are given up. */
    public static final FlowPolicy DEFAULT_POLICY = FlowPolicy.buffer(new Limit(1_000_000, 1L << 30));

    /** @throws ConfigException if a value is out of its bounds, or a group is to be ordered */
    public EndpointSpec {
        topics = List.copyOf(topics);
        if (topics.isEmpty() || topics.size() > MAX_TOPICS) {
            throw new ConfigException("topics", topics.size(), "1 to " + MAX_TOPICS + " filters");
        }
        if (query.filter(text -> text.isBlank() || text.length() > MAX_QUERY_LENGTH).isPresent()) {
            throw new ConfigException("query", "one of " + query.get().length() + " characters", "1 to " + MAX_QUERY_LENGTH);
        }
        if (batch.isPresent() && (batch.getAsInt() < 1 || batch.getAsInt() > MAX_BATCH)) {
            throw new ConfigException("batch", batch.getAsInt(), "1 to " + MAX_BATCH);
        }
        if (batch.isPresent() && mode != ContentMode.STRUCTURED) {
            throw new ConfigException("mode", mode, "structured, since a batch is JSON");
        }
        WebhookRequest.requireTimeout(timeout);
        origin.ifPresent(Handshake::of);
        if (group.filter(name -> name.isBlank() || name.length() > MAX_GROUP_LENGTH).isPresent()) {
            throw new ConfigException("group", group.get(), "1 to " + MAX_GROUP_LENGTH + " characters");
        }
        if (group.isPresent() && limits.ordering() != Ordering.NONE) {
            throw new ConfigException("ordered", limits.ordering(), "none within a group: a member that fails hands its events on");
        }
    }

    /** One with every default, for all topics. */
    public static EndpointSpec of(TargetUrl target, KeyRing keys) {
        return new EndpointSpec(target, List.of(TopicFilter.ALL), Optional.empty(), keys, Optional.empty(), DEFAULT_POLICY,
                EndpointLimits.defaults(), OptionalInt.empty(), ContentMode.STRUCTURED, CustomHeaders.NONE,
                WebhookRequest.DEFAULT_TIMEOUT, RetrySchedule.defaults(), Optional.empty());
    }

    /** The same at another place. */
    public EndpointSpec withTarget(TargetUrl other) {
        return new EndpointSpec(other, topics, query, keys, group, policy, limits, batch, mode, headers, timeout, retry, origin);
    }

    /** The same for these topics. */
    public EndpointSpec withTopics(List<TopicFilter> others) {
        return new EndpointSpec(target, others, query, keys, group, policy, limits, batch, mode, headers, timeout, retry, origin);
    }

    /** The same for those events alone that match a query, or for all of its topics. */
    public EndpointSpec withQuery(Optional<String> other) {
        return new EndpointSpec(target, topics, other, keys, group, policy, limits, batch, mode, headers, timeout, retry, origin);
    }

    /** The same with other keys. */
    public EndpointSpec withKeys(KeyRing others) {
        return new EndpointSpec(target, topics, query, others, group, policy, limits, batch, mode, headers, timeout, retry, origin);
    }

    /** The same in a group. */
    public EndpointSpec withGroup(String name) {
        return new EndpointSpec(target, topics, query, keys, Optional.of(name), policy, limits, batch, mode, headers, timeout, retry,
                origin);
    }

    /** The same under another policy. */
    public EndpointSpec withPolicy(FlowPolicy other) {
        return new EndpointSpec(target, topics, query, keys, group, other, limits, batch, mode, headers, timeout, retry, origin);
    }

    /** The same with other limits. */
    public EndpointSpec withLimits(EndpointLimits others) {
        return new EndpointSpec(target, topics, query, keys, group, policy, others, batch, mode, headers, timeout, retry, origin);
    }

    /** The same with so many events in one request, or each by itself. */
    public EndpointSpec withBatch(OptionalInt other) {
        return new EndpointSpec(target, topics, query, keys, group, policy, limits, other, mode, headers, timeout, retry, origin);
    }

    /** The same in another mode. */
    public EndpointSpec withMode(ContentMode other) {
        return new EndpointSpec(target, topics, query, keys, group, policy, limits, batch, other, headers, timeout, retry, origin);
    }

    /** The same with other fields. */
    public EndpointSpec withHeaders(CustomHeaders others) {
        return new EndpointSpec(target, topics, query, keys, group, policy, limits, batch, mode, others, timeout, retry, origin);
    }

    /** The same with another time for one attempt. */
    public EndpointSpec withTimeout(Duration other) {
        return new EndpointSpec(target, topics, query, keys, group, policy, limits, batch, mode, headers, other, retry, origin);
    }

    /** The same with another schedule. */
    public EndpointSpec withRetry(RetrySchedule other) {
        return new EndpointSpec(target, topics, query, keys, group, policy, limits, batch, mode, headers, timeout, other, origin);
    }

    /** The same for a receiver that agreed to the sender of that name, or is still to agree. */
    public EndpointSpec withOrigin(String name) {
        return new EndpointSpec(target, topics, query, keys, group, policy, limits, batch, mode, headers, timeout, retry,
                Optional.of(name));
    }

    /** Whether it wants events of this topic. */
    boolean wants(String topic) {
        for (TopicFilter filter : topics) {
            if (filter.matches(topic)) {
                return true;
            }
        }
        return false;
    }

    /** What the events that wait for each other have in common; empty for one that waits for none. */
    Optional<String> orderKey(Optional<String> eventKey) {
        return switch (limits.ordering()) {
            case NONE -> Optional.empty();
            case KEY -> eventKey;
            case ENDPOINT -> Optional.of("");
        };
    }
}
