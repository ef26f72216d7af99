package io.heliograph.webhook;

import io.heliograph.Event;
import io.heliograph.cloudevents.CloudEventJson;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * An event on its way into the outbox.
 *
 * @param event          with an id of its own or without
 * @param explicitId     the id that its publisher gave it
 * @param content        as it is stored and sent; not to be changed
 * @param idempotencyKey what its publisher says is the same for repetitions
 * @param verdicts       which queries it matches
 */
record Submission(String tenant, Event event, Optional<String> explicitId, MessageId message, byte[] content,
        Optional<String> idempotencyKey, Verdicts verdicts) {

    static Submission of(String tenant, Event event, MessageId message, Optional<String> idempotencyKey) {
        return new Submission(tenant, event, event.id(), message,
                CloudEventJson.write(event, message.text()).getBytes(StandardCharsets.UTF_8), idempotencyKey, new Verdicts(event));
    }

    /** One that lay in the inlet. */
    static Submission read(String tenant, String message, Optional<String> explicitId, byte[] content) {
        Event event = CloudEventJson.read(content);
        return new Submission(tenant, event, explicitId, new MessageId(message), content, Optional.empty(), new Verdicts(event));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Submission that && message.equals(that.message);
    }

    @Override
    public int hashCode() {
        return message.hashCode();
    }
}
