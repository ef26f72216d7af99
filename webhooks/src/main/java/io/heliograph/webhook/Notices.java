package io.heliograph.webhook;

import io.heliograph.Event;
import io.heliograph.Notice;
import io.heliograph.PublishResult;
import io.heliograph.spi.Environment;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** Tells that an endpoint fails, works again or was disabled: to the listener, and as an event of its tenant. Stateless. */
final class Notices {

    private static final String TOPIC = "heliograph.endpoint.";

    private Notices() {
    }

    /** Waits for the disk; what of it the tenant is not told, the listener is. */
    static void tell(Outbox outbox, Environment environment, Endpoint endpoint, EndpointHealth.Change change) {
        String word = switch (change) {
            case NONE -> "";
            case FAILING -> "failing";
            case DISABLED -> "disabled";
            case RECOVERED -> "recovered";
        };
        if (word.isEmpty()) {
            return;
        }
        String what = "endpoint " + endpoint.id() + " is " + word + (endpoint.reason().isEmpty() ? "" : ": " + endpoint.reason());
        environment.tell(new Notice.Degraded(endpoint.spec().target().toString(), what));
        String json = "{\"endpoint\":\"" + endpoint.id() + "\",\"state\":\"" + endpoint.state().label() + "\",\"failures\":"
                + endpoint.health().failuresInARow() + "}";
        Event event = Event.builder(TOPIC + word).subject(endpoint.id())
                .data(json.getBytes(StandardCharsets.UTF_8), "application/json").build();
        String why;
        try {
            Publication publication = outbox.publish(endpoint.tenant(), event, Optional.empty()).join();
            why = publication.result() == PublishResult.ACCEPTED ? "" : publication.result() + " " + publication.detail();
        } catch (CompletionException e) {
            why = String.valueOf(e.getCause());
        }
        if (!why.isEmpty()) {
            environment.tell(new Notice.Degraded(endpoint.spec().target().toString(),
                    "the event that tells it to tenant " + endpoint.tenant() + " was not stored: " + why));
        }
    }
}
