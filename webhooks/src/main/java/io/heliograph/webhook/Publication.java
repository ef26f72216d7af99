package io.heliograph.webhook;

import io.heliograph.PublishResult;
import io.heliograph.Receipt;
import java.util.Optional;

/**
 * What became of an event that was given to an {@link Outbox}.
 *
 * @param result   whether it was taken; a fan-out to nobody is
 * @param receipt  proof that it is on disk, with its {@code webhook-id}; there if it was taken
 * @param eventId  the id that its publisher gave it, as it is on disk: a repetition by its idempotency key may have had another one
 * @param novelty  whether it was there before
 * @param detail   why it was not taken, for its publisher to read; else empty
 */
public record Publication(PublishResult result, Optional<Receipt> receipt, Optional<String> eventId, Novelty novelty, String detail) {

    /** Whether the same source and id, or the same idempotency key, was published before. */
    public enum Novelty {
        /** It was not. */
        NEW,
        /** It was: this is the receipt of the event that is there, and nothing is sent again. */
        REPEATED
    }

    static Publication accepted(String message, Optional<String> eventId, Novelty novelty) {
        return new Publication(PublishResult.ACCEPTED, Optional.of(new Receipt(message, "outbox")), eventId, novelty, "");
    }

    static Publication refused(PublishResult why, String detail) {
        return new Publication(why, Optional.empty(), Optional.empty(), Novelty.NEW, detail);
    }
}
