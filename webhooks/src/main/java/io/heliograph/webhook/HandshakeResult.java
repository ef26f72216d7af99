package io.heliograph.webhook;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** What a receiver said to a {@link Handshake}. */
public sealed interface HandshakeResult {

    /**
     * It agrees.
     *
     * @param ratePerMinute how often it may be called; empty if as often as the sender likes
     */
    record Granted(OptionalInt ratePerMinute) implements HandshakeResult {

        /** The rate as an endpoint's limit. */
        public Optional<RateLimit> rate() {
            return ratePerMinute.isPresent()
                    ? Optional.of(new RateLimit(Math.min(ratePerMinute.getAsInt(), RateLimit.MOST), Duration.ofMinutes(1)))
                    : Optional.empty();
        }
    }

    /** It does not, or not yet: with a callback it may agree later. */
    record Refused(String why, Answer answer) implements HandshakeResult {
    }

    /** Nobody knows. */
    record Failed(FailureReason reason, String detail) implements HandshakeResult {
    }
}
