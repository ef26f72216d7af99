package io.heliograph;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Asks whoever responds at an address, and gets one answer or one {@link RequestException}.
 *
 * <p>Thread-safe; many requests may be in flight.
 */
public interface Requester extends AutoCloseable {

    /**
     * Sends one request.
     *
     * @return completes with the answer, or with a {@link RequestException} that says why there is none; cancelling it
     *         gives the request up
     */
    CompletableFuture<Event> request(Event request, Duration timeout);

    /** Fails what is in flight with {@link RequestException.Cause#CLOSED}. Idempotent. */
    @Override
    void close();
}
