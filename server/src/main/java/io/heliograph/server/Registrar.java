package io.heliograph.server;

import io.heliograph.Notice;
import io.heliograph.NoticeListener;
import io.heliograph.webhook.Endpoint;
import io.heliograph.webhook.EndpointSpec;
import io.heliograph.webhook.Endpoints;
import io.heliograph.webhook.Handshake;
import io.heliograph.webhook.HandshakeResult;
import io.heliograph.webhook.RateLimit;
import io.heliograph.webhook.Resolution;
import io.heliograph.webhook.TargetUrl;
import io.heliograph.webhook.WebhookClient;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** Says whether an endpoint may be where its owner says, and asks its receiver if it wants to be sent to. Thread-safe. */
final class Registrar {

    private static final Duration LOOKUP = Duration.ofSeconds(5);
    private static final double MINUTE_SECONDS = 60;

    private final Endpoints endpoints;
    private final WebhookClient client;
    private final String origin;
    private final NoticeListener notices;

    /**
     * @param origin  the sender's name in handshakes
     * @param notices hears where a name leads that was refused
     */
    Registrar(Endpoints endpoints, WebhookClient client, String origin, NoticeListener notices) {
        this.endpoints = endpoints;
        this.client = client;
        this.origin = origin;
        this.notices = notices;
    }

    /** As each attempt will be judged; a host that leads nowhere today may be a mistake, so it is refused too. */
    void requireReachable(TargetUrl target) {
        switch (client.judge(target, LOOKUP)) {
            case Resolution.Allowed allowed -> {
                // It may be connected to.
            }
            case Resolution.Barred barred -> throw refusal(target, barred);
            case Resolution.Unknown(String why) -> throw new Problem(400, "target-unknown", "url: " + why).at("/url");
        }
    }

    /** Where a name leads within the operator's network is the operator's to know, and not the tenant's. */
    private Problem refusal(TargetUrl target, Resolution.Barred barred) {
        if (target.literal().isEmpty()) {
            notices.onNotice(new Notice.Degraded("url of an endpoint", "refused: " + target.host() + " leads to " + barred.where()));
        }
        return new Problem(400, "target-barred", "url: " + barred.toldOf(target)).at("/url");
    }

    /** The same under the name that its receiver will be asked to agree to. */
    EndpointSpec named(EndpointSpec spec) {
        return spec.withOrigin(origin);
    }

    /** Asks a receiver; the endpoint is active after that, or says why it is not. */
    Endpoint ask(Endpoint endpoint) {
        EndpointSpec spec = endpoint.spec();
        Optional<Integer> perMinute = spec.limits().rate().map(Registrar::perMinute);
        var handshake = new Handshake(spec.origin().orElse(origin),
                perMinute.isPresent() ? OptionalInt.of(perMinute.get()) : OptionalInt.empty(), Optional.empty());
        return Replies.await(switch (client.shakeHands(spec.target(), handshake, spec.headers(), spec.timeout())) {
            case HandshakeResult.Granted granted -> endpoints.agreed(endpoint.id(), granted.rate());
            case HandshakeResult.Refused(String why, var answer) -> endpoints.awaitAgreement(endpoint.id(), why);
            case HandshakeResult.Failed(var reason, String detail) ->
                endpoints.awaitAgreement(endpoint.id(), reason.label() + ": " + detail);
        });
    }

    private static int perMinute(RateLimit rate) {
        double seconds = rate.per().toNanos() / 1e9;
        return Math.clamp(Math.round(rate.max() * MINUTE_SECONDS / seconds), 1, 999_999_999);
    }
}
