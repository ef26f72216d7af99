package io.heliograph.zmq;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.EventBuilder;
import io.heliograph.Position;
import io.heliograph.Topic;
import io.heliograph.cloudevents.CloudEventException;
import io.heliograph.cloudevents.CloudEventJson;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Events as the frames that foreign peers speak: topic, data, and a header where that is wanted. Stateless. */
final class PlainEvents {

    /** Of messages that have one frame only. */
    private static final String DEFAULT_TOPIC = "events";
    private static final byte[] NO_HEADER = {};

    private PlainEvents() {
    }

    static PlainMessage write(Event event) {
        byte[] data = new byte[event.dataLength()];
        event.putData(ByteBuffer.wrap(data));
        return new PlainMessage(event.topic().getBytes(StandardCharsets.US_ASCII), data, NO_HEADER, event.size());
    }

    /** The same with a third frame: all but the data, as a CloudEvent. */
    static PlainMessage write(Event event, Position position, long sentEpochNanos) {
        PlainMessage bare = write(event);
        EventBuilder header = event.toBuilder().data(new byte[0]);
        event.contentType().ifPresent(header::contentType);
        var delivery = new Delivery(header.build(), position, sentEpochNanos, sentEpochNanos);
        return new PlainMessage(bare.topic(), bare.data(), CloudEventJson.write(delivery).getBytes(StandardCharsets.UTF_8), bare.size());
    }

    /** The event that a message is; empty if it is none. */
    static Optional<Event> read(PlainInlet.Parts parts) {
        return switch (parts.count()) {
            case 1 -> Optional.of(Event.of(DEFAULT_TOPIC, parts.first()));
            case 2 -> topic(parts.first()).map(topic -> Event.of(topic, parts.second()));
            case 3 -> topic(parts.first()).flatMap(topic -> withHeader(topic, parts));
            default -> Optional.empty();
        };
    }

    private static Optional<String> topic(byte[] bytes) {
        return Optional.of(new String(bytes, StandardCharsets.ISO_8859_1)).filter(Topic::isValid);
    }

    private static Optional<Event> withHeader(String topic, PlainInlet.Parts parts) {
        try {
            Event header = CloudEventJson.read(parts.third());
            EventBuilder event = header.toBuilder().data(parts.second());
            header.contentType().ifPresent(event::contentType);
            return header.topic().equals(topic) ? Optional.of(event.build()) : Optional.empty();
        } catch (CloudEventException e) {
            return Optional.empty();
        }
    }
}
