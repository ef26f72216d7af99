package io.heliograph.server;

import io.heliograph.ConfigException;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.webhook.ContentMode;
import io.heliograph.webhook.CustomHeaders;
import io.heliograph.webhook.EndpointLimits;
import io.heliograph.webhook.EndpointSpec;
import io.heliograph.webhook.HttpHeader;
import io.heliograph.webhook.KeyRing;
import io.heliograph.webhook.Ordering;
import io.heliograph.webhook.RateLimit;
import io.heliograph.webhook.RetrySchedule;
import io.heliograph.webhook.SignatureVersion;
import io.heliograph.webhook.SigningKey;
import io.heliograph.webhook.TargetUrl;
import io.heliograph.webhook.WebhookKeyPair;
import io.heliograph.webhook.WebhookSecret;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** What an endpoint's owner says of it, read from JSON. Thread-safe. */
final class EndpointReader {

    private static final List<String> COMMON = List.of("url", "topics", "query", "batch", "group", "policy", "rate_limit", "concurrency", "ordered",
            "mode", "headers", "timeout", "retry", "signatures");
    private static final List<String> OF_NEW = plus(COMMON, "secret", "handshake");
    private static final List<String> OF_CHANGE = plus(COMMON, "state");

    private final SecureRandom random;

    EndpointReader(SecureRandom random) {
        this.random = random;
    }

    private static List<String> plus(List<String> names, String... more) {
        var all = new ArrayList<>(names);
        all.addAll(List.of(more));
        return List.copyOf(all);
    }

    /** A new one. */
    EndpointSpec create(JsonBody body) {
        body.requireNames(OF_NEW);
        TargetUrl target = body.required("url", node -> TargetUrl.parse(JsonBody.text(node)));
        Optional<WebhookSecret> secret = body.optional("secret", node -> WebhookSecret.parse(JsonBody.text(node)));
        Set<SignatureVersion> versions = body.optional("signatures", EndpointReader::versions).orElse(Set.of(SignatureVersion.V1));
        if (secret.isPresent() && !versions.contains(SignatureVersion.V1)) {
            throw new Problem(400, "bad-value", "secret: it signs v1, which signatures does not hold").at("/secret");
        }
        SigningKey first = versions.contains(SignatureVersion.V1)
                ? secret.orElseGet(() -> WebhookSecret.generate(random)) : WebhookKeyPair.generate(random);
        KeyRing ring = KeyRing.of(first);
        return change(EndpointSpec.of(target, versions.size() > 1 ? ring.plus(WebhookKeyPair.generate(random)) : ring), body);
    }

    /** Requires that a change names nothing else than what can be changed. */
    void requireChangeable(JsonBody body) {
        if (body.has("secret")) {
            throw new Problem(400, "bad-value", "secret: a new one comes with POST /v1/endpoints/{id}/rotate").at("/secret");
        }
        body.requireNames(OF_CHANGE);
    }

    /** The same with what {@code body} says otherwise. */
    EndpointSpec change(EndpointSpec now, JsonBody body) {
        EndpointSpec byDefault = EndpointSpec.of(now.target(), now.keys());
        TargetUrl target = body.change("url", now.target(), now.target(), node -> TargetUrl.parse(JsonBody.text(node)));
        KeyRing keys = body.change("signatures", now.keys(), now.keys(), node -> ring(now.keys(), versions(node)));
        List<TopicFilter> topics = body.change("topics", now.topics(), byDefault.topics(), EndpointReader::topics);
        Optional<String> query = body.change("query", now.query(), Optional.empty(), node -> Optional.of(EndpointQueries.require(JsonBody.text(node))));
        Optional<String> group = body.change("group", now.group(), Optional.empty(), node -> Optional.of(JsonBody.text(node)));
        FlowPolicy policy = body.change("policy", now.policy(), byDefault.policy(), EndpointReader::policy);
        Optional<RateLimit> rate = body.change("rate_limit", now.limits().rate(), Optional.empty(), EndpointReader::rate);
        int concurrency = body.change("concurrency", now.limits().concurrency(), byDefault.limits().concurrency(), JsonBody::whole);
        Ordering ordering = body.change("ordered", now.limits().ordering(), Ordering.NONE, node -> choice("ordered", node, Ordering.values()));
        EndpointLimits limits = JsonBody.at("concurrency", () -> new EndpointLimits(concurrency, ordering, rate, now.limits().breaker()));
        OptionalInt batch = body.change("batch", now.batch(), OptionalInt.empty(), node -> OptionalInt.of(JsonBody.whole(node)));
        JsonBody.at("batch", () -> byDefault.withBatch(batch));
        ContentMode mode = body.change("mode", now.mode(), ContentMode.STRUCTURED, node -> choice("mode", node, ContentMode.values()));
        CustomHeaders headers = body.change("headers", now.headers(), CustomHeaders.NONE, EndpointReader::headers);
        Duration timeout = body.change("timeout", now.timeout(), byDefault.timeout(), node -> duration("timeout", node));
        JsonBody.at("timeout", () -> byDefault.withTimeout(timeout));
        RetrySchedule retry = body.change("retry", now.retry(), RetrySchedule.defaults(), EndpointReader::retry);
        JsonBody.at("topics", () -> byDefault.withTopics(topics));
        JsonBody.at("query", () -> byDefault.withQuery(query));
        group.ifPresent(name -> JsonBody.at("group", () -> byDefault.withGroup(name)));
        JsonBody.at("mode", () -> byDefault.withBatch(batch).withMode(mode));
        return JsonBody.at("ordered", () -> new EndpointSpec(target, topics, query, keys, group, policy, limits, batch, mode, headers, timeout,
                retry, now.origin()));
    }

