package io.heliograph;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

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

    /**
     * Sends one request that does no harm if it is handled more than once: where its responder is lost, closes, refuses it or
     * stays silent, and there is another one, it is asked of that one too.
     *
     * @return as {@link #request}
     */
    default CompletableFuture<Event> requestIdempotent(Event request, Duration timeout) {
        return request(request, timeout);
    }

    /**
     * Sends one request and waits for its answer, best on a virtual thread.
     *
     * @throws RequestException     if there is no answer
     * @throws InterruptedException if the thread is interrupted, which gives the request up
     */
    default Event ask(Event request, Duration timeout) throws InterruptedException {
        CompletableFuture<Event> answer = request(request, timeout);
        try {
            return answer.get();
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RequestException failure ? failure : new CompletionException(e.getCause());
        }
    }

    /** Fails what is in flight with {@link RequestException.Cause#CLOSED}. Idempotent. */
    @Override
    void close();
}
