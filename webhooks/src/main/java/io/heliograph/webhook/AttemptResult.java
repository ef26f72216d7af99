package io.heliograph.webhook;

import java.time.Duration;
import java.util.Optional;

/** How one attempt at a delivery ended. */
public sealed interface AttemptResult {

    /** How long it took, from its begin to its end. */
    Duration latency();

    /** What was answered, if anything was: status, snippet and the rest of what is recorded of an attempt. */
    default Optional<Answer> answered() {
        return switch (this) {
            case Delivered delivered -> Optional.of(delivered.answer());
            case Gone gone -> Optional.of(gone.answer());
            case Failed failed -> failed.answer();
        };
    }

    /** The receiver took it: 2xx. */
    record Delivered(Answer answer, Duration latency) implements AttemptResult {
    }

    /** The receiver answered 410: the endpoint is to be disabled. */
    record Gone(Answer answer, Duration latency) implements AttemptResult {
    }

    /**
     * The receiver did not take it, or nobody knows.
     *
     * @param detail what was found, for the endpoint's owner to read
     * @param answer what was answered, if anything was
     */
    record Failed(FailureReason reason, String detail, Optional<Answer> answer, Duration latency) implements AttemptResult {

        /** How long the receiver asked to be left alone. */
        public Optional<Duration> retryAfter() {
            return answer.flatMap(Answer::retryAfter);
        }
    }
}
