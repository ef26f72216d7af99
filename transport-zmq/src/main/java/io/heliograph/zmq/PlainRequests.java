package io.heliograph.zmq;

import io.heliograph.Event;
import io.heliograph.EventBuilder;
import io.heliograph.RequestException;
import io.heliograph.Topic;
import io.heliograph.cloudevents.CloudEventException;
import io.heliograph.cloudevents.CloudEventJson;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Events as foreign requesters and responders send them: the frames behind ZeroMQ's envelope. Stateless and thread-safe.
 *
 * <pre>
 * data                          on the topic {@code events}
 * topic | data
 * topic | data | header         what else the event carries, as JSON
 * ""    | kind | message        in place of an answer: why there is none
 * </pre>
 */
final class PlainRequests {

    /** The most frames. */
    static final int MOST_FRAMES = 3;

    private static final String DEFAULT_TOPIC = "events";
    private static final byte[] NOTHING = {};

    private PlainRequests() {
    }

    /** The frames of an event, one to three of them. */
    static List<byte[]> frames(Event event, int count, String id) {
        byte[] data = new byte[event.dataLength()];
        event.putData(ByteBuffer.wrap(data));
        byte[] topic = event.topic().getBytes(StandardCharsets.US_ASCII);
        return switch (count) {
            case 1 -> List.of(data);
            case 2 -> List.of(topic, data);
            default -> List.of(topic, data, header(event, id));
        };
    }

    private static byte[] header(Event event, String id) {
        EventBuilder bare = event.toBuilder().data(NOTHING);
        event.contentType().ifPresent(bare::contentType);
        return CloudEventJson.write(bare.build(), id).getBytes(StandardCharsets.UTF_8);
    }

    /** The event in {@code frames}, if that is what they are. */
    static Optional<Event> event(List<byte[]> frames) {
        return switch (frames.size()) {
            case 1 -> Optional.of(Event.of(DEFAULT_TOPIC, frames.getFirst()));
            case 2 -> topic(frames.getFirst()).map(topic -> Event.builder(topic).data(frames.get(1)).build());
            case MOST_FRAMES -> topic(frames.getFirst()).flatMap(topic -> withHeader(topic, frames.get(1), frames.get(2)));
            default -> Optional.empty();
        };
    }

    private static Optional<Topic> topic(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        return Topic.isValid(text) ? Optional.of(new Topic(text)) : Optional.empty();
    }

    private static Optional<Event> withHeader(Topic topic, byte[] data, byte[] header) {
        try {
            Event bare = CloudEventJson.read(header);
            EventBuilder event = bare.toBuilder().data(data);
            bare.contentType().ifPresent(event::contentType);
            return bare.topic().equals(topic.name()) ? Optional.of(event.build()) : Optional.empty();
        } catch (CloudEventException e) {
            return Optional.empty();
        }
    }

    /** The frames that tell of a failure. */
    static List<byte[]> failure(RequestException.Cause kind, String text) {
        return List.of(NOTHING, kind.name().getBytes(StandardCharsets.US_ASCII), text.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether {@code frames} tell of a failure. */
    static boolean isFailure(List<byte[]> frames) {
        return frames.size() == MOST_FRAMES && frames.getFirst().length == 0;
    }

    /** Of a failure: its kind; one that is not known is the responder's own. */
    static RequestException.Cause kind(List<byte[]> frames) {
        String name = new String(frames.get(1), StandardCharsets.ISO_8859_1);
        for (RequestException.Cause kind : RequestException.Cause.values()) {
            if (kind.name().equals(name)) {
                return kind;
            }
        }
        return RequestException.Cause.RESPONDER_FAILED;
    }
}
