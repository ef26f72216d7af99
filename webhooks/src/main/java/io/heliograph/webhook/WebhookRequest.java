package io.heliograph.webhook;

import io.heliograph.ConfigException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What one attempt sends. The body is not copied and must not be changed.
 *
 * @param target  where to
 * @param headers all that is not HTTP's own: content, signature, what the endpoint's owner wants
 * @param body    the bytes that were signed
 * @param timeout how long all of it may take, from the lookup of the host to the last byte of the answer
 */
public record WebhookRequest(TargetUrl target, List<HttpHeader> headers, byte[] body, Duration timeout) {

    /** How long an attempt may take if nothing else is said. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(15);

    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofMinutes(2);

    /** @throws ConfigException if the timeout is out of its bounds */
    public WebhookRequest {
        headers = List.copyOf(headers);
        requireTimeout(timeout);
    }

    static void requireTimeout(Duration timeout) {
        if (timeout.compareTo(SHORTEST) < 0 || timeout.compareTo(LONGEST) > 0) {
            throw new ConfigException("timeout", timeout, "10 ms to 2 min");
        }
    }

    /** A delivery of {@code content}, signed. */
    public static WebhookRequest of(TargetUrl target, HttpContent content, List<HttpHeader> signature, CustomHeaders custom,
            Duration timeout) {
        var headers = new ArrayList<HttpHeader>(content.headers().size() + signature.size() + custom.headers().size());
        headers.addAll(content.headers());
        headers.addAll(signature);
        headers.addAll(custom.headers());
        return new WebhookRequest(target, headers, content.body(), timeout);
    }

    /** Names of the fields, and the size of the body. */
    @Override
    public String toString() {
        return "WebhookRequest[" + target + ", " + headers + ", " + body.length + " bytes, " + timeout + "]";
    }
}
