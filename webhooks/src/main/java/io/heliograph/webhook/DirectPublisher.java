package io.heliograph.webhook;

import io.heliograph.ConfigException;
import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.Inbound;
import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.Position;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.Session;
import io.heliograph.Topic;
import io.heliograph.flow.Admission.Verdict;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.MemoryBacklog;
import io.heliograph.flow.TellingLock;
import io.heliograph.ledger.PublisherLedger;
import io.heliograph.ledger.PublisherSums;
import io.heliograph.ledger.SubscriberLedger;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.spi.Environment;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.locks.Condition;

/**
 * Sends each event to one URL, out of memory: what waits is bounded by the policy, and gone with the process.
 *
 * <pre>
 *   publish --> policy --> backlog --> gate --> one attempt, one virtual thread --> delivered | lost, and why
 *                             ^                              |
 *                             '--- up to 1,000 wait for their next attempt, beside it
 * </pre>
 *
 * <p>The address is its program's own, so it may be a private one. Thread-safe. Owns the threads of its {@link WebhookClient}, and
 * virtual threads named {@code heliograph-webhook-attempt}: up to its concurrency, and one that waits for what is due later.
 */
public final class DirectPublisher implements Publisher {

    private static final Duration LINGER = Duration.ofSeconds(5);
    private static final int MOST_RETRYING = 1_000;
    private static final TargetGuard EVERYWHERE = TargetGuard.of(List.of(Cidr.parse("0.0.0.0/0"), Cidr.parse("::/0")),
            host -> List.of(InetAddress.getAllByName(host)));

    private final DirectConfig config;
    private final Environment environment;
    private final WebhookClient client;
    private final long session;
    private final TellingLock lock = new TellingLock();
    private final Condition changed = lock.newCondition();
    private final PublisherLedger ledger = new PublisherLedger();
    private final SubscriberLedger endpoint = new SubscriberLedger();
    private final MemoryBacklog backlog = new MemoryBacklog(this::onGivenUp);
    private final PriorityQueue<Task> retrying = new PriorityQueue<>();
    private final EndpointGate gate;
    private FlowPolicy policy;
    private EndpointHealth health = EndpointHealth.GOOD;
    private long nextSequence;
    private int threads;
    private int waitingPublishers;
    private boolean hasWaiter;
    /** No thread need look before. */
    private long closedUntilNs;
    /** The receiver is gone, or has failed for too long: nobody listens any more. */
    private boolean isStopped;
    private boolean isClosed;
    private boolean isOver;

    /** An event that is to be sent. */
    private record Task(Event event, MessageId message, int made, long dueNs, long acceptedNs) implements Comparable<Task> {

        @Override
        public int compareTo(Task other) {
            return Long.signum(dueNs - other.dueNs);
        }

        boolean isExpired(long nowNs) {
            return event.ttl().filter(ttl -> nowNs - acceptedNs >= ttl.toNanos()).isPresent();
        }
    }

    private DirectPublisher(DirectConfig config, FlowPolicy policy, Environment environment) {
        this.config = config;
        this.policy = policy;
        this.environment = environment;
        this.session = Session.start(environment.wallClock().epochNanos(), environment.random());
        this.gate = new EndpointGate(config.limits(), config.retry().maxRetryAfter(), environment.clock().nanoTime());
        this.closedUntilNs = environment.clock().nanoTime();
        this.client = WebhookClient.open(WebhookClientConfig.defaults(), EVERYWHERE, environment);
    }

    /**
     * Opens one; it connects to nobody yet.
     *
     * @throws ConfigException if the policy spills to disk
     */
    public static DirectPublisher open(DirectConfig config, FlowPolicy policy, Environment environment) {
        requirePossible(policy);
        return new DirectPublisher(config, policy, environment);
    }

    private static void requirePossible(FlowPolicy policy) {
        if (policy instanceof FlowPolicy.Buffer buffer && buffer.spill().isPresent()) {
            throw new ConfigException("policy of a webhook's address", policy.text(), "one without spill: what is to be on disk goes through an outbox");
        }
    }

