package io.heliograph.server;

import io.heliograph.Event;
import io.heliograph.PublishResult;
import io.heliograph.alert.Alerts;
import io.heliograph.cloudevents.CloudEventException;
import io.heliograph.webhook.BatchPublication;
import io.heliograph.webhook.CloudEventHttp;
import io.heliograph.webhook.EventTrace;
import io.heliograph.webhook.Outbox;
import io.heliograph.webhook.Publication;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The routes of events. A batch is taken whole or not at all. Thread-safe. */
final class EventRoutes {

    /** The most events of one batch. */
    static final int MAX_BATCH = 1_000;

    /** The longest idempotency key. */
    static final int MAX_KEY_LENGTH = 255;

    private static final int MOST_ATTEMPTS = 1_000;
    private static final int MOST_ALERTS = 1_000;
    private static final String RESERVED = "heliograph.";

    private final Outbox outbox;
    private final Alerts alerts;
    private final HttpPublishers publishers;
    private final int maxEventBytes;

    EventRoutes(Outbox outbox, Alerts alerts, HttpPublishers publishers, int maxEventBytes) {
        this.outbox = outbox;
        this.alerts = alerts;
        this.publishers = publishers;
        this.maxEventBytes = maxEventBytes;
    }

    List<Route> routes() {
        return List.of(
                new Route(Verb.POST, "/v1/events", this::publish),
                new Route(Verb.GET, "/v1/events/{id}", this::trace));
    }

    private Answer publish(Call call) {
        Optional<String> key = call.header("Idempotency-Key");
        key.ifPresent(EventRoutes::requireKey);
        requirePlain(call);
        String type = call.header("Content-Type").map(MediaTypes::essence).orElse("");
        try {
            return type.equals(CloudEventHttp.BATCH_TYPE) ? batch(call, key) : single(call, type, key);
        } catch (CloudEventException e) {
            throw new Problem(400, "bad-event", String.valueOf(e.getMessage())).at(e.pointer());
        }
    }

    private static void requireKey(String key) {
        if (key.isEmpty() || key.length() > MAX_KEY_LENGTH || !key.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            throw new Problem(400, "bad-idempotency-key", "Idempotency-Key of " + key.length() + " characters: allowed is 1 to "
                    + MAX_KEY_LENGTH + " printable ASCII characters");
        }
    }

    private static void requirePlain(Call call) {
        if (call.header("Content-Encoding").filter(coding -> !coding.equalsIgnoreCase("identity")).isPresent()) {
            throw new Problem(415, "content-encoding", "the body is compressed: allowed is a plain one, without Content-Encoding");
        }
    }

    private Answer single(Call call, String type, Optional<String> key) {
        if (!type.equals(CloudEventHttp.STRUCTURED_TYPE) && call.header("ce-specversion").isEmpty()) {
            throw new Problem(415, "media-type", "Content-Type '" + type.substring(0, Math.min(120, type.length())) + "': allowed is "
                    + CloudEventHttp.STRUCTURED_TYPE + ", " + CloudEventHttp.BATCH_TYPE + ", or any with the fields ce-specversion: 1.0,"
                    + " ce-id, ce-source and ce-type");
        }
        Event event = CloudEventHttp.read(call.headers(), call.body());
        requireOwnTopic(event, "");
        Publication publication = Replies.await(outbox.publish(call.tenant(), event, key));
        publishers.count(call.tenant(), publication.result(), 1);
        if (publication.result() != PublishResult.ACCEPTED) {
            throw refusal(publication, event);
        }
        ObjectNode json = accepted(publication);
        return Replies.json(202, json).withHeader("Location", "/v1/events/" + json.get("webhook_id").stringValue());
    }

    private Answer batch(Call call, Optional<String> key) {
        List<Event> events = CloudEventHttp.readBatch(call.body(), MAX_BATCH);
        for (int i = 0; i < events.size(); i++) {
            requireOwnTopic(events.get(i), "/" + i);
        }
        BatchPublication batch = Replies.await(outbox.publishAll(call.tenant(), events, key));
        publishers.count(call.tenant(), batch.result(), events.size());
        if (batch.culprit().isPresent()) {
            int culprit = batch.culprit().getAsInt();
            throw refusal(batch.publications().getFirst(), events.get(culprit)).at("/" + culprit);
        }
        ObjectNode json = EndpointWriter.object();
        ArrayNode all = json.putArray("events");
        for (int i = 0; i < events.size(); i++) {
            all.add(accepted(batch.publications().get(i)));
        }
        return Replies.json(202, json);
    }

    private static void requireOwnTopic(Event event, String pointer) {
        if (event.topic().startsWith(RESERVED)) {
            throw new Problem(400, "reserved-topic", "type '" + event.topic() + "': allowed is any that does not begin with "
                    + RESERVED).at(pointer + "/type");
        }
    }

    private Problem refusal(Publication refused, Event event) {
        if (event.size() > maxEventBytes) {
            return new Problem(413, "too-large", "the event has " + event.size() + " bytes: allowed are " + maxEventBytes
                    + " (max-event in the file of settings)");
        }
        return switch (refused.result()) {
            case TOO_LARGE -> new Problem(413, "too-large", refused.detail());
            case CLOSED -> new Problem(503, "closed", refused.detail());
            case DROPPED -> new Problem(429, "dropped", refused.detail()).withHeader("Retry-After", "1");
            case ACCEPTED, BACK_PRESSURED, NOT_CONNECTED -> Replies.later(refused.detail());
        };
    }

    private static ObjectNode accepted(Publication publication) {
        String message = publication.receipt().orElseThrow().id();
        return EndpointWriter.object().put("id", publication.eventId().orElse(message)).put("webhook_id", message)
                .put("novelty", publication.novelty().name().toLowerCase(Locale.ROOT));
    }

    private Answer trace(Call call) {
        EventTrace trace = outbox.trace(call.tenant(), call.path("id"), call.query("source")).orElseThrow(
                () -> new Problem(404, "no-event", "there is no event of this id or webhook-id, or it is no longer kept"));
        ObjectNode json = EndpointWriter.write(trace, outbox.attempts(trace.message(), MOST_ATTEMPTS));
        alerts.ofEvent(call.tenant(), trace.message().text(), MOST_ALERTS).ifPresent(led -> SearchWriter.write(led, json));
        return Replies.json(200, json);
    }
}
