package io.heliograph.webhook;

import io.heliograph.LossReason;
import io.heliograph.spi.Environment;
import io.heliograph.store.Dialect;
import io.heliograph.store.Statements;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sends what an {@link Outbox} keeps, until it is closed.
 *
 * <pre>
 *   something is ready, or due          claim               gate                    one attempt, one virtual thread
 *   ------------------------> Lane ------------> claimed ------------> WebhookClient ------------> settlement, on disk
 *        one for each endpoint                             its turn                                       |
 *                 ^                                                                                       |
 *                 '------------------ due again, or the next one of its key ------------------------------'
 * </pre>
 *
 * <p>What is claimed and not settled when the process ends is sent again, with the same {@code webhook-id}: at least once, and
 * at most as many twice as were under way. A dead endpoint holds no thread: its lane sleeps.
 *
 * <p>Thread-safe. Owns the daemon thread {@code heliograph-webhook-deliveries}, and a virtual thread
 * {@code heliograph-webhook-attempt} for each attempt, {@code heliograph-webhook-return} where what was claimed is given back.
 */
public final class Deliveries implements AutoCloseable {

    private static final Duration RETENTION_EVERY = Duration.ofHours(1);
    static final Duration AFTER_OWN_FAILURE = Duration.ofSeconds(5);
    private static final Duration LINGER = Duration.ofSeconds(10);
    /** So many outcomes of one endpoint may be on their way to the disk, beside those that run. */
    private static final int MOST_UNSETTLED = 256;
    /** What waits longer for its turn is given back. */
    private static final long LONG_NS = Duration.ofSeconds(5).toNanos();

    private final Outbox outbox;
    private final WebhookClient client;
    private final Environment environment;
    private final NextAttempt nextAttempt;
    private final InsistentWriter writer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Lane> lanes = new HashMap<>();
    private final ArrayDeque<Lane> restless = new ArrayDeque<>();
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>();
    private final Thread thread;
    private int underWay;
    private boolean isClosed;

    private record Alarm(long atNs, Lane lane) implements Comparable<Alarm> {
        @Override
        public int compareTo(Alarm other) {
            return Long.signum(atNs - other.atNs);
        }
    }

    private Deliveries(Outbox outbox, WebhookClient client, Environment environment) {
        this.outbox = outbox;
        this.client = client;
        this.environment = environment;
        this.nextAttempt = new NextAttempt(outbox.endpoints(), environment);
        this.writer = new InsistentWriter(outbox.store(), environment.clock());
        this.thread = Thread.ofPlatform().daemon().name("heliograph-webhook-deliveries").unstarted(this::run);
    }

    /**
     * Begins to send. What a process before this one had claimed is ready again.
     *
     * @param client not closed by this
     */
    public static Deliveries start(Outbox outbox, WebhookClient client, Environment environment) {
        var deliveries = new Deliveries(outbox, client, environment);
        // A process has its SQLite file alone; others may hold leases of a PostgreSQL database, and those end by themselves.
        long leasedUntilMs = outbox.store().dialect() == Dialect.SQLITE ? Long.MAX_VALUE : outbox.nowMs();
        outbox.store().writeFromReserve(sql -> {
            DeliveryRows.releaseLeasedUntil(sql, leasedUntilMs);
            return leasedUntilMs;
        }).join();
        outbox.onReady(deliveries::wake);
        outbox.endpoints().onChange(deliveries::endpointChanged);
        outbox.endpoints().all().forEach(endpoint -> deliveries.wake(endpoint.id()));
        deliveries.thread.start();
        return deliveries;
    }

    /** How many attempts run, or are not on disk yet. */
    public int underWay() {
        lock.lock();
        try {
            return underWay;
        } finally {
            lock.unlock();
        }
    }

    private void endpointChanged(String id) {
        lock.lock();
        try {
            Lane lane = lanes.get(id);
            Optional<Endpoint> endpoint = outbox.endpoints().find(id);
            if (lane != null && endpoint.isEmpty()) {
                lanes.remove(id);
                lane.claimed().clear();
            } else if (lane != null && endpoint.get().isActive() && endpoint.get().health().equals(EndpointHealth.GOOD)) {
                lane.reset(endpoint.get(), nowNs());
            }
        } finally {
            lock.unlock();
        }
        wake(id);
    }

