package io.heliograph.server;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.EventHandler;
import io.heliograph.Notice;
import io.heliograph.PublishResult;
import io.heliograph.flow.Limit;
import io.heliograph.ledger.PublisherLedger;
import io.heliograph.ledger.PublisherSums;
import io.heliograph.spi.Environment;
import io.heliograph.webhook.BatchPublication;
import io.heliograph.webhook.Outbox;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A handler that publishes into the outbox what it is given, as the default tenant's, in the order in which it comes.
 *
 * <pre>
 *   publisher ~~~ subscription ---> waiting ---------> outbox
 *                 its handler       1,000 events,      some hundred to a commit, one commit at a time;
 *                 waits for room    8 MiB              what it refuses for now is offered again
 * </pre>
 *
 * <p>While the outbox refuses, the handler does not return, and what that means for the publisher is its policy's to say: it waits, it
 * drops, and either is counted. Where returning tells the publisher to forget an event, as at a work queue, it returns once
 * that event is on disk. An event without an id gets that of its delivery, so one that is handed out twice is one event.
 *
 * <p>Thread-safe. Owns one virtual thread, {@code heliograph-feed NAME}, which ends with {@link #close}.
 */
public final class OutboxFeed implements EventHandler, AutoCloseable {

    private static final Limit WAITING = new Limit(1_000, 8L << 20);
    private static final int BATCH = 256;
    private static final long PAUSE_NS = Duration.ofMillis(50).toNanos();
    private static final long LINGER_NS = Duration.ofSeconds(5).toNanos();

    private final String name;
    private final Outbox outbox;
    private final Environment environment;
    private final Acknowledgement acknowledgement;
    private final Thread writer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Condition later = lock.newCondition();
    private final Deque<Event> waiting = new ArrayDeque<>();
    private final PublisherLedger ledger = new PublisherLedger();
    private long waitingBytes;
    private long taken;
    private long settled;
    private boolean isStopping;
    private boolean isDeaf;
    private long endNs;
    /** Told once until the outbox takes something; the writer's own. */
    private boolean isRefused;

    /** When the handler returns. */
    enum Acknowledgement {
        /** When there is room. */
        WHEN_TAKEN,
        /** When the event is on disk. */
        WHEN_STORED
    }

    private OutboxFeed(String name, Outbox outbox, Acknowledgement acknowledgement, Environment environment) {
        this.name = name;
        this.outbox = outbox;
        this.acknowledgement = acknowledgement;
        this.environment = environment;
        this.writer = Thread.ofVirtual().name("heliograph-feed " + name).unstarted(this::write);
    }

    /** Publishes from now on what it is given. */
    static OutboxFeed open(String name, Outbox outbox, Acknowledgement acknowledgement, Environment environment) {
        var feed = new OutboxFeed(name, outbox, acknowledgement, environment);
        feed.writer.start();
        return feed;
    }

    /** Names it in ledgers. */
    public String name() {
        return name;
    }

    /** What the outbox said to it; what still waits is not offered yet. */
    public PublisherSums published() {
        lock.lock();
        try {
            return ledger.sums();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onEvent(Delivery delivery) throws InterruptedException {
        Event event = delivery.event().id().isPresent() ? delivery.event() : delivery.event().toBuilder().id(delivery.id()).build();
        lock.lock();
        try {
            while (!waiting.isEmpty() && isFullWith(event.size()) && !isTooLate()) {
                awaitChange();
            }
            waiting.add(event);
            waitingBytes += event.size();
            taken++;
            long turn = taken;
            changed.signalAll();
            if (acknowledgement == Acknowledgement.WHEN_STORED) {
                awaitStored(turn);
            }
        } finally {
            lock.unlock();
        }
    }

    private void awaitStored(long turn) throws InterruptedException {
        while (settled < turn && !isTooLate()) {
            awaitChange();
        }
        if (settled < turn) {
            throw new IllegalStateException("closed before the event was on disk");
        }
    }

    private void awaitChange() throws InterruptedException {
        if (isStopping) {
            environment.clock().await(lock, changed, endNs);
        } else {
            changed.await();
        }
    }

    private boolean isFullWith(int bytes) {
        return waiting.size() >= WAITING.events() || waitingBytes + bytes > WAITING.bytes();
    }

    private void write() {
        try {
            List<Event> batch = next();
            while (!batch.isEmpty()) {
                publish(batch);
                batch = next();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for some; none is the end. */
    private List<Event> next() throws InterruptedException {
        lock.lock();
        try {
            while (waiting.isEmpty() && !isDeaf) {
                changed.await();
            }
            var batch = new ArrayList<Event>();
            while (!waiting.isEmpty() && batch.size() < BATCH) {
                Event event = waiting.remove();
                waitingBytes -= event.size();
                batch.add(event);
            }
            changed.signalAll();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /** All of them in their order. One that can never be taken is counted and passed; one that cannot be taken now holds up those behind it. */
    private void publish(List<Event> batch) throws InterruptedException {
        int from = 0;
        int most = batch.size();
        while (from < batch.size()) {
            List<Event> part = batch.subList(from, Math.min(batch.size(), from + most));
            Verdict verdict = isTooLate() ? new Verdict(PublishResult.CLOSED, part.size(), "") : offer(part);
            if (verdict.result() == PublishResult.BACK_PRESSURED) {
                // Those ahead of the one that found no room do find some.
                most = Math.max(1, verdict.events());
                if (verdict.events() == 0) {
                    pause(verdict.why());
                }
            } else {
                settle(verdict.result(), verdict.events());
                isRefused = false;
                from += verdict.events();
                most = batch.size();
            }
        }
    }

    /**
     * What the outbox said.
     *
     * @param result what it said of the first of them
     * @param events of how many; of {@code BACK_PRESSURED}, how many had room ahead of the one that has none
     */
    private record Verdict(PublishResult result, int events, String why) {
    }

    private Verdict offer(List<Event> part) {
        try {
            BatchPublication batch = outbox.publishAll(Access.DEFAULT_TENANT, part, Optional.empty()).join();
            int culprit = batch.culprit().orElse(part.size());
            return switch (batch.result()) {
                case ACCEPTED -> new Verdict(PublishResult.ACCEPTED, part.size(), "");
                case BACK_PRESSURED, NOT_CONNECTED -> new Verdict(PublishResult.BACK_PRESSURED, culprit,
                        batch.publications().getFirst().detail());
                case CLOSED -> new Verdict(PublishResult.CLOSED, part.size(), "");
                // Its turn comes once those ahead of it are through.
                case DROPPED, TOO_LARGE -> culprit == 0 ? new Verdict(batch.result(), 1, "") : new Verdict(PublishResult.BACK_PRESSURED, culprit, "");
            };
        } catch (CompletionException e) {
            return new Verdict(PublishResult.BACK_PRESSURED, 0, String.valueOf(e.getCause()));
        }
    }

    private void settle(PublishResult result, int events) {
        lock.lock();
        try {
            ledger.count(result, events);
            settled += events;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void pause(String why) throws InterruptedException {
        if (!isRefused) {
            isRefused = true;
            environment.tell(new Notice.Degraded(name, "events wait: " + why));
        }
        lock.lock();
        try {
            environment.clock().await(lock, later, environment.clock().nanoTime() + PAUSE_NS);
        } finally {
            lock.unlock();
        }
    }

    /** Begins to end: {@link #close} waits no longer than 5 s from now on. Idempotent. */
    void stop() {
        lock.lock();
        try {
            if (!isStopping) {
                endNs = environment.clock().nanoTime() + LINGER_NS;
            }
            isStopping = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether it is past the end of what {@link #close} waits for. */
    boolean isTooLate() {
        lock.lock();
        try {
            return isStopping && environment.clock().nanoTime() - endNs >= 0;
        } finally {
            lock.unlock();
        }
    }

    /** Publishes what it was given, for 5 s at most: what is left then counts as refused. Nobody is to give it more. Idempotent. */
    @Override
    public void close() {
        stop();
        lock.lock();
        try {
            isDeaf = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
