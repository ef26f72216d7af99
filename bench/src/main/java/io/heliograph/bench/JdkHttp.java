package io.heliograph.bench;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import javax.crypto.Mac;

/** The peer {@code java.net.http}, in its faster mode: {@code sendAsync}, with as many requests on the way as others have connections. */
final class JdkHttp {

    private JdkHttp() {
    }

    static void measure(Nginx receiver, WebhookTask task, Tell tell) throws Exception {
        HttpPace pace = HttpPace.of(task);
        byte[] body = HttpMessages.body(task.eventBytes());
        var answered = new LongAdder();
        var failed = new LongAdder();
        var isOver = new AtomicBoolean();
        var places = new Semaphore(HttpRate.CONCURRENCY);
        try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            Thread sender = Thread.ofPlatform().daemon().name("sender").start(() -> {
                Mac mac = HttpMessages.mac();
                for (long n = 0; !isOver.get(); n++) {
                    pace.await(n);
                    places.acquireUninterruptibly();
                    var _ = client.sendAsync(request(receiver, mac, HttpMessages.id(0, n), body), HttpResponse.BodyHandlers.discarding())
                            .whenComplete((answer, failure) -> {
                                (failure == null && answer.statusCode() == 204 ? answered : failed).increment();
                                places.release();
                            });
                }
            });
            HttpRate.tell(answered::sum, task, pace, tell);
            isOver.set(true);
            sender.join();
            places.acquire(HttpRate.CONCURRENCY);
        }
        if (failed.sum() > 0) {
            throw new MeasurementFailed(failed.sum() + " requests failed");
        }
        HttpRate.requireEqual(receiver.count(), answered.sum());
    }

    private static HttpRequest request(Nginx receiver, Mac mac, String id, byte[] body) {
        String seconds = Long.toString(System.currentTimeMillis() / 1_000);
        return HttpRequest.newBuilder(receiver.uri()).header("content-type", HttpMessages.CONTENT_TYPE).header("webhook-id", id)
                .header("webhook-timestamp", seconds).header("webhook-signature", HttpMessages.sign(mac, id, seconds, body))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();
    }
}