    /** Something of an endpoint may be ready. */
    private void wake(String id) {
        lock.lock();
        try {
            Optional<Endpoint> endpoint = outbox.endpoints().find(id);
            if (endpoint.isPresent() && !isClosed) {
                Lane lane = lanes.computeIfAbsent(id, name -> new Lane(endpoint.get(), nowNs()));
                lane.moreIsReady();
                stir(lane);
            }
        } finally {
            lock.unlock();
        }
    }

    private void stir(Lane lane) {
        restless.add(lane);
        changed.signalAll();
    }

    private void run() {
        long retentionNs = nowNs() + RETENTION_EVERY.toNanos();
        lock.lock();
        try {
            while (!isClosed) {
                for (Lane lane = restless.poll(); lane != null; lane = restless.poll()) {
                    move(lane);
                }
                long nowNs = nowNs();
                while (!alarms.isEmpty() && alarms.peek().atNs() - nowNs <= 0) {
                    Alarm alarm = alarms.remove();
                    if (alarm.lane().wakesAt(alarm.atNs())) {
                        alarm.lane().moreIsReady();
                        restless.add(alarm.lane());
                    }
                }
                if (retentionNs - nowNs <= 0) {
                    var _ = outbox.removeOld();
                    retentionNs = nowNs + RETENTION_EVERY.toNanos();
                }
                if (restless.isEmpty()) {
                    long nextNs = alarms.isEmpty() ? retentionNs : earlier(alarms.peek().atNs(), retentionNs);
                    environment.clock().await(lock, changed, nextNs);
                }
            }
        } catch (InterruptedException e) {
            // Nobody interrupts it but whoever wants it to end.
            isClosed = true;
        } finally {
            lock.unlock();
        }
    }

    private static long earlier(long oneNs, long otherNs) {
        return oneNs - otherNs < 0 ? oneNs : otherNs;
    }

    /** Begins what may begin, and asks for more. */
    private void move(Lane lane) {
        Optional<Endpoint> found = outbox.endpoints().find(lane.endpoint());
        if (found.isEmpty() || !found.get().isActive()) {
            giveBack(lane);
            return;
        }
        lane.limit(found.get().spec().limits(), nowNs());
        while (lane.unsettled() < MOST_UNSETTLED) {
            Optional<String> key = lane.first().flatMap(DueDelivery::orderKey);
            switch (lane.gate().turn(key, nowNs())) {
                case Turn.Now now when lane.first().isPresent() -> begin(lane, lane.claimed().remove());
                case Turn.Now now -> {
                    claimMore(lane);
                    return;
                }
                case Turn.At(long atNs, Turn.Wait why) -> {
                    sleep(lane, atNs);
                    if (atNs - nowNs() > LONG_NS) {
                        giveBack(lane);
                    }
                    return;
                }
                case Turn.AfterAnother(Turn.Wait why) -> {
                    if (why == Turn.Wait.CONCURRENCY) {
                        claimMore(lane);
                    }
                    return;
                }
            }
        }
    }

    private void sleep(Lane lane, long untilNs) {
        if (lane.sleepUntil(untilNs)) {
            alarms.add(new Alarm(untilNs, lane));
            changed.signalAll();
        }
    }

    /** What cannot go soon is nobody's, so that it may be given up to make room, or handed on. */
    private void giveBack(Lane lane) {
        List<DueDelivery> claimed = List.copyOf(lane.claimed());
        lane.claimed().clear();
        if (claimed.isEmpty()) {
            return;
        }
        Thread.ofVirtual().name("heliograph-webhook-return").start(() -> writer.write(sql -> {
            for (DueDelivery one : claimed) {
                DeliveryRows.release(sql, one.id(), one.dueMs());
            }
            return claimed;
        }, returned -> wake(lane.endpoint())));
    }

    private record Claim(List<DueDelivery> due, OptionalLong nextMs) {
    }

    private void claimMore(Lane lane) {
        if (!lane.wantsMore()) {
            return;
        }
        lane.claimBegins();
        int most = outbox.config().claim();
        var _ = outbox.store().writeFromReserve(sql -> claim(sql, lane.endpoint(), most)).whenComplete((claim, failure) -> {
            lock.lock();
            try {
                lane.claimEnds();
                if (failure != null) {
                    sleep(lane, nowNs() + AFTER_OWN_FAILURE.toNanos());
                    return;
                }
                lane.claimed().addAll(claim.due());
                if (claim.nextMs().isPresent()) {
                    long waitMs = claim.nextMs().getAsLong() - outbox.nowMs();
                    if (waitMs <= 0) {
                        lane.moreIsReady();
                    } else {
                        sleep(lane, nowNs() + waitMs * 1_000_000);
                    }
                }
                stir(lane);
            } finally {
                lock.unlock();
            }
        });
    }

