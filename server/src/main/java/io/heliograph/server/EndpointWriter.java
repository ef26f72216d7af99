package io.heliograph.server;

import io.heliograph.TopicFilter;
import io.heliograph.webhook.Attempt;
import io.heliograph.webhook.Endpoint;
import io.heliograph.webhook.EndpointSpec;
import io.heliograph.webhook.EndpointSums;
import io.heliograph.webhook.EventTrace;
import io.heliograph.webhook.HttpHeader;
import io.heliograph.webhook.KeyRing;
import io.heliograph.webhook.MessageId;
import io.heliograph.webhook.SignatureVersion;
import io.heliograph.webhook.SigningKey;
import io.heliograph.webhook.VerifyingKey;
import io.heliograph.webhook.WebhookPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Endpoints, attempts and traces as JSON: no secret, no value of an owner's header, no query of a URL. Stateless. */
final class EndpointWriter {

    private EndpointWriter() {
    }

    static ObjectNode write(Endpoint endpoint) {
        EndpointSpec spec = endpoint.spec();
        ObjectNode json = object();
        json.put("id", endpoint.id());
        json.put("state", endpoint.state().label());
        if (!endpoint.reason().isEmpty()) {
            json.put("reason", endpoint.reason());
        }
        json.put("url", spec.target().toString());
        texts(json, "topics", spec.topics().stream().map(TopicFilter::toString).toList());
        spec.query().ifPresent(query -> json.put("query", query));
        spec.group().ifPresent(group -> json.put("group", group));
        json.put("policy", EndpointReader.withoutWait(spec.policy()).text());
        spec.limits().rate().ifPresent(rate -> json.putObject("rate_limit").put("max", rate.max()).put("per", rate.per().toString()));
        json.put("concurrency", spec.limits().concurrency());
        json.put("ordered", label(spec.limits().ordering()));
        spec.batch().ifPresent(batch -> json.put("batch", batch));
        json.put("mode", label(spec.mode()));
        texts(json, "header_names", spec.headers().headers().stream().map(HttpHeader::name).toList());
        json.put("timeout", spec.timeout().toString());
        ArrayNode retry = json.putArray("retry");
        spec.retry().delays().forEach(delay -> seconds(retry, delay));
        texts(json, "signatures", spec.keys().keys().stream().map(entry -> entry.key().version()).distinct().sorted()
                .map(SignatureVersion::label).toList());
        spec.keys().keys().stream().filter(entry -> entry.until().isEmpty()).map(KeyRing.Entry::key).map(SigningKey::verifier)
                .forEach(key -> publicKey(json, key));
        spec.origin().ifPresent(origin -> json.put("handshake", true).put("origin", origin));
        json.put("failures", endpoint.health().failuresInARow());
        endpoint.health().failingSince().ifPresent(since -> json.put("failing_since", since.toString()));
        return json;
    }

    private static void publicKey(ObjectNode json, VerifyingKey key) {
        if (key instanceof WebhookPublicKey shown) {
            json.put("public_key", shown.toString());
        }
    }

    static ObjectNode write(EndpointSums sums) {
        ObjectNode json = object();
        json.put("known", sums.known()).put("handed_on", sums.handedOn()).put("delivered", sums.delivered())
                .put("filtered", sums.filtered());
        ObjectNode lost = json.putObject("lost");
        sums.lost().entrySet().stream().sorted(Map.Entry.comparingByKey())
                .forEach(one -> lost.put(one.getKey().label(), one.getValue()));
        return json.put("waiting", sums.waiting()).put("waiting_bytes", sums.waitingBytes()).put("failures", sums.failures())
                .put("duplicates", sums.duplicates()).put("difference", sums.difference());
    }

    static ObjectNode write(Attempt attempt) {
        ObjectNode json = object();
        json.put("id", attempt.id()).put("endpoint", attempt.endpoint()).put("webhook_id", attempt.message().text());
        json.put("at", attempt.at().toString()).put("latency_us", attempt.latency().toNanos() / 1_000);
        attempt.status().ifPresent(status -> json.put("status", status));
        json.put("outcome", attempt.outcome());
        if (!attempt.detail().isEmpty()) {
            json.put("detail", attempt.detail());
        }
        if (!attempt.snippet().isEmpty()) {
            json.put("answer", attempt.snippet());
        }
        return json;
    }

    static ObjectNode write(EventTrace trace, List<Attempt> attempts) {
        ObjectNode json = object();
        json.put("id", trace.eventId().orElse(trace.message().text())).put("source", trace.source());
        json.put("webhook_id", trace.message().text()).put("topic", trace.topic()).put("published", trace.published().toString());
        if (!trace.namesakes().isEmpty()) {
            texts(json, "of_other_sources", trace.namesakes().stream().map(MessageId::text).toList());
        }
        ArrayNode deliveries = json.putArray("deliveries");
        for (EventTrace.Leg leg : trace.deliveries()) {
            ObjectNode one = deliveries.addObject();
            one.put("endpoint", leg.endpoint()).put("state", leg.state());
            leg.reason().ifPresent(reason -> one.put("reason", reason));
            one.put("attempts", leg.attempts()).put("due", instant(leg.due()));
        }
        ArrayNode made = json.putArray("attempts");
        attempts.forEach(attempt -> made.add(write(attempt)));
        return json;
    }

    private static String instant(Instant moment) {
        return moment.toString();
    }

    private static void seconds(ArrayNode array, Duration delay) {
        if (delay.toMillis() % 1_000 == 0) {
            array.add(delay.toSeconds());
        } else {
            array.add(delay.toMillis() / 1e3);
        }
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static void texts(ObjectNode json, String name, List<String> values) {
        ArrayNode array = json.putArray(name);
        values.forEach(array::add);
    }

    static ObjectNode object() {
        return JsonBody.JSON.createObjectNode();
    }
}
