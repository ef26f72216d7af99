package io.heliograph.zmq;

import io.heliograph.AttributeValue;
import io.heliograph.Event;
import io.heliograph.Position;
import io.heliograph.wire.FrameDecoder;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * What nobody acknowledged, as events to be published anew. Each says where it comes from in attributes:
 *
 * <pre>
 * deadtopic       its topic
 * deadposition    its place, session-sequence
 * deadgroup       whose dead letter it is
 * deadreason      what became of the last delivery
 * deaddeliveries  how often it was handed out
 * </pre>
 *
 * <p>A dead letter that becomes one itself is not published once more. Guarded by the publisher's lock; holds as many as one
 * turn of the sockets' thread makes.
 */
final class DeadLetters {

    static final String TOPIC = "deadtopic";
    static final String POSITION = "deadposition";
    static final String GROUP = "deadgroup";
    static final String REASON = "deadreason";
    static final String DELIVERIES = "deaddeliveries";

    private final Optional<String> topic;
    private final FrameDecoder decoder = new FrameDecoder();
    private final ArrayDeque<Event> waiting = new ArrayDeque<>();

    /** @param topic on which they are published; empty if they are not */
    DeadLetters(Optional<String> topic) {
        this.topic = topic;
    }

    void add(String group, Position position, Task task, String why) {
        if (topic.isEmpty()) {
            return;
        }
        Event dead = task.parcel.event(decoder);
        if (dead.attributes().containsKey(TOPIC)) {
            return;
        }
        var letter = Event.builder(topic.get()).dataFrom(dead.data()).source(dead.source());
        dead.contentType().ifPresent(letter::contentType);
        dead.subject().ifPresent(letter::subject);
        dead.attributes().forEach(letter::attribute);
        dead.time().ifPresent(letter::time);
        waiting.addLast(letter.attribute(TOPIC, dead.topic()).attribute(POSITION, position.toString())
                .attribute(GROUP, group).attribute(REASON, why)
                .attribute(DELIVERIES, new AttributeValue.Int(task.deliveries)).build());
    }

    /** The next one to be published. */
    Optional<Event> poll() {
        return Optional.ofNullable(waiting.pollFirst());
    }
}
