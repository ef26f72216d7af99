package io.heliograph.zmq;

import io.heliograph.Event;
import io.heliograph.EventBuilder;
import io.heliograph.Session;
import io.heliograph.Topic;
import io.heliograph.cloudevents.CloudEventException;
import io.heliograph.cloudevents.CloudEventJson;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Intake;
import io.heliograph.flow.Limit;
import io.heliograph.spi.Environment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * Follows what foreign publishers send: each message that arrives is one event. They have neither sessions nor sequences, so
 * each connection is a session made up here, whose events are numbered as they arrive; what ZeroMQ dropped on the way is
 * not seen. Guarded by the subscriber's lock.
 */
final class PlainReader {

    /** Of messages that have one frame only. */
    private static final String DEFAULT_TOPIC = "events";
    /** Any policy that a subscription asks for is allowed: no publisher's stands above it. */
    private static final FlowPolicy ANY = FlowPolicy.backPressure(Limit.DEFAULT, Duration.ofDays(1));

    private final Subscriptions subscriptions;
    private final ZmqCounters.Tally tally;
    private final Environment environment;
    private Optional<Outlets> outlets = Optional.empty();
    private Optional<Event> held = Optional.empty();
    private int joinedVersion;
    private long next;
    private Topic lastTopic = new Topic(DEFAULT_TOPIC);

    PlainReader(Subscriptions subscriptions, ZmqCounters.Tally tally, Environment environment) {
        this.subscriptions = subscriptions;
        this.tally = tally;
        this.environment = environment;
    }

    /** Subscriptions that are new begin with the next event. */
    void join() {
        if (outlets.isEmpty()) {
            outlets = Optional.of(new Outlets(Session.start(environment.wallClock().epochNanos(), environment.random())));
            next = 0;
            joinedVersion = 0;
        }
        for (Subscriptions.Opened one : subscriptions.all()) {
            if (one.version() > joinedVersion) {
                FlowPolicy ceiling = one.interest().policy().isPresent() ? ANY : ZmqTransport.DEFAULT_POLICY;
                outlets.get().join(one.intake(), one.direct(), next, Optional.of(ceiling));
            }
        }
        joinedVersion = subscriptions.version();
    }

    void remove(Intake intake) {
        outlets.ifPresent(some -> some.remove(intake));
    }

    /** Whether more can be taken. */
    boolean isReady() {
        if (held.isPresent() && outlets.isPresent()) {
            hand(held.get());
        }
        return held.isEmpty();
    }

    /** Whether an event waits for room. */
    boolean isWaitedFor() {
        return held.isPresent();
    }

    /** A message has arrived. */
    void take(PlainInlet.Parts parts) {
        Optional<Event> event = read(parts);
        if (event.isEmpty()) {
            tally.malformed(parts.count() > 3 ? MalformedMessage.SEVERAL_PARTS : MalformedMessage.BAD_TEXT);
        } else if (outlets.isPresent()) {
            tally.received(parts.first().length + parts.second().length + parts.third().length);
            hand(event.get());
        }
    }

    private void hand(Event event) {
        if (!outlets.orElseThrow().hasRoom(ANY, event.size())) {
            held = Optional.of(event);
            return;
        }
        held = Optional.empty();
        long nowEpochNanos = environment.wallClock().epochNanos();
        outlets.get().hand(event, next, nowEpochNanos, nowEpochNanos, ANY);
        next++;
    }

    private Optional<Event> read(PlainInlet.Parts parts) {
        return switch (parts.count()) {
            case 1 -> Optional.of(Event.of(DEFAULT_TOPIC, parts.first()));
            case 2 -> topic(parts.first()).map(topic -> Event.builder(topic).data(parts.second()).build());
            case 3 -> topic(parts.first()).flatMap(topic -> withHeader(topic, parts));
            default -> Optional.empty();
        };
    }

    private Optional<Topic> topic(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (!text.equals(lastTopic.name())) {
            if (!Topic.isValid(text)) {
                return Optional.empty();
            }
            lastTopic = new Topic(text);
        }
        return Optional.of(lastTopic);
    }

    private static Optional<Event> withHeader(Topic topic, PlainInlet.Parts parts) {
        try {
            Event header = CloudEventJson.read(parts.third());
            EventBuilder event = header.toBuilder();
            event.data(parts.second());
            header.contentType().ifPresent(event::contentType);
            return header.topic().equals(topic.name()) ? Optional.of(event.build()) : Optional.empty();
        } catch (CloudEventException e) {
            return Optional.empty();
        }
    }

    /** The connection is gone, or nobody here listens any more. */
    void leaveSession() {
        outlets.ifPresent(some -> {
            some.tellTailUnknown();
            some.retire();
        });
        outlets = Optional.empty();
        held = Optional.empty();
    }
}
