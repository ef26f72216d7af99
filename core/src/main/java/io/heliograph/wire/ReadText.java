package io.heliograph.wire;

import io.heliograph.AttributeValue;
import io.heliograph.ConfigException;
import io.heliograph.Topic;
import java.util.Optional;

/** A text that was read, and what it may serve as: checked when it is made, so that one that comes again is not. */
final class ReadText {

    final String value;
    /** The text, if an event may hold it. */
    final Optional<AttributeValue.Text> allowed;
    /** The text as a topic, if it is one. */
    final Optional<Topic> topic;
    private final Optional<ReadText> self = Optional.of(this);

    ReadText(String value) {
        this.value = value;
        this.allowed = check(value);
        this.topic = Topic.isValid(value) ? Optional.of(new Topic(value)) : Optional.empty();
    }

    Optional<ReadText> itself() {
        return self;
    }

    private static Optional<AttributeValue.Text> check(String value) {
        try {
            return Optional.of(new AttributeValue.Text(value));
        } catch (ConfigException e) {
            return Optional.empty();
        }
    }
}
