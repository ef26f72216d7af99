package io.heliograph.webhook;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One attempt that was made.
 *
 * @param id       its number; later ones are higher
 * @param endpoint whom it was for
 * @param message  the event's {@code webhook-id}
 * @param at       when it began
 * @param latency  how long it took
 * @param status   what was answered, if anything was
 * @param outcome  {@code delivered}, {@code gone}, or why it failed as {@link FailureReason#label} says
 * @param detail   what was found; empty if there is nothing to say
 * @param snippet  the beginning of the answer's body
 * @param batch    the {@code webhook-id} that it was made with, if the event went out in a batch
 */
public record Attempt(long id, String endpoint, MessageId message, Instant at, Duration latency, Optional<Integer> status,
        String outcome, String detail, String snippet, Optional<MessageId> batch) {

    static final String DELIVERED = "delivered";
    static final String GONE = "gone";
}
