package io.heliograph.bench;

import io.heliograph.Event;
import io.heliograph.PublishResult;
import io.heliograph.webhook.Deliveries;
import io.heliograph.webhook.Endpoint;
import io.heliograph.webhook.EndpointSpec;
import io.heliograph.webhook.Ordering;
import io.heliograph.webhook.Outbox;
import io.heliograph.webhook.Publication;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Events through an outbox, from a publisher that keeps so many on their way: each is published, on disk, sent, and its outcome on
 * disk. The rate is that of the outcomes; where it is paced, an event is late until its answer.
 */
final class WebhookDurable {

    private static final int KEYS = 1_000;
    private static final int ON_THE_WAY = 2_000;
    private static final long LOOK_AGAIN_NS = 200_000;

    private final WebhookStore bed;
    private final Endpoint endpoint;
    private final List<Event> events;
    /** The number of each event that has a key, by its id; noted whether or not their order is looked at, since that costs some rate. */
    private final Map<String, Long> numbers = new ConcurrentHashMap<>();
    private final boolean isOrdered;
    private final HttpPace pace;
    private final AtomicBoolean isOver = new AtomicBoolean();
    private final AtomicLong published = new AtomicLong();

    private WebhookDurable(WebhookStore bed, Endpoint endpoint, List<Event> events, boolean isOrdered, HttpPace pace) {
        this.pace = pace;
        this.bed = bed;
        this.endpoint = endpoint;
        this.events = events;
        this.isOrdered = isOrdered;
    }

    static void measure(WebhookTask task, Tell tell) throws Exception {
        try (Nginx receiver = Nginx.start()) {
            measure(receiver, List.of(HttpMessages.event(task.eventBytes())), false, task, tell);
        }
    }

    /** 1,000 keys in turn, each in its order or not, to a receiver that notes in which order they come. */
    static void measureKeys(boolean isOrdered, WebhookTask task, Tell tell) throws Exception {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            events.add(HttpMessages.event(task.eventBytes() - 20).toBuilder().subject("key-" + i).build());
        }
        try (Nginx receiver = Nginx.startLogging()) {
            measure(receiver, events, isOrdered, task, tell);
        }
    }

    private static void measure(Nginx receiver, List<Event> events, boolean isOrdered, WebhookTask task, Tell tell) throws Exception {
        Path folder = Files.createTempDirectory("bench-webhooks");
        try (var bed = new WebhookStore(folder)) {
            EndpointSpec spec = WebhookStore.spec(receiver.url());
            Endpoint endpoint = bed.outbox.endpoints().add(Outbox.DEFAULT_TENANT, spec.withLimits(spec.limits()
                    .withConcurrency(HttpRate.CONCURRENCY).withOrdering(isOrdered ? Ordering.KEY : Ordering.NONE))).join();
            new WebhookDurable(bed, endpoint, events, isOrdered, HttpPace.of(task)).measure(receiver, task, tell);
        } finally {
            Nginx.deleteAll(folder);
        }
    }

    private void measure(Nginx receiver, WebhookTask task, Tell tell) throws Exception {
        try (Deliveries deliveries = bed.start()) {
            Thread sender = Thread.ofPlatform().daemon().name("sender").start(this::publish);
            boolean isPaced = task.rate() > 0;
            HttpRate.tell(isPaced ? () -> bed.client.counts().delivered() : this::delivered, task, pace, tell);
            isOver.set(true);
            sender.join();
            while (delivered() < published.get() || deliveries.underWay() > 0) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }
        HttpRate.requireEqual(receiver.count(), published.get());
        if (isOrdered) {
            requireOrder(receiver);
        }
    }

    /** On disk. */
    private long delivered() {
        return bed.outbox.endpoints().sums(endpoint.id()).orElseThrow().delivered();
    }

    private void publish() {
        long answered = 0;
        for (long n = 0; !isOver.get(); n++) {
            pace.await(n);
            // Asked for only where it may matter: the client makes a table of all its counters for each question.
            while (n - answered >= ON_THE_WAY) {
                LockSupport.parkNanos(LOOK_AGAIN_NS);
                answered = bed.client.counts().delivered();
            }
            long number = n;
            var _ = bed.outbox.publish(events.get((int) (n % events.size()))).thenAccept(publication -> note(publication, number));
            published.incrementAndGet();
        }
    }

    private void note(Publication publication, long number) {
        if (publication.result() != PublishResult.ACCEPTED) {
            throw new IllegalStateException("publish: " + publication);
        }
        if (events.size() == KEYS) {
            numbers.put(publication.receipt().orElseThrow().id(), number);
        }
    }

    /** Of the same key, a later one arrives later. */
    private void requireOrder(Nginx receiver) throws Exception {
        long[] last = new long[KEYS];
        long seen = 0;
        long inversions = 0;
        for (long patience = 0; seen < published.get() && patience < 50; patience++) {
            TimeUnit.MILLISECONDS.sleep(100);
            seen = receiver.log().size();
        }
        for (String id : receiver.log()) {
            long number = Optional.ofNullable(numbers.get(id)).orElseThrow() + 1;
            int key = (int) ((number - 1) % KEYS);
            inversions += number <= last[key] ? 1 : 0;
            last[key] = number;
        }
        if (inversions > 0 || seen != published.get()) {
            throw new MeasurementFailed(inversions + " inversions among " + seen + " requests of " + published.get() + " events");
        }
    }
}
