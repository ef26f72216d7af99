package io.heliograph.local;

import io.heliograph.Event;
import io.heliograph.RequestException;
import io.heliograph.Responder;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Answers requests, each on a virtual thread of its own named {@code heliograph-responder}. At most
 * {@value #MAX_IN_FLIGHT} are answered at once; more are refused. Thread-safe.
 */
final class LocalResponder implements Responder {

    private static final int MAX_IN_FLIGHT = 10_000;

    private final RequestHandler handler;
    private final Consumer<LocalResponder> onClose;
    private final Set<CompletableFuture<Event>> inFlight = ConcurrentHashMap.newKeySet();
    private volatile boolean isClosed;

    LocalResponder(RequestHandler handler, Consumer<LocalResponder> onClose) {
        this.handler = handler;
        this.onClose = onClose;
    }

    void answer(Event request, CompletableFuture<Event> answer) {
        if (inFlight.size() >= MAX_IN_FLIGHT) {
            answer.completeExceptionally(new RequestException(RequestException.Cause.BACK_PRESSURED,
                    request + " was refused: " + MAX_IN_FLIGHT + " requests are in flight"));
            return;
        }
        inFlight.add(answer);
        Thread worker = Thread.ofVirtual().name("heliograph-responder").start(() -> respond(request, answer));
        answer.whenComplete((event, failure) -> {
            inFlight.remove(answer);
            if (answer.isCancelled()) {
                worker.interrupt();
            }
        });
        if (isClosed) {
            failAll();
        }
    }

    /** Whatever a handler throws, an Error included, is an answer that its requester must get. */
    private void respond(Event request, CompletableFuture<Event> answer) {
        try {
            answer.complete(Objects.requireNonNull(handler.respond(request), "the handler returned no answer"));
        } catch (Throwable thrown) {
            answer.completeExceptionally(
                    new RequestException(RequestException.Cause.RESPONDER_FAILED, String.valueOf(thrown.getMessage())));
        }
    }

    @Override
    public void close() {
        isClosed = true;
        onClose.accept(this);
        failAll();
    }

    private void failAll() {
        for (CompletableFuture<Event> answer : inFlight) {
            answer.completeExceptionally(
                    new RequestException(RequestException.Cause.CLOSED, "the responder closed before it answered"));
        }
    }
}
