package io.heliograph.webhook;

import io.heliograph.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Asks a {@link TargetGuard}, and waits for the answer no longer than a deadline allows: the system's resolver knows none.
 * Those who ask for one host at the same time share one lookup.
 *
 * <p>Thread-safe. Owns up to {@value #THREADS} daemon threads, {@code heliograph-webhook-lookup}, which end when there is
 * nothing to look up; platform threads, since a lookup keeps its carrier. At most {@value #MAX_WAITING} lookups wait for one.
 */
final class Lookups implements AutoCloseable {

    private static final int THREADS = 32;
    private static final int MAX_WAITING = 1_000;
    private static final Duration IDLE = Duration.ofSeconds(10);

    private final TargetGuard guard;
    private final Clock clock;
    private final ThreadPoolExecutor threads;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Lookup> underWay = new HashMap<>();

    /** One lookup. */
    private final class Lookup {
        private final Condition done = lock.newCondition();
        private Optional<Resolution> resolution = Optional.empty();
    }

    Lookups(TargetGuard guard, Clock clock) {
        this.guard = guard;
        this.clock = clock;
        ThreadFactory factory = Thread.ofPlatform().daemon().name("heliograph-webhook-lookup").factory();
        this.threads = new ThreadPoolExecutor(THREADS, THREADS, IDLE.toSeconds(), TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(MAX_WAITING), factory);
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Finds where a target leads.
     *
     * @return empty if that was not known at the deadline
     * @throws InterruptedException if the calling thread was interrupted
     * @throws RejectedExecutionException if too many lookups wait, or this is closed
     */
    Optional<Resolution> resolve(TargetUrl target, long deadlineNs) throws InterruptedException {
        if (target.literal().isPresent()) {
            return Optional.of(guard.resolve(target));
        }
        lock.lock();
        try {
            Lookup lookup = underWay.get(target.host());
            if (lookup == null) {
                lookup = begin(target);
            }
            while (lookup.resolution.isEmpty() && deadlineNs - clock.nanoTime() > 0) {
                clock.await(lock, lookup.done, deadlineNs);
            }
            return lookup.resolution;
        } finally {
            lock.unlock();
        }
    }

    private Lookup begin(TargetUrl target) {
        var lookup = new Lookup();
        threads.execute(() -> run(target, lookup));
        underWay.put(target.host(), lookup);
        return lookup;
    }

    private void run(TargetUrl target, Lookup lookup) {
        Resolution resolution = resolve(target);
        lock.lock();
        try {
            lookup.resolution = Optional.of(resolution);
            lookup.done.signalAll();
            underWay.remove(target.host());
        } finally {
            lock.unlock();
        }
    }

    /** Ends in any case: else all who ask for this host would wait for it. */
    private Resolution resolve(TargetUrl target) {
        try {
            return guard.resolve(target);
        } catch (RuntimeException | Error e) {
            return new Resolution.Unknown("the lookup failed: " + e);
        }
    }

    /** Lets no lookup begin; those that wait for one get none. */
    @Override
    public void close() {
        threads.shutdownNow();
        lock.lock();
        try {
            Resolution closed = new Resolution.Unknown("the client is closed");
            underWay.values().forEach(lookup -> {
                lookup.resolution = lookup.resolution.or(() -> Optional.of(closed));
                lookup.done.signalAll();
            });
            underWay.clear();
        } finally {
            lock.unlock();
        }
    }
}
