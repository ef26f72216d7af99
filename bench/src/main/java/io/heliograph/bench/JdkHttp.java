package io.heliograph.bench;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import javax.crypto.Mac;

/**
 * The peer {@code java.net.http}, in its faster mode: {@code sendAsync}, with as many requests on the way as others have connections.
 *
 * <p>Of a few 100,000 requests it loses one: the receiver has answered, but the client takes the answer for something that came while
 * the connection lay in its pool, and closes it ("Data received while in pool"; JDK-8357639 tells of it, and JDK 25 does it still).
 * Whoever uses it sends such a request again, and so does this; how many they were is told. Beyond {@value #MOST_REPEATED} they
 * are failures, as any other is.
 */
final class JdkHttp {

    private static final String REPEATED = SuiteReport.BESIDE + "repeated";
    private static final String LOST_ANSWER = "Data received while in pool";
    private static final int MOST_REPEATED = 20;

    private final Nginx receiver;
    private final byte[] body;
    private final HttpPace pace;
    private final HttpClient client;
    private final Semaphore places = new Semaphore(HttpRate.CONCURRENCY);
    private final LongAdder answered = new LongAdder();
    private final LongAdder repeated = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final AtomicBoolean isOver = new AtomicBoolean();

    private JdkHttp(Nginx receiver, WebhookTask task, HttpClient client) {
        this.receiver = receiver;
        this.body = HttpMessages.body(task.eventBytes());
        this.pace = HttpPace.of(task);
        this.client = client;
    }

    static void measure(Nginx receiver, WebhookTask task, Tell tell) throws Exception {
        try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            new JdkHttp(receiver, task, client).measure(task, tell);
        }
    }

    private void measure(WebhookTask task, Tell tell) throws Exception {
        Thread sender = Thread.ofPlatform().daemon().name("sender").start(this::sendAll);
        HttpRate.tell(answered::sum, task, pace, tell);
        isOver.set(true);
        sender.join();
        places.acquire(HttpRate.CONCURRENCY);
        tell.sample(REPEATED, repeated.sum());
        if (failed.sum() > 0) {
            throw new MeasurementFailed(failed.sum() + " requests failed, and " + repeated.sum() + " were sent again");
        }
        HttpRate.requireEqual(receiver.count(), answered.sum() + repeated.sum());
    }

    private void sendAll() {
        Mac mac = HttpMessages.mac();
        for (long n = 0; !isOver.get(); n++) {
            pace.await(n);
            places.acquireUninterruptibly();
            send(request(mac, HttpMessages.id(0, n)));
        }
    }

    private void send(HttpRequest request) {
        var _ = client.sendAsync(request, HttpResponse.BodyHandlers.discarding()).whenComplete((answer, failure) -> {
            if (failure == null && answer.statusCode() == 204) {
                answered.increment();
            } else if (failure != null && isLostAnswer(failure) && repeated.sum() < MOST_REPEATED) {
                repeated.increment();
                send(request);
                return;
            } else {
                failed.increment();
                System.err.println("bench: java.net.http: " + (failure == null ? answer : failure));
            }
            places.release();
        });
    }

    static boolean isLostAnswer(Throwable failure) {
        for (Throwable cause = failure; cause instanceof IOException || cause instanceof CompletionException; cause = cause.getCause()) {
            if (LOST_ANSWER.equals(cause.getMessage())) {
                return true;
            }
        }
        return false;
    }

    private HttpRequest request(Mac mac, String id) {
        String seconds = Long.toString(System.currentTimeMillis() / 1_000);
        return HttpRequest.newBuilder(receiver.uri()).header("content-type", HttpMessages.CONTENT_TYPE).header("webhook-id", id)
                .header("webhook-timestamp", seconds).header("webhook-signature", HttpMessages.sign(mac, id, seconds, body))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();
    }
}