    @Override
    public PublishResult publish(Event event) {
        lock.lock();
        try {
            return ledger.count(offer(event));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public PublishResult publish(String topic, byte[] bytes, int from, int length) {
        Topic.require(topic);
        Objects.checkFromIndexSize(from, length, bytes.length);
        return publish(Event.of(topic, Arrays.copyOfRange(bytes, from, from + length)));
    }

    private PublishResult offer(Event event) {
        long startNs = nowNs();
        while (true) {
            if (isClosed) {
                return PublishResult.CLOSED;
            }
            if (isStopped) {
                ledger.countUnheard();
                return PublishResult.ACCEPTED;
            }
            long nowNs = nowNs();
            long wallNs = environment.wallClock().epochNanos();
            var delivery = new Delivery(event, new Position(session, nextSequence), wallNs, wallNs);
            Verdict verdict = backlog.offer(delivery, policy, nowNs - startNs, nowNs);
            switch (verdict) {
                case ADMIT -> {
                    nextSequence++;
                    endpoint.known(1);
                    endpoint.entered();
                    startThreadIfUseful(nowNs);
                    return PublishResult.ACCEPTED;
                }
                case DROP -> {
                    return PublishResult.DROPPED;
                }
                case TOO_LARGE -> {
                    return PublishResult.TOO_LARGE;
                }
                case WAIT -> {
                    if (!awaitRoom(startNs + policy.maxWait().toNanos())) {
                        return PublishResult.BACK_PRESSURED;
                    }
                }
                default -> {
                    return PublishResult.BACK_PRESSURED;
                }
            }
        }
    }

    private boolean awaitRoom(long deadlineNs) {
        waitingPublishers++;
        try {
            environment.clock().await(lock, changed, deadlineNs);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            waitingPublishers--;
        }
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
            HttpContent content = CloudEventHttp.write(task.event, task.message.text(), config.mode());
            List<HttpHeader> signature = config.keys().map(keys -> keys.signerAt(now).sign(task.message, now, content.body()))
                    .orElseGet(() -> List.of(new HttpHeader(Signer.ID, task.message.text())));
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
            boolean isAnythingLater = closedUntilNs - nowNs > 0 || !retrying.isEmpty();
            if (hasWaiter || !isAnythingLater || !awaitDue(nowNs)) {
                break;
            }
        }
        threads--;
        if (isClosed) {
            changed.signalAll();
        }
        return Optional.empty();
    }

    private boolean awaitDue(long nowNs) {
        hasWaiter = true;
        try {
            long dueNs = closedUntilNs - nowNs > 0 || retrying.isEmpty() ? closedUntilNs : retrying.peek().dueNs;
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
        boolean isRetry = !retrying.isEmpty() && retrying.peek().dueNs - nowNs <= 0;
        boolean isHeldBack = retrying.size() >= MOST_RETRYING
                || config.limits().ordering() == Ordering.ENDPOINT && !retrying.isEmpty();
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
            Task task = retrying.remove();
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
                tellRoom();
                gate.begin(Optional.empty(), nowNs);
                MessageId message = MessageId.generate(environment.random(), delivery.sentEpochNanos() / 1_000_000);
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
        int made = task.made + (isEndpoints ? 1 : 0);
        Optional<Duration> wait = isEndpoints ? config.retry().next(made, failed.retryAfter(), environment.random())
                : Optional.of(Deliveries.AFTER_OWN_FAILURE);
        if (isOver) {
            lose(LossReason.CLOSED);
        } else if (isStopped) {
            lose(LossReason.LEFT);
        } else if (wait.isEmpty()) {
            lose(LossReason.DEAD_LETTER);
        } else {
            retrying.add(new Task(task.event, task.message, made, nowNs() + wait.get().toNanos(), task.acceptedNs));
        }
    }

    /** Nobody listens any more: what waits is lost, and what comes is unheard. */
    private void stop(LossReason reason) {
        isStopped = true;
        tell(reason == LossReason.LEFT ? "it is gone (410)" : "it has failed for too long");
        giveUpAll(reason);
    }

    private void giveUpAll(LossReason reason) {
        backlog.abandon(reason);
        while (backlog.poll(nowNs()).isPresent()) {
            // Only gaps are left.
        }
        while (!retrying.isEmpty()) {
            retrying.remove();
            lose(reason);
        }
        changed.signalAll();
    }

    private void tell(String what) {
        lock.tellLater(environment, new Notice.Degraded(config.target().toString(), what));
    }

    private void onGivenUp(Delivery delivery, LossReason reason) {
        lose(reason);
        tellRoom();
    }

    private void lose(LossReason reason) {
        endpoint.left();
        endpoint.lost(reason, 1);
    }

    /** Once a quarter is free: to wake a publisher for each event costs more than the event. */
    private void tellRoom() {
        boolean isRoomy = backlog.events() <= policy.limit().events() / 4 * 3L && backlog.bytes() <= policy.limit().bytes() / 4 * 3;
        if (waitingPublishers > 0 && (isRoomy || backlog.events() == 0)) {
            changed.signalAll();
        }
    }

    @Override
    public FlowPolicy policy() {
        lock.lock();
        try {
            return policy;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void replacePolicy(FlowPolicy replacement) {
        requirePossible(replacement);
        lock.lock();
        try {
            policy = replacement;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean awaitSubscribers(int count, Duration timeout) throws InterruptedException {
        return subscribers() >= count;
    }

    /** One, until it is gone or has failed for too long. */
    @Override
    public int subscribers() {
        lock.lock();
        try {
            return isStopped || isClosed ? 0 : 1;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public PublisherSums sums() {
        lock.lock();
        try {
            return ledger.sums();
        } finally {
            lock.unlock();
        }
    }

    /** What became of the events at the receiver: delivered is answered with 2xx. */
    public SubscriberSums receiverSums() {
        lock.lock();
        try {
            return endpoint.sums();
        } finally {
            lock.unlock();
        }
    }

    private long nowNs() {
        return environment.clock().nanoTime();
    }

    /** Waits until all is delivered, 5 s at most; what is left is lost. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (!isClosed) {
                isClosed = true;
                changed.signalAll();
                long deadlineNs = nowNs() + LINGER.toNanos();
                while (endpoint.sums().inFlight() > 0 && deadlineNs - nowNs() > 0) {
                    environment.clock().await(lock, changed, deadlineNs);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            isOver = true;
            giveUpAll(LossReason.CLOSED);
            lock.unlock();
        }
        // Ends what runs; its thread counts it.
        client.close();
    }
}
