package io.heliograph.demo;

import io.heliograph.server.Answer;
import io.heliograph.server.Call;
import io.heliograph.server.Problem;
import io.heliograph.webhook.Verification;
import io.heliograph.webhook.WebhookSecret;
import io.heliograph.webhook.WebhookVerifier;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The page's own receiver of webhooks: verifies each as anybody's would, and keeps the latest to be shown. Thread-safe.
 */
final class AlertReceiver {

    /** Where it is asked. */
    static final String PATH = "/v1/demo/hook";

    private static final int KEPT = 8;
    private static final int LARGEST_SHOWN_BYTES = 16 << 10;

    private final WebhookSecret secret;
    private final WebhookVerifier verifier;
    // Guarded by this.
    private final Deque<String> latest = new ArrayDeque<>();
    private long received;
    private long verified;
    private Optional<String> endpoint = Optional.empty();

    private AlertReceiver(WebhookSecret secret) {
        this.secret = secret;
        this.verifier = WebhookVerifier.of(secret.verifier());
    }

    /** One with a secret of its own. */
    static AlertReceiver create(SecureRandom random) {
        return new AlertReceiver(WebhookSecret.generate(random));
    }

    /** What is to sign for it. */
    WebhookSecret secret() {
        return secret;
    }

    /** Takes a request: 204 for one that was signed for it, else 400. */
    Answer receive(Call call) {
        byte[] body = call.body();
        Verification verification = verifier.verify(call.headers(), body);
        count(verification, body);
        if (verification instanceof Verification.Refused(var reason, String detail)) {
            throw new Problem(reason == Verification.Refusal.REPLAYED ? 409 : 400, "not-verified", detail);
        }
        return new Answer(204, "application/json", new byte[0], Map.of());
    }

    private synchronized void count(Verification verification, byte[] body) {
        received++;
        if (verification instanceof Verification.Verified) {
            verified++;
            if (body.length <= LARGEST_SHOWN_BYTES) {
                latest.addFirst(new String(body, StandardCharsets.UTF_8));
            }
            if (latest.size() > KEPT) {
                latest.removeLast();
            }
        }
    }

    /** Tells under which id the server sends to it. */
    synchronized void useEndpoint(String id) {
        endpoint = Optional.of(id);
    }

    /** Under which id the server sends to it, once it does. */
    synchronized Optional<String> endpoint() {
        return endpoint;
    }

    synchronized long received() {
        return received;
    }

    synchronized long verified() {
        return verified;
    }

    /** The latest that were verified, as JSON, the newest first. */
    synchronized List<String> latest() {
        return List.copyOf(latest);
    }
}
