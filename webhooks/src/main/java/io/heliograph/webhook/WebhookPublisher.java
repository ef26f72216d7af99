package io.heliograph.webhook;

import io.heliograph.Event;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.Receipt;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.ledger.PublisherLedger;
import io.heliograph.ledger.PublisherSums;
import io.heliograph.spi.Environment;
import io.heliograph.store.StoreException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An {@link Outbox} as a {@link Publisher}: what it accepts is on disk. Its subscribers are a tenant's endpoints, each under a policy of
 * its own; {@link #replacePolicy} gives all of them another one.
 *
 * <p>Each {@link #publish} waits for its commit, and many that run at once share one; {@link #publishDurably} waits for nothing.
 * Thread-safe. Starts no thread; the outbox is its owner's to close.
 */
public final class WebhookPublisher implements Publisher {

    private static final long LOOK_AGAIN_NS = Duration.ofMillis(5).toNanos();

    private final Outbox outbox;
    private final String tenant;
    private final Environment environment;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final PublisherLedger ledger = new PublisherLedger();
    private FlowPolicy policy = EndpointSpec.DEFAULT_POLICY;
    private boolean isClosed;

    private WebhookPublisher(Outbox outbox, String tenant, Environment environment) {
        this.outbox = outbox;
        this.tenant = tenant;
        this.environment = environment;
        outbox.endpoints().onChange(id -> signal());
    }

    /** Publishes to the endpoints of a tenant. */
    public static WebhookPublisher open(Outbox outbox, String tenant, Environment environment) {
        return new WebhookPublisher(outbox, tenant, environment);
    }

    /** Waits for the disk; where an endpoint is full and refuses, for room, as long as the policy says. */
    @Override
    public PublishResult publish(Event event) {
        long startNs = environment.clock().nanoTime();
        PublishResult result = offer(event);
        while (result == PublishResult.BACK_PRESSURED && awaitRoom(startNs)) {
            result = offer(event);
        }
        return count(result);
    }

    @Override
    public PublishResult publish(String topic, byte[] bytes, int from, int length) {
        return publish(Event.of(topic, Arrays.copyOfRange(bytes, Objects.checkFromIndexSize(from, length, bytes.length),
                from + length)));
    }

    /** Completes exceptionally with a {@link RefusedException} where the event was not taken. */
    @Override
    public CompletableFuture<Receipt> publishDurably(Event event) {
        if (isClosed()) {
            return CompletableFuture.failedFuture(new RefusedException(count(PublishResult.CLOSED), "this publisher is closed"));
        }
        return outbox.publish(tenant, event, Optional.empty()).thenApply(publication -> {
            count(publication.result());
            return publication.receipt().orElseThrow(() -> new RefusedException(publication.result(), publication.detail()));
        });
    }

    private PublishResult offer(Event event) {
        if (isClosed()) {
            return PublishResult.CLOSED;
        }
        try {
            return outbox.publish(tenant, event, Optional.empty()).join().result();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StoreException) {
                // The store is closed by that, and has told its listener.
                return PublishResult.CLOSED;
            }
            throw e;
        }
    }

    /** Says whether to offer it again. */
    private boolean awaitRoom(long startNs) {
        lock.lock();
        try {
            long leftNs = waitNs() - (environment.clock().nanoTime() - startNs);
            if (isClosed) {
                // The next offer says so.
                return true;
            }
            if (leftNs <= 0) {
                return false;
            }
            environment.clock().await(lock, changed, environment.clock().nanoTime() + Math.min(leftNs, LOOK_AGAIN_NS));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private long waitNs() {
        return policy.maxWait().toNanos();
    }

    private PublishResult count(PublishResult result) {
        boolean isUnheard = result == PublishResult.ACCEPTED && !outbox.endpoints().isAnyActive(tenant);
        lock.lock();
        try {
            if (isUnheard) {
                ledger.countUnheard();
            }
            return ledger.count(result);
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return isClosed;
        } finally {
            lock.unlock();
        }
    }

    private void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
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

    /** Puts every endpoint of the tenant under {@code replacement}; what was accepted before keeps its place as it was promised. */
    @Override
    public void replacePolicy(FlowPolicy replacement) {
        outbox.endpoints().list(tenant).forEach(endpoint ->
                outbox.endpoints().update(endpoint.id(), spec -> spec.withPolicy(replacement)).join());
        lock.lock();
        try {
            policy = replacement;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean awaitSubscribers(int count, Duration timeout) throws InterruptedException {
        long deadlineNs = environment.clock().nanoTime() + timeout.toNanos();
        lock.lock();
        try {
            while (subscribers() < count && deadlineNs - environment.clock().nanoTime() > 0) {
                environment.clock().await(lock, changed, deadlineNs);
            }
            return subscribers() >= count;
        } finally {
            lock.unlock();
        }
    }

    /** The tenant's active endpoints. */
    @Override
    public int subscribers() {
        return (int) outbox.endpoints().list(tenant).stream().filter(Endpoint::isActive).count();
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

    @Override
    public void close() {
        lock.lock();
        try {
            isClosed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