    private KeyRing ring(KeyRing now, Set<SignatureVersion> wanted) {
        Set<SignatureVersion> has = new HashSet<>();
        now.keys().forEach(entry -> has.add(entry.key().version()));
        List<KeyRing.Entry> kept = now.keys().stream().filter(entry -> wanted.contains(entry.key().version())).toList();
        var entries = new ArrayList<>(kept);
        for (SignatureVersion version : wanted) {
            if (!has.contains(version)) {
                entries.add(new KeyRing.Entry(generate(version), Optional.empty()));
            }
        }
        // The first of a ring is one that does not end.
        entries.sort((one, other) -> Boolean.compare(one.until().isPresent(), other.until().isPresent()));
        return new KeyRing(entries);
    }

    /** A new key. */
    SigningKey generate(SignatureVersion version) {
        return switch (version) {
            case V1 -> WebhookSecret.generate(random);
            case V1A -> WebhookKeyPair.generate(random);
        };
    }

    private static FlowPolicy policy(JsonNode node) {
        String text = JsonBody.text(node);
        FlowPolicy policy = FlowPolicy.parse(text);
        if (text.contains("wait=") && !policy.maxWait().isZero()) {
            throw new ConfigException("policy", text, "wait=0ms, or no wait: who publishes while the queue is full is answered 429 at once");
        }
        if (policy instanceof FlowPolicy.Buffer buffer && buffer.spill().isPresent()) {
            throw new ConfigException("policy", text, "a buffer without spill: an endpoint's queue is on disk as a whole, so its limit says all");
        }
        return withoutWait(policy);
    }

    /** As it is kept: nobody waits for an endpoint's queue. */
    static FlowPolicy withoutWait(FlowPolicy policy) {
        return switch (policy) {
            case FlowPolicy.Drop drop -> drop;
            case FlowPolicy.Buffer(Limit limit, Optional<Limit> spill, FlowPolicy then) -> new FlowPolicy.Buffer(limit, spill, withoutWait(then));
            case FlowPolicy.BackPressure pressure -> FlowPolicy.backPressure(pressure.limit(), Duration.ZERO);
        };
    }

    private static Set<SignatureVersion> versions(JsonNode node) {
        Set<SignatureVersion> versions = new LinkedHashSet<>(list("signatures", node, one -> version(JsonBody.text(one))));
        if (versions.isEmpty()) {
            throw new ConfigException("signatures", "[]", "v1, v1a or both");
        }
        return versions;
    }

    static SignatureVersion version(String text) {
        for (SignatureVersion version : SignatureVersion.values()) {
            if (version.label().equals(text)) {
                return version;
            }
        }
        throw new ConfigException("signature", text, "v1 or v1a");
    }

    private static List<TopicFilter> topics(JsonNode node) {
        return list("topics", node, one -> TopicFilter.of(JsonBody.text(one)));
    }

    private static Optional<RateLimit> rate(JsonNode node) {
        if (!node.isObject() || node.size() != 2 || !node.has("max") || !node.has("per")) {
            throw new ConfigException("rate_limit", JsonBody.kind(node), "an object such as {\"max\": 100, \"per\": \"PT1S\"}");
        }
        return Optional.of(new RateLimit(JsonBody.whole(node.get("max")), duration("rate_limit per", node.get("per"))));
    }

    private static CustomHeaders headers(JsonNode node) {
        if (!node.isObject()) {
            throw new ConfigException("headers", JsonBody.kind(node), "an object of names and values");
        }
        return new CustomHeaders(node.properties().stream()
                .map(field -> new HttpHeader(field.getKey(), JsonBody.text(field.getValue()))).toList());
    }

    private static RetrySchedule retry(JsonNode node) {
        return RetrySchedule.defaults().withDelays(list("retry", node, one -> {
            if (!one.isNumber() || !(Math.abs(one.doubleValue()) <= 1e9)) {
                throw new ConfigException("retry", JsonBody.kind(one), "seconds, such as [0, 5, 300]");
            }
            return Duration.ofMillis(Math.round(one.doubleValue() * 1_000));
        }));
    }

    static Duration duration(String name, JsonNode node) {
        String text = JsonBody.text(node);
        try {
            return Duration.parse(text);
        } catch (DateTimeException e) {
            throw new ConfigException(name, text, "a duration as ISO 8601 writes it, such as PT15S");
        }
    }

    private static <E extends Enum<E>> E choice(String name, JsonNode node, E[] values) {
        String text = JsonBody.text(node);
        var labels = new ArrayList<String>();
        for (E value : values) {
            String label = value.name().toLowerCase(Locale.ROOT);
            if (label.equals(text)) {
                return value;
            }
            labels.add(label);
        }
        throw new ConfigException(name, text, String.join(", ", labels));
    }

    private static <T> List<T> list(String name, JsonNode node, Function<JsonNode, T> reader) {
        if (!node.isArray()) {
            throw new ConfigException(name, JsonBody.kind(node), "an array");
        }
        return node.values().stream().map(reader).toList();
    }
}
