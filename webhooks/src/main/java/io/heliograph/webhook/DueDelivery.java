package io.heliograph.webhook;

import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * A delivery that was claimed: an attempt at it is to be made.
 *
 * @param id         its row
 * @param event      the event's row
 * @param message    the same in all attempts
 * @param endpoint   whom it is for
 * @param orderKey   what it has in common with those that wait for it
 * @param attempts   how many were made
 * @param dueMs      when it was due, in milliseconds since 1970
 * @param expiresMs  when it is worthless
 * @param batch      the {@code webhook-id} of the batch it goes with, if it does
 * @param leaseMs    until when no other process may claim it
 * @param size       what it counts for in its endpoint's limit, in bytes
 * @param evictable  1 if its policy may give it up for what comes later, else 0
 * @param content    the event as CloudEvents JSON; not to be changed
 */
record DueDelivery(long id, long event, MessageId message, String endpoint, Optional<String> orderKey, int attempts, long dueMs,
        Optional<Long> expiresMs, Optional<MessageId> batch, long leaseMs, int size, int evictable, byte[] content) {

    /** Whether it is worthless by then. */
    boolean isExpiredAt(Instant now) {
        return expiresMs.filter(ms -> ms <= now.toEpochMilli()).isPresent();
    }

    /** Whether others wait for it by itself, and not for the batch it goes with. */
    boolean isInOrder() {
        return orderKey.isPresent() && batch.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DueDelivery that && id == that.id && attempts == that.attempts && Arrays.equals(content, that.content);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(id);
    }
}
