package io.heliograph.server;

import io.heliograph.ConfigException;
import io.heliograph.webhook.Attempt;
import io.heliograph.webhook.Endpoint;
import io.heliograph.webhook.EndpointSpec;
import io.heliograph.webhook.EndpointState;
import io.heliograph.webhook.Endpoints;
import io.heliograph.webhook.KeyRing;
import io.heliograph.webhook.Outbox;
import io.heliograph.webhook.Publication;
import io.heliograph.webhook.SignatureVersion;
import io.heliograph.webhook.SigningKey;
import io.heliograph.webhook.VerifyingKey;
import io.heliograph.webhook.WebhookPublicKey;
import io.heliograph.webhook.WebhookSecret;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The routes of endpoints and of attempts at them. Each tenant sees its own alone; another's is not found. Thread-safe. */
final class EndpointRoutes {

    private static final Duration DEFAULT_OVERLAP = Duration.ofHours(24);
    private static final Duration MAX_OVERLAP = Duration.ofDays(30);
    private static final Pattern ID = Pattern.compile("ep_[0-9A-Za-z]{1,40}");

    private final Outbox outbox;
    private final Endpoints endpoints;
    private final EndpointReader reader;
    private final Registrar registrar;

    EndpointRoutes(Outbox outbox, EndpointReader reader, Registrar registrar) {
        this.outbox = outbox;
        this.endpoints = outbox.endpoints();
        this.reader = reader;
        this.registrar = registrar;
    }

    List<Route> routes() {
        String one = "/v1/endpoints/{id}";
        return List.of(
                new Route(Verb.POST, "/v1/endpoints", this::create),
                new Route(Verb.GET, "/v1/endpoints", this::list),
                new Route(Verb.GET, one, this::show),
                new Route(Verb.PATCH, one, this::change),
                new Route(Verb.DELETE, one, this::remove),
                new Route(Verb.POST, one + "/rotate", this::rotate),
                new Route(Verb.POST, one + "/test", this::test),
                new Route(Verb.POST, one + "/recover", this::recover),
                new Route(Verb.GET, one + "/attempts", this::attempts),
                new Route(Verb.POST, "/v1/attempts/{id}/resend", this::resend));
    }

    private Endpoint find(Call call) {
        return endpoints.find(call.path("id")).filter(endpoint -> endpoint.tenant().equals(call.tenant()))
                .orElseThrow(() -> new Problem(404, "no-endpoint", "there is no such endpoint"));
    }

    private Answer create(Call call) {
        JsonBody body = JsonBody.of(call);
        EndpointSpec spec = reader.create(body);
        boolean asksFirst = body.optional("handshake", JsonBody::truth).orElse(false);
        registrar.requireReachable(spec.target());
        Endpoint endpoint = asksFirst
                ? registrar.ask(Replies.await(endpoints.add(call.tenant(), registrar.named(spec), EndpointState.PENDING)))
                : Replies.await(endpoints.add(call.tenant(), spec));
        ObjectNode json = EndpointWriter.write(endpoint);
        secret(endpoint.spec().keys()).ifPresent(secret -> json.put("secret", secret.reveal()));
        return Replies.json(201, json).withHeader("Location", "/v1/endpoints/" + endpoint.id());
    }

    private static Optional<WebhookSecret> secret(KeyRing keys) {
        return keys.keys().stream().map(KeyRing.Entry::key).filter(WebhookSecret.class::isInstance).map(WebhookSecret.class::cast)
                .findFirst();
    }

    private Answer list(Call call) {
        int most = Replies.pageSize(call);
        String after = Replies.cursor(call, ID).orElse("");
        List<Endpoint> found = endpoints.list(call.tenant(), after, most);
        ArrayNode items = JsonBody.JSON.createArrayNode();
        found.forEach(endpoint -> items.add(EndpointWriter.write(endpoint)));
        return Replies.page(items, found.size() < most ? Optional.empty() : Optional.of(found.getLast().id()));
    }

    private Answer show(Call call) {
        Endpoint endpoint = find(call);
        ObjectNode json = EndpointWriter.write(endpoint);
        endpoints.sums(endpoint.id()).ifPresent(sums -> json.set("sums", EndpointWriter.write(sums)));
        return Replies.json(200, json);
    }

    private Answer change(Call call) {
        Endpoint before = find(call);
        JsonBody body = JsonBody.of(call);
        reader.requireChangeable(body);
        Optional<EndpointState> state = body.optional("state", EndpointRoutes::wantedState);
        EndpointSpec wanted = reader.change(before.spec(), body);
        boolean leadsElsewhere = !wanted.target().equals(before.spec().target());
        if (leadsElsewhere) {
            registrar.requireReachable(wanted.target());
        }
        boolean mustAgreeAnew = leadsElsewhere && before.spec().origin().isPresent();
        if (mustAgreeAnew) {
            Replies.await(endpoints.awaitAgreement(before.id(), "its url has changed"));
        }
        Endpoint updated = Replies.await(endpoints.update(before.id(), spec -> reader.change(spec, body)));
        Endpoint changed = mustAgreeAnew ? registrar.ask(updated) : updated;
        return Replies.json(200, EndpointWriter.write(state.isPresent() ? move(changed, state.get()) : changed));
    }

    private static EndpointState wantedState(JsonNode node) {
        return switch (JsonBody.text(node)) {
            case "active" -> EndpointState.ACTIVE;
            case "paused" -> EndpointState.PAUSED;
            default -> throw new ConfigException("state", node.stringValue(), "active or paused; the others are the server's to choose");
        };
    }