    private Claim claim(Statements sql, String endpoint, int most) throws SQLException {
        long nowMs = outbox.nowMs();
        List<DueDelivery> due = DeliveryRows.claim(sql, endpoint, nowMs, nowMs + outbox.config().lease().toMillis(), most);
        return new Claim(due, DeliveryRows.nextDueMs(sql, endpoint));
    }

    private void begin(Lane lane, DueDelivery delivery) {
        EndpointGate gate = lane.gate();
        gate.begin(delivery.orderKey(), nowNs());
        lane.attemptBegins();
        underWay++;
        Thread.ofVirtual().name("heliograph-webhook-attempt").start(() -> attempt(lane, gate, delivery));
    }

    /** On a thread of its own; whatever happens, the lane goes on. */
    private void attempt(Lane lane, EndpointGate gate, DueDelivery delivery) {
        boolean isOver = false;
        boolean mayHaveMore = true;
        try {
            long atMs = outbox.nowMs();
            Optional<Endpoint> endpoint = outbox.endpoints().find(lane.endpoint());
            if (endpoint.isEmpty()) {
                return;
            }
            if (delivery.expiresMs().filter(expiresMs -> expiresMs <= atMs).isPresent()) {
                over(lane, gate, delivery, Courier.unsent("its time to live has ended"));
                isOver = true;
                expire(delivery);
                return;
            }
            AttemptResult result = Courier.send(client, endpoint.get().spec(), delivery, Instant.ofEpochMilli(atMs));
            over(lane, gate, delivery, result);
            isOver = true;
            settle(lane, delivery, result, atMs);
            mayHaveMore = delivery.orderKey().isPresent() || !(result instanceof AttemptResult.Delivered);
        } finally {
            if (!isOver) {
                over(lane, gate, delivery, Courier.unsent("it was not made"));
            }
            settled(lane, mayHaveMore);
        }
    }

    private void over(Lane lane, EndpointGate gate, DueDelivery delivery, AttemptResult result) {
        lock.lock();
        try {
            gate.end(delivery.orderKey(), result, nowNs());
            stir(lane);
        } finally {
            lock.unlock();
        }
    }

    private void settled(Lane lane, boolean mayHaveMore) {
        lock.lock();
        try {
            lane.attemptSettled();
            underWay--;
            if (mayHaveMore) {
                lane.moreIsReady();
            }
            stir(lane);
        } finally {
            lock.unlock();
        }
    }

    private void expire(DueDelivery delivery) {
        writer.write(sql -> {
            DeliveryRows.lose(sql, delivery.id(), LossReason.EXPIRED);
            return delivery;
        }, lost -> { });
    }

    private void settle(Lane lane, DueDelivery delivery, AttemptResult result, long atMs) {
        Settlement settlement;
        lock.lock();
        try {
            boolean isCutOff = isClosed && result instanceof AttemptResult.Failed failed && !failed.reason().isEndpoints();
            Optional<Endpoint> endpoint = outbox.endpoints().find(lane.endpoint());
            if (isCutOff || endpoint.isEmpty()) {
                return;
            }
            settlement = new Settlement(delivery, result, atMs, nextAttempt.after(endpoint.get(), delivery, result),
                    lane.judge(result, outbox.config().patience(), Instant.ofEpochMilli(atMs)));
        } finally {
            lock.unlock();
        }
        writer.write(sql -> {
            settlement.write(sql, outbox.endpoints());
            return settlement;
        }, done -> done.health().ifPresent(health -> outbox.endpoints().healthChanged(delivery.endpoint(), health)));
        settlement.health().ifPresent(health -> outbox.endpoints().find(delivery.endpoint())
                .ifPresent(endpoint -> Notices.tell(outbox, environment, endpoint, health.change())));
        if (settlement.next() instanceof Settlement.Next.HandedOn(String to, long dueMs)) {
            wake(to);
        }
    }

    private long nowNs() {
        return environment.clock().nanoTime();
    }

    /** Begins no more attempts, and waits for those that run, 10 s at most. Idempotent. */
    @Override
    public void close() {
        lock.lock();
        try {
            isClosed = true;
            changed.signalAll();
            long deadlineNs = nowNs() + LINGER.toNanos();
            while (underWay > 0 && deadlineNs - nowNs() > 0) {
                environment.clock().await(lock, changed, deadlineNs);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
