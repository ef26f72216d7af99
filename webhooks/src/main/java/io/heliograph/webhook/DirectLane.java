package io.heliograph.webhook;

import io.heliograph.Delivery;
import io.heliograph.Inbound;
import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.flow.MemoryBacklog;
import io.heliograph.flow.TellingLock;
import io.heliograph.ledger.SubscriberLedger;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.spi.Environment;
import io.heliograph.webhook.DirectRetries.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;

/**
 * The way from a {@link DirectPublisher}'s backlog to its receiver: who makes which attempt when, and what becomes of it.
 *
 * <p>All but its threads runs under its publisher's lock. Owns virtual threads named {@code heliograph-webhook-attempt}: up to the
 * concurrency, and one that waits for what is due later.
 */
final class DirectLane {

    private final DirectConfig config;
    private final Environment environment;
    private final WebhookClient client;
    private final TellingLock lock;
    private final Condition changed;
    private final MemoryBacklog backlog;
    private final Runnable onRoom;
    private final SubscriberLedger endpoint = new SubscriberLedger();
    private final DirectRetries retries = new DirectRetries();
    private final EndpointGate gate;
    private final ChanceBlock chance;
    private EndpointHealth health = EndpointHealth.GOOD;
    private int threads;
    private boolean hasWaiter;
    /** No thread need look before. */
    private long closedUntilNs;
    /** The receiver is gone, or has failed for too long: nobody listens any more. */
    private boolean isStopped;
    private boolean isOver;

    /**
     * @param changed of {@code lock}; signalled when something has ended
     * @param onRoom  runs when something has left the backlog
     */
    DirectLane(DirectConfig config, WebhookClient client, Environment environment, TellingLock lock, Condition changed, Runnable onRoom) {
        this.config = config;
        this.client = client;
        this.environment = environment;
        this.lock = lock;
        this.changed = changed;
        this.onRoom = onRoom;
        this.backlog = new MemoryBacklog(this::onGivenUp);
        this.gate = new EndpointGate(config.limits(), config.retry().maxRetryAfter(), nowNs());
        this.closedUntilNs = nowNs();
        this.chance = new ChanceBlock(environment.random());
    }

    /** What waits for its first attempt. */
    MemoryBacklog backlog() {
        return backlog;
    }

    /** One more has entered the backlog. */
    void entered(long nowNs) {
        endpoint.known(1);
        endpoint.entered();
        startThreadIfUseful(nowNs);
    }

    /** Whether nobody listens any more. */
    boolean isStopped() {
        return isStopped;
    }

    SubscriberSums sums() {
        return endpoint.sums();
    }

    /** One that has none to make is on its way already, or all that may are busy. */
    private void startThreadIfUseful(long nowNs) {
        int idle = threads - (hasWaiter ? 1 : 0) - gate.underWay();
        if (idle == 0 && gate.underWay() < config.limits().concurrency() && closedUntilNs - nowNs <= 0) {
            threads++;
            Thread.ofVirtual().name("heliograph-webhook-attempt").start(this::work);
        }
    }

    private void work() {
        Optional<Task> task = first();
        while (task.isPresent()) {
            AttemptResult result = send(task.get());
            task = then(task.get(), result);
        }
    }

    private AttemptResult send(Task task) {
        try {
            Instant now = Instant.ofEpochMilli(environment.wallClock().epochNanos() / 1_000_000);
            HttpContent content = CloudEventHttp.write(task.event(), task.message().text(), config.mode());
            List<HttpHeader> signature = config.keys().map(keys -> keys.signerAt(now).sign(task.message(), now, content.body()))
                    .orElseGet(() -> List.of(new HttpHeader(Signer.ID, task.message().text())));
            return client.deliver(WebhookRequest.of(config.target(), content, signature, CustomHeaders.NONE, config.timeout()));
        } catch (RuntimeException | Error e) {
            // An Error has closed the client, and was told.
            return Courier.unsent("it was not made: " + e);
        }
    }

    private Optional<Task> first() {
        lock.lock();
        try {
            return takeOrLeave();
        } finally {
            lock.unlock();
        }
    }

    private Optional<Task> then(Task task, AttemptResult result) {
        lock.lock();
        try {
            gate.end(Optional.empty(), result, nowNs());
            judge(task, result);
            return takeOrLeave();
        } finally {
            lock.unlock();
        }
    }

    /** One to make now; one thread waits for what is due later, the others end. */
    private Optional<Task> takeOrLeave() {
        while (!isOver) {
            long nowNs = nowNs();
            Optional<Task> task = take(nowNs);
            if (task.isPresent()) {
                startThreadIfUseful(nowNs);
                return task;
            }
            boolean isAnythingLater = closedUntilNs - nowNs > 0 || !retries.isEmpty();
            if (hasWaiter || !isAnythingLater || !awaitDue(nowNs)) {
                break;
            }
        }
        threads--;
        if (endpoint.sums().inFlight() == 0) {
            changed.signalAll();
        }
        return Optional.empty();
    }

