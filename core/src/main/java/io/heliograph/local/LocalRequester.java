package io.heliograph.local;

import io.heliograph.Event;
import io.heliograph.RequestException;
import io.heliograph.Requester;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks the responder of the same name. Thread-safe; the JDK's shared timer thread ends requests that take too long. */
final class LocalRequester implements Requester {

    private final String name;
    private final Map<String, LocalResponder> responders;
    private final Set<CompletableFuture<Event>> inFlight = ConcurrentHashMap.newKeySet();
    private volatile boolean isClosed;

    LocalRequester(String name, Map<String, LocalResponder> responders) {
        this.name = name;
        this.responders = responders;
    }

    @Override
    public CompletableFuture<Event> request(Event request, Duration timeout) {
        LocalResponder responder = responders.get(name);
        if (isClosed) {
            return failed(RequestException.Cause.CLOSED, "the requester at local:" + name + " is closed");
        }
        if (responder == null) {
            return failed(RequestException.Cause.NOT_CONNECTED, "nobody responds at local:" + name);
        }
        var answer = new CompletableFuture<Event>();
        inFlight.add(answer);
        answer.whenComplete((event, failure) -> inFlight.remove(answer));
        responder.answer(request, answer);
        if (isClosed) {
            failAll();
        }
        var timeLimit = new CompletableFuture<Event>().orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS);
        timeLimit.whenComplete((event, failure) -> {
            if (failure instanceof TimeoutException) {
                answer.completeExceptionally(new RequestException(RequestException.Cause.TIMED_OUT,
                        "no answer to " + request + " within " + timeout));
            }
        });
        answer.whenComplete((event, failure) -> timeLimit.cancel(false));
        return answer;
    }

    @Override
    public void close() {
        isClosed = true;
        failAll();
    }

    private void failAll() {
        for (CompletableFuture<Event> answer : inFlight) {
            answer.completeExceptionally(
                    new RequestException(RequestException.Cause.CLOSED, "the requester closed before the answer came"));
        }
    }

    private static CompletableFuture<Event> failed(RequestException.Cause reason, String message) {
        return CompletableFuture.failedFuture(new RequestException(reason, message));
    }
}
