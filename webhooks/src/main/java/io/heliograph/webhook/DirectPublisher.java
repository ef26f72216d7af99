package io.heliograph.webhook;

import io.heliograph.ConfigException;
import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.Position;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.Session;
import io.heliograph.Topic;
import io.heliograph.flow.Admission.Verdict;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.flow.MemoryBacklog;
import io.heliograph.flow.TellingLock;
import io.heliograph.ledger.PublisherLedger;
import io.heliograph.ledger.PublisherSums;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.spi.Environment;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
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
    private static final TargetGuard EVERYWHERE = TargetGuard.of(List.of(Cidr.parse("0.0.0.0/0"), Cidr.parse("::/0")),
            host -> List.of(InetAddress.getAllByName(host)));

    private final Environment environment;
    private final WebhookClient client;
    private final long session;
    private final TellingLock lock = new TellingLock();
    private final Condition changed = lock.newCondition();
    private final PublisherLedger ledger = new PublisherLedger();
    private final DirectLane lane;
    private FlowPolicy policy;
    private long nextSequence;
    private int waitingPublishers;
    private boolean isClosed;

    private DirectPublisher(DirectConfig config, FlowPolicy policy, Environment environment) {
        this.policy = policy;
        this.environment = environment;
        this.session = Session.start(environment.wallClock().epochNanos(), environment.random());
        this.client = WebhookClient.open(WebhookClientConfig.defaults(), EVERYWHERE, environment);
        this.lane = new DirectLane(config, client, environment, lock, changed, this::tellRoom);
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
            if (lane.isStopped()) {
                ledger.countUnheard();
                return PublishResult.ACCEPTED;
            }
            long nowNs = nowNs();
            long wallNs = environment.wallClock().epochNanos();
            var delivery = new Delivery(event, new Position(session, nextSequence), wallNs, wallNs);
            Verdict verdict = lane.backlog().offer(delivery, policy, nowNs - startNs, nowNs);
            switch (verdict) {
                case ADMIT -> {
                    nextSequence++;
                    lane.entered(nowNs);
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

    /** Once a quarter is free: to wake a publisher for each event costs more than the event. */
    private void tellRoom() {
        MemoryBacklog backlog = lane.backlog();
        Limit limit = policy.limit();
        boolean isRoomy = backlog.events() <= limit.events() - limit.events() / 4 && backlog.bytes() <= limit.bytes() - limit.bytes() / 4;
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
            return lane.isStopped() || isClosed ? 0 : 1;
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
            return lane.sums();
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
                while (lane.sums().inFlight() > 0 && deadlineNs - nowNs() > 0) {
                    environment.clock().await(lock, changed, deadlineNs);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lane.end();
            lock.unlock();
        }
        // Ends what runs; its thread counts it.
        client.close();
    }
}