    private boolean awaitDue(long nowNs) {
        hasWaiter = true;
        try {
            long dueNs = closedUntilNs - nowNs > 0 ? closedUntilNs : retries.dueNs().orElse(closedUntilNs);
            if (dueNs - nowNs <= 0) {
                // It waits for one that runs, whose thread looks again.
                return false;
            }
            environment.clock().await(lock, changed, dueNs);
            return true;
        } catch (InterruptedException e) {
            return false;
        } finally {
            hasWaiter = false;
        }
    }

    private Optional<Task> take(long nowNs) {
        boolean isRetry = retries.isDue(nowNs);
        boolean isHeldBack = retries.isFull() || config.limits().ordering() == Ordering.ENDPOINT && !retries.isEmpty();
        if (isStopped || !isRetry && (isHeldBack || backlog.events() == 0)) {
            return Optional.empty();
        }
        return switch (gate.turn(Optional.empty(), nowNs)) {
            case Turn.Now now -> begin(isRetry, nowNs);
            case Turn.At(long atNs, Turn.Wait why) -> {
                closedUntilNs = atNs;
                yield Optional.empty();
            }
            case Turn.AfterAnother another -> Optional.empty();
        };
    }

    private Optional<Task> begin(boolean isRetry, long nowNs) {
        if (isRetry) {
            Task task = retries.take();
            if (task.isExpired(nowNs)) {
                lose(LossReason.EXPIRED);
                return take(nowNs);
            }
            gate.begin(Optional.empty(), nowNs);
            return Optional.of(task);
        }
        for (Optional<Inbound> next = backlog.poll(nowNs); next.isPresent(); next = backlog.poll(nowNs)) {
            // Gaps say what was given up, which was counted; there is nobody to tell them to.
            if (next.get() instanceof Delivery delivery) {
                onRoom.run();
                gate.begin(Optional.empty(), nowNs);
                MessageId message = MessageId.generate(chance, delivery.sentEpochNanos() / 1_000_000);
                return Optional.of(new Task(delivery.event(), message, 0, nowNs, nowNs));
            }
        }
        return Optional.empty();
    }

    private void judge(Task task, AttemptResult result) {
        EndpointHealth.Next next = health.after(result, EndpointHealth.Patience.defaults(),
                Instant.ofEpochMilli(environment.wallClock().epochNanos() / 1_000_000));
        health = next.health();
        switch (result) {
            case AttemptResult.Delivered delivered -> {
                endpoint.left();
                endpoint.delivered();
            }
            case AttemptResult.Gone gone -> lose(LossReason.LEFT);
            case AttemptResult.Failed failed -> again(task, failed);
        }
        switch (next.change()) {
            case NONE -> { }
            case FAILING -> tell("it fails");
            case RECOVERED -> tell("it works again");
            case DISABLED -> stop(result instanceof AttemptResult.Gone ? LossReason.LEFT : LossReason.EVICTED);
        }
    }

    private void again(Task task, AttemptResult.Failed failed) {
        endpoint.failure();
        boolean isEndpoints = failed.reason().isEndpoints();
        int made = task.made() + (isEndpoints ? 1 : 0);
        Optional<Duration> wait = isEndpoints ? config.retry().next(made, failed.retryAfter(), environment.random())
                : Optional.of(Deliveries.AFTER_OWN_FAILURE);
        if (isOver) {
            lose(LossReason.CLOSED);
        } else if (isStopped) {
            lose(LossReason.LEFT);
        } else if (wait.isEmpty()) {
            lose(LossReason.DEAD_LETTER);
        } else {
            retries.add(task.again(made, wait.get(), nowNs()));
        }
    }

    /** Nobody listens any more: what waits is lost, and what comes is unheard. */
    private void stop(LossReason reason) {
        isStopped = true;
        tell(reason == LossReason.LEFT ? "it is gone (410)" : "it has failed for too long");
        giveUpAll(reason);
    }

    /** Begins no attempt any more: what waits is lost, and so is what fails from here on. */
    void end() {
        isOver = true;
        giveUpAll(LossReason.CLOSED);
    }

    private void giveUpAll(LossReason reason) {
        backlog.abandon(reason);
        while (backlog.poll(nowNs()).isPresent()) {
            // Only gaps are left.
        }
        while (!retries.isEmpty()) {
            retries.take();
            lose(reason);
        }
        changed.signalAll();
    }

    private void tell(String what) {
        lock.tellLater(environment, new Notice.Degraded(config.target().toString(), what));
    }

    private void onGivenUp(Delivery delivery, LossReason reason) {
        lose(reason);
        onRoom.run();
    }

    private void lose(LossReason reason) {
        endpoint.left();
        endpoint.lost(reason, 1);
    }

    private long nowNs() {
        return environment.clock().nanoTime();
    }
}
