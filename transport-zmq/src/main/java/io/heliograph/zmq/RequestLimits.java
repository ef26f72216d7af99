package io.heliograph.zmq;

import io.heliograph.ConfigException;
import java.time.Duration;

/**
 * The limits of request and reply beside those of {@link ZmqLimits}.
 *
 * @param inFlight      requests that a requester has open at once, and that a responder answers at once; more are refused
 * @param inFlightBytes what these may take together: a requester's requests; a responder's requests, and the answers that wait
 *                      to be sent
 * @param tries         responders that one idempotent request is asked of at most
 * @param retryAfter    how long a responder may be silent on an idempotent request until another is asked too
 * @param messageBytes  of a failed handler's message, what the requester is told
 */
public record RequestLimits(int inFlight, long inFlightBytes, int tries, Duration retryAfter, int messageBytes) {

    /** The most that may be asked for. */
    static final int MOST_IN_FLIGHT = 1 << 20;
    static final int MOST_TRIES = 64;
    static final int MOST_MESSAGE_BYTES = 1 << 15;

    public RequestLimits {
        require("in-flight", inFlight, MOST_IN_FLIGHT);
        require("bytes in flight", inFlightBytes, Long.MAX_VALUE);
        require("tries", tries, MOST_TRIES);
        require("bytes of a message", messageBytes, MOST_MESSAGE_BYTES);
        if (!retryAfter.isPositive() || retryAfter.compareTo(Duration.ofHours(1)) > 0) {
            throw new ConfigException("retry-after", retryAfter, "more than 0, at most 1 hour");
        }
    }

    /** 10,000 requests and 64 MiB in flight; 3 tries, the next after 1 s of silence; messages of 1 KiB. */
    public static RequestLimits defaults() {
        return new RequestLimits(10_000, 64L << 20, 3, Duration.ofSeconds(1), 1 << 10);
    }

    /** The same with other most requests in flight. */
    public RequestLimits withInFlight(int most) {
        return new RequestLimits(most, inFlightBytes, tries, retryAfter, messageBytes);
    }

    /** The same with other most bytes in flight. */
    public RequestLimits withInFlightBytes(long most) {
        return new RequestLimits(inFlight, most, tries, retryAfter, messageBytes);
    }

    /** The same with other most tries, and another silence before the next. */
    public RequestLimits withRetries(int most, Duration after) {
        return new RequestLimits(inFlight, inFlightBytes, most, after, messageBytes);
    }

    private static void require(String what, long value, long most) {
        if (value < 1 || value > most) {
            throw new ConfigException(what, value, "1 to " + most);
        }
    }
}