    /** Whoever has not agreed is asked again, whatever way its owner takes to it. */
    private Endpoint move(Endpoint endpoint, EndpointState wanted) {
        if (endpoint.state() == EndpointState.PENDING) {
            Endpoint asked = wanted == EndpointState.ACTIVE ? registrar.ask(endpoint) : endpoint;
            if (asked.state() == EndpointState.PENDING) {
                throw new Problem(409, "not-agreed", "its receiver has not agreed to be sent to: " + asked.reason()).at("/state");
            }
            return asked;
        }
        return Replies.await(wanted == EndpointState.ACTIVE ? endpoints.resume(endpoint.id()) : endpoints.pause(endpoint.id()));
    }

    private Answer remove(Call call) {
        Replies.await(endpoints.remove(find(call).id()));
        return new Answer(204, "application/json", new byte[0], Map.of());
    }

    private Answer rotate(Call call) {
        Endpoint endpoint = find(call);
        JsonBody body = JsonBody.ofOptional(call).requireNames(List.of("secret", "signature", "overlap"));
        Optional<SigningKey> given = body.optional("secret", node -> WebhookSecret.parse(JsonBody.text(node)));
        SignatureVersion version = body.optional("signature", node -> EndpointReader.version(JsonBody.text(node)))
                .orElse(SignatureVersion.V1);
        if (given.isPresent() && version != SignatureVersion.V1) {
            throw new Problem(400, "bad-value", "secret: it signs v1; a key pair for v1a is made here").at("/secret");
        }
        if (endpoint.spec().keys().keys().stream().noneMatch(entry -> entry.key().version() == version)) {
            throw new Problem(409, "not-signed-so", "the endpoint has no key that signs " + version.label()
                    + ": change its signatures first").at("/signature");
        }
        Duration overlap = body.optional("overlap", node -> EndpointReader.duration("overlap", node)).orElse(DEFAULT_OVERLAP);
        if (overlap.isNegative() || overlap.compareTo(MAX_OVERLAP) > 0) {
            throw new Problem(400, "bad-value", "overlap '" + overlap + "': allowed is 0 to " + MAX_OVERLAP).at("/overlap");
        }
        SigningKey newest = given.orElseGet(() -> reader.generate(version));
        Endpoint rotated = Replies.await(endpoints.rotate(endpoint.id(), newest, overlap));
        ObjectNode json = EndpointWriter.write(rotated);
        if (newest instanceof WebhookSecret secret) {
            json.put("secret", secret.reveal());
        }
        VerifyingKey verifier = newest.verifier();
        if (verifier instanceof WebhookPublicKey shown) {
            json.put("public_key", shown.toString());
        }
        return Replies.json(200, json);
    }

    private Answer test(Call call) {
        Endpoint endpoint = find(call);
        if (endpoint.state() == EndpointState.DISABLED || endpoint.state() == EndpointState.PENDING) {
            throw new Problem(409, "not-active", "the endpoint is " + endpoint.state().label() + ": " + endpoint.reason());
        }
        Publication publication = Replies.await(outbox.test(endpoint.id()));
        String id = publication.receipt().orElseThrow(() -> Replies.later(publication.detail())).id();
        return Replies.json(202, EndpointWriter.object().put("webhook_id", id));
    }

    private Answer recover(Call call) {
        Endpoint endpoint = find(call);
        JsonBody body = JsonBody.of(call).requireNames(List.of("since"));
        Instant since = body.required("since", EndpointRoutes::moment);
        long recovered = Replies.await(outbox.recover(endpoint.id(), since));
        return Replies.json(202, EndpointWriter.object().put("recovered", recovered));
    }

    private static Instant moment(JsonNode node) {
        String text = JsonBody.text(node);
        try {
            Instant moment = OffsetDateTime.parse(text).toInstant();
            return moment.isBefore(Instant.EPOCH) ? Instant.EPOCH : moment;
        } catch (DateTimeException e) {
            throw new ConfigException("since", text, "a moment as RFC 3339 writes it, such as 2026-11-21T08:00:00Z");
        }
    }

    private Answer attempts(Call call) {
        Endpoint endpoint = find(call);
        int most = Replies.pageSize(call);
        long before = Replies.cursor(call, Replies.NUMBER).map(Long::parseLong).orElse(Long.MAX_VALUE);
        List<Attempt> found = outbox.attempts(endpoint.id(), before, most);
        ArrayNode items = JsonBody.JSON.createArrayNode();
        found.forEach(attempt -> items.add(EndpointWriter.write(attempt)));
        return Replies.page(items, found.size() < most ? Optional.empty() : Optional.of(Long.toString(found.getLast().id())));
    }

    private Answer resend(Call call) {
        Problem missing = new Problem(404, "no-attempt", "there is no such attempt, or its event is no longer kept");
        String text = call.path("id");
        Attempt attempt = (isNumber(text) ? outbox.attempt(Long.parseLong(text)) : Optional.<Attempt>empty())
                .filter(one -> endpoints.find(one.endpoint()).filter(its -> its.tenant().equals(call.tenant())).isPresent())
                .orElseThrow(() -> missing);
        try {
            String id = Replies.await(outbox.resend(attempt.id())).text();
            return Replies.json(202, EndpointWriter.object().put("webhook_id", id));
        } catch (ConfigException e) {
            throw Replies.later(String.valueOf(e.getMessage()));
        }
    }

    private static boolean isNumber(String text) {
        return Replies.NUMBER.matcher(text).matches();
    }
}
