package io.heliograph.webhook;

import java.time.Duration;
import java.util.Optional;

/**
 * What a receiver answered.
 *
 * @param status     the HTTP status, 200 to 999
 * @param retryAfter how long it asked to be left alone, not clamped yet
 * @param snippet    the beginning of the body as text, without control characters; for the endpoint's owner to read
 */
public record Answer(int status, Optional<Duration> retryAfter, String snippet) {

    private static final int GONE = 410;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int BAD_GATEWAY = 502;
    private static final int GATEWAY_TIMEOUT = 504;

    /** Whether the receiver took the message. */
    public boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    /** Whether it sends the sender elsewhere, where nobody follows. */
    public boolean isRedirect() {
        return status >= 300 && status < 400;
    }

    /** Whether it wants nothing more, ever. */
    public boolean isGone() {
        return status == GONE;
    }

    /** Whether it is asked for more than it can do: so Standard Webhooks reads 429, 502 and 504. */
    public boolean isOverloaded() {
        return status == TOO_MANY_REQUESTS || status == BAD_GATEWAY || status == GATEWAY_TIMEOUT;
    }
}
