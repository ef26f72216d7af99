package io.heliograph.webhook;

import io.heliograph.Event;
import io.heliograph.PublishResult;
import io.heliograph.store.StoreBusyException;
import io.heliograph.store.StoreClosedException;
import io.heliograph.store.StoreFullException;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** What an {@link Outbox} does not take, and how it says so. Stateless. */
final class Refusals {

    private static final int MAX_KEY_LENGTH = 256;
    private static final String FULL = "the store is full: it takes more once there is room again, below its limit (setting store-limit)"
            + " and on its disk";

    private Refusals() {
    }

    /** What is not taken whatever the store says. */
    static Optional<Publication> before(Event event, Optional<String> idempotencyKey, OutboxConfig config) {
        if (event.size() > config.maxEventBytes()) {
            return Optional.of(Publication.refused(PublishResult.TOO_LARGE, "an event of " + event.size() + " bytes: at most "
                    + config.maxEventBytes() + " are taken (setting maxEventBytes)"));
        }
        if (idempotencyKey.filter(key -> key.isEmpty() || key.length() > MAX_KEY_LENGTH).isPresent()) {
            return Optional.of(Publication.refused(PublishResult.TOO_LARGE, "an idempotency key of " + idempotencyKey.get().length()
                    + " characters: 1 to " + MAX_KEY_LENGTH + " are taken"));
        }
        return Optional.empty();
    }

    /**
     * What a store that is busy, full or closed does not take; any other failure is thrown. Its publisher may be a stranger, who need not
     * know where the store is: whoever runs it is told that by the store.
     */
    static Publication after(Throwable failure) {
        Throwable cause = cause(failure);
        return switch (cause) {
            case StoreBusyException busy -> Publication.refused(PublishResult.BACK_PRESSURED, busy.reason());
            case StoreFullException full -> Publication.refused(PublishResult.BACK_PRESSURED, FULL);
            case StoreClosedException closed -> Publication.refused(PublishResult.CLOSED, "the store is closed");
            default -> throw new CompletionException(cause);
        };
    }

    static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
