package io.heliograph.local;

import io.heliograph.Event;
import io.heliograph.RequestException;
import io.heliograph.Requester;
import io.heliograph.spi.Environment;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Asks the responder of the same name. Thread-safe. Each request in flight has a virtual thread,
 * {@code heliograph-request-timer}, that ends it when its time is up.
 */
final class LocalRequester implements Requester {

    private final String name;
    private final Map<String, LocalResponder> responders;
    private final Environment environment;
    private final Set<CompletableFuture<Event>> inFlight = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition answered = lock.newCondition();
    private volatile boolean isClosed;

    LocalRequester(String name, Map<String, LocalResponder> responders, Environment environment) {
        this.name = name;
        this.responders = responders;
        this.environment = environment;
    }

    @Override
    public CompletableFuture<Event> request(Event request, Duration timeout) {
        long deadlineNs = environment.clock().nanoTime() + timeout.toNanos();
        var answer = new CompletableFuture<Event>();
        inFlight.add(answer);
        answer.whenComplete((event, failure) -> finish(answer));
        LocalResponder responder = responders.get(name);
        if (isClosed) {
            failAll();
        } else if (responder == null) {
            fail(answer, RequestException.Cause.NOT_CONNECTED, "nobody responds at local:" + name);
        } else {
            responder.answer(request, answer);
            Thread.ofVirtual().name("heliograph-request-timer").start(() -> limit(answer, deadlineNs,
                    "no answer to " + request + " within " + timeout));
        }
        return answer;
    }

    private void limit(CompletableFuture<Event> answer, long deadlineNs, String message) {
        lock.lock();
        try {
            while (!answer.isDone() && deadlineNs - environment.clock().nanoTime() > 0) {
                environment.clock().await(lock, answered, deadlineNs);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        fail(answer, RequestException.Cause.TIMED_OUT, message);
    }

    private void finish(CompletableFuture<Event> answer) {
        inFlight.remove(answer);
        lock.lock();
        try {
            answered.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        isClosed = true;
        failAll();
    }

    private void failAll() {
        for (CompletableFuture<Event> answer : inFlight) {
            fail(answer, RequestException.Cause.CLOSED, "the requester closed before the answer came");
        }
    }

    private static void fail(CompletableFuture<Event> answer, RequestException.Cause reason, String message) {
        answer.completeExceptionally(new RequestException(reason, message));
    }
}
