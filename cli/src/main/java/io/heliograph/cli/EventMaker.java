package io.heliograph.cli;

import io.heliograph.AttributeValue;
import io.heliograph.ConfigException;
import io.heliograph.Event;
import io.heliograph.EventBuilder;
import io.heliograph.cloudevents.CloudEventException;
import io.heliograph.cloudevents.CloudEventJson;
import java.util.Map;

/** Makes an event of a line. */
interface EventMaker {

    /** @throws UnreadableLineException if the line is no event */
    Event make(byte[] line) throws UnreadableLineException;

    /** Whether the line is meant to be an event at all. */
    default boolean wants(byte[] line) {
        return true;
    }

    /** The line is the data, {@code text/plain}. */
    static EventMaker ofText(String topic, Map<String, AttributeValue> added) {
        return line -> with(Event.builder(topic).data(line, "text/plain"), added);
    }

    /** The line is a CloudEvent in JSON; empty lines are skipped. */
    static EventMaker ofCloudEvents(Map<String, AttributeValue> added) {
        return new EventMaker() {
            @Override
            public Event make(byte[] line) throws UnreadableLineException {
                try {
                    Event event = CloudEventJson.read(line);
                    return added.isEmpty() ? event : with(event.toBuilder(), added);
                } catch (CloudEventException | ConfigException e) {
                    throw new UnreadableLineException(String.valueOf(e.getMessage()));
                }
            }

            @Override
            public boolean wants(byte[] line) {
                for (byte b : line) {
                    if (b != ' ' && b != '\t') {
                        return true;
                    }
                }
                return false;
            }
        };
    }

    private static Event with(EventBuilder event, Map<String, AttributeValue> added) {
        added.forEach(event::attribute);
        return event.build();
    }
}
